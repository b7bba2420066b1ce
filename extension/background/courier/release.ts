// Release: sends one judged request and says what became of it, to the companion and to the page.
// Must never be entered without a verdict "allow" or an approval the companion has just written down as spent.
import { VERB_GROUPS, type Verb } from "../../../shared/action.ts";
import type { Outcome } from "../../../shared/audit.ts";
import type { Site, SiteReads, WireRequest } from "../../sites/site.ts";
import type { Delivery, Orders } from "./courier.ts";
import { telling, type Door } from "../link/door.ts";
import type { Errand, Result } from "../errand.ts";
import { NOT_PREPARED, RELEASED_LOST, TOO_LONG_ANSWER } from "../words.ts";

export interface Hands {
  send(wire: WireRequest, orders: Orders): Promise<Delivery>;
  openPassage(url: URL, tab: number): Promise<string>;
}

/** What stands in the ledger for a delivery. */
function outcomeOf(delivery: Delivery): { outcome: Outcome; note: string } {
  switch (delivery.how) {
    case "not sent":
      return { outcome: "not sent", note: `The browser refused to prepare it: ${delivery.why}` };
    case "lost":
      return { outcome: "may have been sent", note: `No answer came back: ${delivery.why}` };
    case "opaque-redirect":
      return { outcome: "sent", note: "The site answered with a redirect." };
    case "too-long":
      return { outcome: "sent", note: `The site answered ${delivery.status}; the answer was too long to hand back.` };
    case "answer": {
      const note = `The site answered ${delivery.status}.`;
      if (delivery.status >= 500) return { outcome: "may have been sent", note };
      return { outcome: delivery.status >= 400 ? "failed" : "sent", note };
    }
  }
}

function resultOf(delivery: Delivery): Result {
  if (delivery.how === "opaque-redirect") return { how: "opaque-redirect" };
  if (delivery.how !== "answer") return { how: "network-error" };
  const { status, statusText, headers, url, redirected, body } = delivery;
  return { how: "response", status, statusText, headers, url, redirected, body: body.buffer, refusal: false };
}

async function learn(site: Site, wire: WireRequest, delivery: Delivery, reads: SiteReads): Promise<void> {
  if (delivery.how !== "answer" || !site.learn) return;
  const contentType = delivery.headers.find(([name]) => name === "content-type")?.[1] ?? "";
  try {
    await site.learn(wire, { status: delivery.status, contentType, body: delivery.body }, reads);
  } catch (error) {
    // What was not learned shows later as "content not seen"; the answer still belongs to the page.
    console.warn("The site's description did not understand an answer:", error);
  }
}

export interface Parcel {
  readonly errand: Errand;
  readonly site: Site;
  readonly wire: WireRequest;
  readonly reads: SiteReads;
  readonly action: string;
}

const VISITED: ReadonlySet<Verb> = new Set<Verb>([...VERB_GROUPS.reading, "account.export"]);

/** A page told where it may go can go there many times before the rule is gone: only what may be repeated is let through so. */
export const mayVisit = (verb: Verb): boolean => VISITED.has(verb);

/** Lets the page's own visit through. That a way could not be opened is said too: it is on record as let through. */
async function visit({ errand, wire, action }: Parcel, hands: Hands, door: Door): Promise<Result> {
  try {
    if (errand.tab === null || wire.method !== "GET") throw new Error("This navigation has no tab to go on in.");
    const url = await hands.openPassage(wire.url, errand.tab);
    const note = "The page was let through to it.";
    telling(door, { type: "outcome", actionId: action, outcome: "sent", note });
    return { how: "go", url };
  } catch (error) {
    const note = error instanceof Error ? error.message : String(error);
    telling(door, { type: "outcome", actionId: action, outcome: "not sent", note: note.slice(0, 2_000) });
    throw error;
  }
}

/** Sends it once. The outcome follows to the ledger; the page gets its answer. */
export async function release(parcel: Parcel, hands: Hands, door: Door): Promise<Result> {
  const { errand, site, wire, reads, action } = parcel;
  if (wire.kind === "navigate") {
    return visit(parcel, hands, door);
  }
  const delivery = await hands.send(wire, {
    origin: errand.origin,
    frameUrl: errand.frameUrl,
    mode: errand.held.mode,
    referrer: errand.held.referrer,
    referrerPolicy: errand.held.referrerPolicy,
    credentials: errand.held.credentials,
    redirect: errand.held.redirect,
    barredCookies: site.barredCookies,
  });
  telling(door, { type: "outcome", actionId: action, ...outcomeOf(delivery) });
  await learn(site, wire, delivery, reads);
  if (delivery.how === "not sent") errand.notice({ key: action, tone: "trouble", words: NOT_PREPARED, seconds: 20 });
  if (delivery.how === "lost") errand.notice({ key: action, tone: "trouble", words: RELEASED_LOST, seconds: 0 });
  if (delivery.how === "too-long") errand.notice({ key: action, tone: "trouble", words: TOO_LONG_ANSWER, seconds: 0 });
  return resultOf(delivery);
}

// The spine: one held request through recognise, attribute, decide, ask, release or block. Everything else only serves it.
// Must never send without "allow" or a spent approval for exactly this digest; whatever fails on the way is a block.
import type { GuardedAction } from "../../shared/action.ts";
import { meaningDigest, type Meaning } from "../../shared/meaning.ts";
import type { Site, SiteReads, WireRequest } from "../sites/site.ts";
import { attribute } from "./actor.ts";
import { asking, telling, type Door } from "./link/door.ts";
import type { Errand, Result } from "./errand.ts";
import { createLanes } from "./lanes.ts";
import { refusalOf } from "./refusal.ts";
import { mayVisit, release, type Hands, type Parcel } from "./courier/release.ts";
import { difference, understand, type Understood } from "./understand.ts";
import { createShares } from "./shares.ts";
import { createWaiting, type Woken } from "./waiting.ts";
import { Blocked, wireOf } from "./courier/wire.ts";
import { GIVEN_UP, HELD, noCompanion, NOT_BY_VISIT, nothingSent, RELEASED } from "./words.ts";

export interface GuardNeeds {
  readonly door: Door;
  readonly hands: Hands;
  siteOf(origin: string): Site | undefined;
  reads(origin: string, site: Site, at: URL): SiteReads;
  /** "" when a tab may send, or why not. */
  closed(tab: number | null): string;
  /** Waits a moment for a link that is being made. */
  linked(): Promise<void>;
}

/** How often a request may change under the question before it is blocked. */
const ROUNDS = 3;
/** How long after a release an equal request of the same tab is the same double click. */
const ECHO_MS = 2_000;

interface Proposed extends Parcel {
  readonly shown: string;
  readonly approval: string;
}
type Step = { readonly result: Result } | { readonly proposed: Proposed; readonly woken: Promise<Woken> };

function onlyResult(released: Result | Understood): Result {
  if ("how" in released) return released;
  throw new Blocked("The request changed while it waited.");
}

export type Guard = ReturnType<typeof createGuard>;

export function createGuard(needs: GuardNeeds) {
  const { door, hands } = needs;
  const lanes = createLanes();
  const waiting = createWaiting();
  const shares = createShares();
  /** Actions of this life of the worker that have not ended. */
  const live = new Set<string>();
  /** Asked and released a moment ago, by tab and digest. */
  const echoes = new Map<string, Promise<Result>>();

  function refuse(
    errand: Errand,
    site: Site | undefined,
    wire: WireRequest | null,
    key: string,
    words: string,
  ): Result {
    errand.notice({ key, tone: "refused", words, seconds: 20 });
    return refusalOf(site, wire, words);
  }

  /** Decide: puts the action to the companion. Ends in an answer, or in a question that now waits. */
  async function propose(
    errand: Errand,
    site: Site,
    wire: WireRequest,
    reads: SiteReads,
    known: Understood,
    doubts: string[],
    begun: string[],
  ): Promise<Step> {
    if (wire.kind === "navigate" && !mayVisit(known.verb)) throw new Blocked(NOT_BY_VISIT);
    const echo = echoes.get(`${errand.tab} ${errand.origin} ${known.digest}`);
    if (echo) return { result: await echo };
    const meaning: Meaning = { ...known.meaning, doubts: [...known.meaning.doubts, ...doubts] };
    const action: GuardedAction = {
      id: crypto.randomUUID(),
      site: site.id,
      verb: known.verb,
      meaning,
      origin: errand.origin,
      tab: errand.tab,
      frame: errand.frame,
      seenAt: new Date().toISOString(),
      layer: "request",
      canonical: known.canonical && doubts.length === 0,
    };
    begun.push(action.id);
    live.add(action.id);
    const actor = attribute(errand.gesture, wire.kind);
    const message = { type: "propose" as const, action, actor, deadlineMs: site.deadlineMs };
    const { actionId, digest, decision } = await asking(door, message, "verdict");
    const shown = await meaningDigest(meaning);
    if (actionId !== action.id || digest !== shown) throw new Blocked("The companion read this request differently.");
    const parcel: Parcel = { errand, site, wire, reads, action: action.id };
    switch (decision.verdict) {
      case "deny":
        return { result: refuse(errand, site, wire, action.id, nothingSent(decision.because)) };
      case "allow":
        if (!action.canonical) throw new Blocked("The companion allowed what is not fully understood.");
        if (errand.gone.aborted && !errand.held.keepalive) {
          telling(door, { type: "outcome", actionId: action.id, outcome: "not sent", note: "The page gave it up." });
          return { result: { how: "network-error" } };
        }
        return { result: await release(parcel, hands, door) };
      case "ask": {
        errand.notice({ key: action.id, tone: "held", words: HELD, seconds: 0 });
        const gone = errand.held.keepalive ? new AbortController().signal : errand.gone;
        return {
          proposed: { ...parcel, shown, approval: decision.approvalId },
          woken: waiting.join(decision.approvalId, action.id, gone),
        };
      }
    }
  }

  /** Approved: the same bytes are read again, spent, and sent. Gives the new reading back when it differs. */
  async function releaseApproved(proposed: Proposed, known: Understood): Promise<Result | Understood> {
    const { errand, site, wire, reads, action, approval, shown } = proposed;
    const again = await understand(site, wire, reads, errand.origin);
    if (again.digest !== known.digest) {
      const because = difference(known.meaning, again.meaning);
      telling(door, { type: "withdraw", actionId: action, because });
      errand.notice({ key: action, tone: "trouble", words: because, seconds: 20 });
      return again;
    }
    const given = errand.gone.aborted && !errand.held.keepalive ? GIVEN_UP : "";
    const closed = given || needs.closed(errand.tab);
    if (closed) {
      telling(door, { type: "withdraw", actionId: action, because: closed });
      throw new Blocked(closed);
    }
    await asking(door, { type: "spend", approvalId: approval, actionId: action, digest: shown }, "done");
    const sent = release(proposed, hands, door);
    const echo = `${errand.tab} ${errand.origin} ${known.digest}`;
    echoes.set(echo, sent);
    const over = (): void => void setTimeout(() => echoes.delete(echo), ECHO_MS);
    sent.then(over, over);
    const result = await sent;
    if (result.how !== "network-error") errand.notice({ key: action, tone: "released", words: RELEASED, seconds: 8 });
    return result;
  }

  /** One of several equal requests: it gets what the first one gets, and is never sent itself. */
  async function follow(proposed: Proposed, leader: string): Promise<Result> {
    const note = `The same request was sent once, as ${leader}.`;
    telling(door, { type: "outcome", actionId: proposed.action, outcome: "not sent", note });
    const result = await shares.of(leader).promise;
    proposed.errand.notice({ key: proposed.action, tone: "released", words: note, seconds: 8 });
    return result;
  }

  async function judge(errand: Errand, begun: string[]): Promise<Result> {
    const site = needs.siteOf(errand.origin);
    if (!site) throw new Blocked("This site is not switched on in Countersign.");
    const wire = wireOf(errand.held, errand.origin);
    const closed = needs.closed(errand.tab);
    if (closed) throw new Blocked(closed);
    await needs.linked();
    const missing = noCompanion(door.state());
    if (missing) return refuse(errand, site, wire, "companion", nothingSent(missing));
    const reads = needs.reads(errand.origin, site, wire.url);
    let known = await understand(site, wire, reads, errand.origin);
    const doubts =
      wire.kind === "stead" ? ["The page sent this where it cannot be held; its headers were not seen."] : [];
    const lane = known.serial === null ? null : `${errand.origin} ${known.serial}`;
    for (let round = 0; round < ROUNDS; round++) {
      const step = await lanes.run(lane, async (waited) => {
        if (waited) known = await understand(site, wire, reads, errand.origin);
        return propose(errand, site, wire, reads, known, doubts, begun);
      });
      if ("result" in step) return step.result;
      const { proposed } = step;
      const woken = await step.woken;
      if (woken.state === "gone") {
        telling(door, { type: "withdraw", actionId: proposed.action, because: woken.words });
        const words = nothingSent(woken.words);
        errand.notice({ key: proposed.action, tone: "refused", words, seconds: 8 });
        return { how: "network-error" };
      }
      if (woken.state !== "approved") return refuse(errand, site, wire, proposed.action, nothingSent(woken.words));
      if (!woken.lead) return follow(proposed, woken.leader);
      const before = known;
      const releasing = lanes.run(lane, () => releaseApproved(proposed, before));
      shares.of(proposed.action).settle(releasing.then(onlyResult));
      const released = await releasing.finally(() => setTimeout(() => shares.forget(proposed.action), ECHO_MS));
      if ("how" in released) return released;
      known = released;
      doubts.splice(0, doubts.length, difference(before.meaning, released.meaning));
    }
    throw new Blocked("This request kept changing while it waited.");
  }

  return {
    /** The one place where anything that goes wrong becomes a block. */
    handle: async (errand: Errand): Promise<Result> => {
      const begun: string[] = [];
      try {
        return await judge(errand, begun);
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        const site = needs.siteOf(errand.origin);
        // In the place of the line that said "held".
        const key = begun.at(-1) ?? "blocked";
        try {
          const wire = wireOf(errand.held, errand.origin);
          return refuse(errand, site, wire, key, nothingSent(words));
        } catch {
          return refuse(errand, undefined, null, key, nothingSent(words));
        }
      } finally {
        for (const action of begun) live.delete(action);
      }
    },
    resolved: waiting.resolve,
    linkLost: waiting.awayAll,
    waiting: waiting.count,
    isLive: (action: string): boolean => live.has(action),
  };
}

// The courier: sends exactly the bytes that were judged, as the page would have, inside a fence that no redirect leaves.
// Must never send twice, change a byte, or be called before the companion has written "spent".
import { browser, ownDomain } from "../../platform.ts";
import type { WireRequest } from "../../sites/site.ts";
import { cookieHeader, travelling } from "../wall/cookies.ts";
import { headerChanges, type HeaderChange, type Manner } from "./disguise.ts";
import { setRules } from "../wall/rules.ts";
import { PRIORITY, type Rule } from "../wall/wall.ts";

export const ANSWER_LIMIT = 20 * 1024 * 1024;

/** What the courier needs to know besides the judged request. */
export interface Orders extends Manner {
  readonly credentials: "omit" | "same-origin" | "include";
  readonly redirect: "follow" | "error" | "manual";
  /** An answer the browser has kept from before will not do. */
  readonly fresh?: boolean;
  /** Site.barredCookies */
  readonly barredCookies: string | undefined;
}

export type Delivery =
  | {
      readonly how: "answer";
      readonly status: number;
      readonly statusText: string;
      readonly headers: readonly (readonly [string, string])[];
      readonly url: string;
      readonly redirected: boolean;
      readonly body: Uint8Array<ArrayBuffer>;
    }
  | { readonly how: "opaque-redirect" }
  /** It went, and the answer is too long to carry. */
  | { readonly how: "too-long"; readonly status: number }
  /** Nothing left this browser. */
  | { readonly how: "not sent"; readonly why: string }
  /** It was under way: it may have arrived. */
  | { readonly how: "lost"; readonly why: string };

/** Names of the cookies an address is sent, barred ones left out, with the header that says the same. */
export async function cookiesFor(url: URL, barred: string | undefined): Promise<{ names: string[]; header: string }> {
  const kept = travelling(await browser.cookies.getAll({ url: url.href }), barred);
  return { names: kept.map((cookie) => cookie.name), header: cookieHeader(kept) };
}

/** Where a site bars cookies, the header is written by us, so that none set meanwhile slips in. */
async function cookieChange(wire: WireRequest, orders: Orders): Promise<HeaderChange[]> {
  if (orders.barredCookies === undefined || orders.credentials === "omit") return [];
  const { header } = await cookiesFor(wire.url, orders.barredCookies);
  return [header ? { header: "cookie", operation: "set", value: header } : { header: "cookie", operation: "remove" }];
}

/**
 * The browser sends again by itself what went out on a kept connection that then closed without an answer: a server that
 * drops connections got one POST seven times. So no connection of ours is kept. HTTP/2 leaves this header out.
 */
const ONE_CONNECTION: HeaderChange = { header: "connection", operation: "set", value: "close" };

/** Matches one whole address and nothing else. Characters a filter would read as wildcards need the regular form. */
function exactly(address: string): Rule["condition"] {
  return /[*^|]/.test(address)
    ? {
        regexFilter: `^${address.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)}$`,
        isUrlFilterCaseSensitive: true,
      }
    : { urlFilter: `|${address}|`, isUrlFilterCaseSensitive: true };
}

function rulesFor(wire: WireRequest, key: string, changes: HeaderChange[]): Omit<Rule, "id">[] {
  const own: Rule["condition"] = {
    initiatorDomains: [ownDomain()],
    resourceTypes: ["xmlhttprequest", "other"],
  };
  const method = wire.method.toLowerCase();
  return [
    {
      priority: PRIORITY.one,
      action: { type: "allow" },
      condition: { ...own, ...exactly(`${wire.url.href}${key}`), requestMethods: [method] },
    },
    // After a 302 or 303 the browser asks with GET; a 307 or 308 keeps its method and meets the wall.
    {
      priority: PRIORITY.follow,
      action: { type: "allow" },
      condition: { ...own, urlFilter: `|${wire.url.origin}/`, requestMethods: ["get"] },
    },
    {
      priority: PRIORITY.headers,
      action: { type: "modifyHeaders", requestHeaders: changes },
      condition: { ...own, urlFilter: `${key}|` },
    },
  ];
}

async function readBody(response: Response): Promise<Uint8Array<ArrayBuffer> | null> {
  const reader = response.body?.getReader();
  if (!reader) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.byteLength;
    if (size > ANSWER_LIMIT) {
      await reader.cancel();
      return null;
    }
    parts.push(part.value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

async function fetchOnce(wire: WireRequest, orders: Orders, key: string): Promise<Delivery> {
  const response = await fetch(`${wire.url.href}${key}`, {
    method: wire.method,
    headers: [...wire.headers].map(([name, value]): [string, string] => [name, value]),
    // An empty body on DELETE would add a Content-Length the page's own request has not.
    ...(wire.body && wire.body.byteLength > 0 ? { body: wire.body } : {}),
    credentials: orders.credentials === "omit" ? "omit" : "include",
    redirect: orders.redirect,
    ...(orders.fresh ? { cache: "no-store" } : {}),
  });
  if (response.type === "opaqueredirect") return { how: "opaque-redirect" };
  const body = await readBody(response);
  if (!body) return { how: "too-long", status: response.status };
  return {
    how: "answer",
    status: response.status,
    statusText: response.statusText,
    headers: [...response.headers],
    url: (response.url || wire.url.href).split("#")[0] ?? wire.url.href,
    redirected: response.redirected,
    body,
  };
}

const why = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Sends once. Resolves in every case; only "not sent" says that nothing left. */
export async function send(wire: WireRequest, orders: Orders): Promise<Delivery> {
  // Known to nobody but us: the server never sees a fragment, and the page never sees this fetch.
  const key = `#__cs=${crypto.randomUUID()}`;
  let clear: () => Promise<void>;
  try {
    const changes = [...headerChanges(wire, orders), ...(await cookieChange(wire, orders)), ONE_CONNECTION];
    clear = await setRules(rulesFor(wire, key, changes));
  } catch (error) {
    return { how: "not sent", why: why(error) };
  }
  try {
    return await fetchOnce(wire, orders, key);
  } catch (error) {
    return { how: "lost", why: why(error) };
  } finally {
    await clear().catch((error: unknown) => console.warn("A rule of one request stayed behind:", error));
  }
}

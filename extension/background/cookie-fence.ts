// The cookie fence: where a server reads parameters from cookies, the page's own reads carry only the cookies the site keeps.
// Must never widen who is sent a cookie: a request started by another site keeps exactly what the browser gives it.
import { browser, ownDomain, ruleResourceTypes } from "../platform.ts";
import { siteById } from "../sites/index.ts";
import type { Site } from "../sites/site.ts";
import { sweepSessionRules } from "./rules.ts";
import { PRIORITY, type Guarded, type Rule } from "./wall.ts";

/** Numbers far above those of the courier's rules. */
const FIRST = 500_000_000;

export interface FenceNeeds {
  readonly ready: Promise<unknown>;
  guarded(): readonly Guarded[];
  incident(what: string, detail: string, origin: string | null): void;
  readonly find?: (id: string) => Site | undefined;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly path: string;
  readonly secure: boolean;
}

/** The rules of one host: its own requests of every kind, and top-level visits from anywhere (which carry them anyway). */
export function fenceRules(host: string, header: string, first: number): Rule[] {
  const action: Rule["action"] = {
    type: "modifyHeaders",
    requestHeaders: [
      header === "" ? { header: "cookie", operation: "remove" } : { header: "cookie", operation: "set", value: header },
    ],
  };
  const shared = { requestDomains: [host], excludedInitiatorDomains: [ownDomain()] };
  const inner = ruleResourceTypes().filter((type) => type !== "main_frame");
  return [
    {
      id: first,
      priority: PRIORITY.cookies,
      action,
      condition: { ...shared, initiatorDomains: [host], resourceTypes: inner },
    },
    { id: first + 1, priority: PRIORITY.cookies, action, condition: { ...shared, resourceTypes: ["main_frame"] } },
  ];
}

/** Cookie header with every cookie of a host whose name is not barred. */
export function keptCookies(cookies: readonly Cookie[], barred: RegExp): string {
  return cookies
    .filter((cookie) => !barred.test(cookie.name))
    .map((cookie) => (cookie.name === "" ? cookie.value : `${cookie.name}=${cookie.value}`))
    .join("; ");
}

export interface CookieFence {
  /** Writes the rules anew for the whole list; resolves when they stand. */
  renew(): Promise<void>;
}

export function createCookieFence(needs: FenceNeeds): CookieFence {
  const find = needs.find ?? siteById;
  let renewing: Promise<void> = Promise.resolve();
  /** What stands, so that an unchanged set of cookies costs no rule change. */
  let standing = "";

  function hosts(): Map<string, RegExp> {
    const barred = new Map<string, RegExp>();
    for (const { origin, site } of needs.guarded()) {
      const pattern = find(site)?.barredCookies;
      if (pattern !== undefined) barred.set(new URL(origin).hostname, new RegExp(pattern));
    }
    return barred;
  }

  async function write(): Promise<void> {
    await sweepSessionRules();
    const addRules: Rule[] = [];
    for (const [host, barred] of hosts()) {
      const cookies = await browser.cookies.getAll({ domain: host });
      const own = cookies.filter((cookie) => host === cookie.domain.replace(/^\./, ""));
      const above = (await browser.cookies.getAll({ url: `http://${host}/` })).filter(
        (c) => !own.some((o) => same(o, c)),
      );
      addRules.push(...fenceRules(host, keptCookies([...own, ...above], barred), FIRST + addRules.length));
    }
    const wanted = JSON.stringify(addRules);
    if (wanted === standing) return;
    const old = (await browser.declarativeNetRequest.getSessionRules())
      .map((rule) => rule.id)
      .filter((id) => id >= FIRST);
    standing = "";
    await browser.declarativeNetRequest.updateSessionRules({ removeRuleIds: old, addRules });
    standing = wanted;
  }

  const same = (a: Cookie, b: Cookie): boolean => a.name === b.name && a.domain === b.domain && a.path === b.path;

  /** One after the other: two writers would take each other's rules for their own. */
  function renew(): Promise<void> {
    renewing = renewing.then(write, write);
    return renewing;
  }

  /** A barred cookie is taken away at once; the rule already keeps it from travelling. */
  async function changed(cookie: Cookie, removed: boolean): Promise<void> {
    await needs.ready;
    const host = cookie.domain.replace(/^\./, "");
    const met = [...hosts()].find(([name]) => name === host || name.endsWith(`.${host}`));
    if (!met) return;
    const [name, barred] = met;
    if (!barred.test(cookie.name)) return renew();
    if (removed) return;
    const url = `${cookie.secure ? "https" : "http"}://${host}${cookie.path}`;
    await browser.cookies.remove({ url, name: cookie.name });
    const words = `A cookie named "${cookie.name.slice(0, 60)}" was set; this site would read it as a part of requests. It was taken away.`;
    needs.incident(
      "A page tried to slip a parameter in",
      words,
      needs.guarded().find((g) => new URL(g.origin).hostname === name)?.origin ?? null,
    );
  }

  browser.cookies.onChanged.addListener(({ cookie, removed }) => void changed(cookie, removed).catch(() => undefined));
  return { renew };
}

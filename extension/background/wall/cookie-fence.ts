// The cookie fence: where a server reads parameters from cookies, the page's own reads carry only the cookies the site keeps.
// Must never widen who is sent a cookie: a request started by another site keeps exactly what the browser gives it.
import { browser, ownDomain, ruleResourceTypes } from "../../platform.ts";
import { siteById } from "../../sites/index.ts";
import type { Site } from "../../sites/site.ts";
import { cookieHeader, travelling, type Cookie } from "./cookies.ts";
import { FENCE_IDS, sweepSessionRules } from "./rules.ts";
import { PRIORITY, type Guarded, type Rule } from "./wall.ts";

/** Longest chain of cookie paths that gets rules of its own. */
const DEPTHS = 10;
/** A path no rule can hold would keep all of them from being written. */
const WRITABLE = /^[\x21-\x7e]{1,200}$/;

export interface FenceNeeds {
  readonly ready: Promise<unknown>;
  guarded(): readonly Guarded[];
  incident(what: string, detail: string, origin: string | null): void;
  readonly find?: (id: string) => Site | undefined;
}

function change(cookies: readonly Cookie[]): Rule["action"] {
  const value = cookieHeader(cookies);
  return {
    type: "modifyHeaders",
    requestHeaders: [
      value === "" ? { header: "cookie", operation: "remove" } : { header: "cookie", operation: "set", value },
    ],
  };
}

/** Whether a cookie of this path travels to addresses below `path`. */
const reaches = (cookie: Cookie, path: string): boolean =>
  path === cookie.path || path.startsWith(cookie.path.endsWith("/") ? cookie.path : `${cookie.path}/`);

/**
 * The rules of one origin, for each path its cookies name: requests of its own pages, and visits from elsewhere or typed.
 * Those two are kept apart: a strict cookie must not travel with a visit that another site began. Where the site's own
 * cookies are strict, such visits are left to the browser; a barred cookie is taken away the moment it is set.
 */
export function fenceRules(origin: string, cookies: readonly Cookie[], barred: string, first: number): Rule[] {
  const { hostname, protocol } = new URL(origin);
  const kept = travelling(cookies, barred).filter((c) => WRITABLE.test(c.path) && (protocol === "https:" || !c.secure));
  const paths = [...new Set(["/", ...kept.map((cookie) => cookie.path)])].toSorted((x, y) => x.length - y.length);
  const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  // Only the server's own: a page could set one to have the visits' rule left out.
  const strict = kept.some(({ sameSite, httpOnly }) => sameSite === "strict" && httpOnly);
  const rules: Rule[] = [];
  for (const [depth, path] of paths.slice(0, DEPTHS).entries()) {
    const here = kept.filter((cookie) => reaches(cookie, path)).toSorted((x, y) => y.path.length - x.path.length);
    const shared = {
      regexFilter: `^${escape(origin + path)}`,
      isUrlFilterCaseSensitive: true,
      excludedInitiatorDomains: [ownDomain()],
      resourceTypes: ruleResourceTypes(),
    };
    const priority = PRIORITY.cookies + depth;
    const rule = (id: number, condition: Rule["condition"]): Rule => ({
      id,
      priority,
      action: change(here),
      condition,
    });
    rules.push(rule(first + depth * 2, { ...shared, initiatorDomains: [hostname] }));
    if (!strict) rules.push(rule(first + depth * 2 + 1, { ...shared, resourceTypes: ["main_frame"] }));
  }
  return rules;
}

export interface CookieFence {
  /** Writes the rules anew for the whole list; resolves when they stand. */
  renew(): Promise<void>;
}

export function createCookieFence(needs: FenceNeeds): CookieFence {
  const find = needs.find ?? siteById;
  let renewing: Promise<void> = Promise.resolve();
  /** The renewal that has not begun: it will see whatever changes until then. */
  let queued: Promise<void> | null = null;
  /** What stands, so that an unchanged set of cookies costs no rule change. */
  let standing = "";

  /** Guarded origins whose site bars cookies, each with what it bars. */
  const barring = (): { origin: string; barred: string }[] =>
    needs.guarded().flatMap(({ origin, site }) => {
      const barred = find(site)?.barredCookies;
      return barred === undefined ? [] : [{ origin, barred }];
    });

  /** Every cookie that travels to some path of an origin. */
  async function cookiesOf(origin: string): Promise<Cookie[]> {
    const { hostname } = new URL(origin);
    const own = await browser.cookies.getAll({ domain: hostname });
    const above = await browser.cookies.getAll({ url: `${origin}/` });
    const here = [...own.filter((cookie) => cookie.domain.replace(/^\./, "") === hostname), ...above];
    return [...new Map(here.map((cookie) => [`${cookie.domain} ${cookie.path} ${cookie.name}`, cookie])).values()];
  }

  async function write(): Promise<void> {
    queued = null;
    await sweepSessionRules();
    const addRules: Rule[] = [];
    for (const { origin, barred } of barring()) {
      const cookies = await cookiesOf(origin);
      addRules.push(...fenceRules(origin, cookies, barred, FENCE_IDS + addRules.length));
    }
    const wanted = JSON.stringify(addRules);
    if (wanted === standing) return;
    const old = (await browser.declarativeNetRequest.getSessionRules())
      .map((rule) => rule.id)
      .filter((id) => id >= FENCE_IDS);
    standing = "";
    await browser.declarativeNetRequest.updateSessionRules({ removeRuleIds: old, addRules });
    standing = wanted;
  }

  /** One after the other: two writers would take each other's rules for their own. Many at once are one. */
  function renew(): Promise<void> {
    queued ??= renewing = renewing.then(write, write);
    return queued;
  }

  /** A barred cookie is taken away at once; the rule already keeps it from travelling. */
  async function changed(cookie: Cookie, removed: boolean): Promise<void> {
    await needs.ready;
    const host = cookie.domain.replace(/^\./, "");
    const met = barring().find(({ origin }) => `.${new URL(origin).hostname}`.endsWith(`.${host}`));
    if (!met) return;
    if (!new RegExp(met.barred).test(cookie.name)) return renew();
    if (removed) return;
    await browser.cookies.remove({ url: `${met.origin}${cookie.path}`, name: cookie.name });
    const words = `A cookie named "${cookie.name.slice(0, 60)}" was set; this site would read it as a part of requests. It was taken away.`;
    needs.incident("A page tried to slip a parameter in", words, met.origin);
  }

  browser.cookies.onChanged.addListener(({ cookie, removed }) => void changed(cookie, removed).catch(() => undefined));
  return { renew };
}

// The wall: rules kept by the browser itself that block writes to a guarded host from every source, also while we are dead.
// Must never be lifted by anything but the courier's rule for one request; the rules of a listed host are only ever added whole.
import { browser, ownDomain, ruleResourceTypes } from "../../platform.ts";
import { siteById } from "../../sites/index.ts";
import type { Site } from "../../sites/site.ts";

export type Rule = Parameters<typeof browser.declarativeNetRequest.updateDynamicRules>[0]["addRules"] extends
  | (infer R)[]
  | undefined
  ? R
  : never;

export interface Guarded {
  readonly origin: string;
  readonly site: string;
}

/** Which rule wins. One request of the courier stands over all; what follows from it stands under the guarded reads. */
export const PRIORITY = {
  block: 10,
  follow: 15,
  guardedRead: 20,
  freeRead: 30,
  /** Below the cookie fence: a rule that lets pass switches off every change of headers that stands under it. */
  passage: 35,
  strangers: 37,
  noCookies: 38,
  cookies: 40,
  one: 90,
  headers: 95,
} as const;

/** The same name gives the same number each time; numbers below 1000 are ours to name by hand. */
function ruleNumber(name: string, taken: Set<number>): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
  let id = 1000 + (hash % 1_000_000_000);
  while (taken.has(id)) id += 1;
  taken.add(id);
  return id;
}

/** Our own extension may fetch nothing from the web: a redirect that leaves the judged address ends here. */
function fence(): Rule[] {
  const own = {
    initiatorDomains: [ownDomain()],
    resourceTypes: ruleResourceTypes().filter((type) => type !== "main_frame"),
  };
  return [
    { id: 1, priority: PRIORITY.block, action: { type: "block" }, condition: { ...own, urlFilter: "|http" } },
    // The link asks whether some other program answers on the companion's port.
    {
      id: 2,
      priority: PRIORITY.follow,
      action: { type: "allow" },
      condition: { ...own, urlFilter: "|http://127.0.0.1:*/|", requestMethods: ["get"] },
    },
  ];
}

function hostRules(host: string, sites: readonly Site[], taken: Set<number>): Rule[] {
  const types = ruleResourceTypes();
  const sockets = types.filter((type) => /^web(socket|transport)$/.test(type));
  const rule = (name: string, priority: number, type: "block" | "allow", condition: Rule["condition"]): Rule => ({
    id: ruleNumber(`${host} ${name}`, taken),
    priority,
    action: { type },
    condition: { requestDomains: [host], resourceTypes: types, ...condition },
  });
  return [
    // A list of methods to block would let an unlisted one through. OPTIONS is one of them: many servers run a program for
    // it as they would for GET, and the guarded reads below know only GET and HEAD.
    rule("writes", PRIORITY.block, "block", { excludedRequestMethods: ["get", "head"] }),
    rule("sockets", PRIORITY.block, "block", { resourceTypes: sockets }),
    ...sites.flatMap((site) => [
      ...site.guardedGets.map((regexFilter, at) =>
        rule(`${site.id} guarded ${at}`, PRIORITY.guardedRead, "block", {
          regexFilter,
          requestMethods: ["get", "head"],
        }),
      ),
      ...site.freeGets.map((regexFilter, at) =>
        rule(`${site.id} free ${at}`, PRIORITY.freeRead, "allow", { regexFilter, requestMethods: ["get", "head"] }),
      ),
    ]),
  ];
}

/**
 * Where a server reads parameters from cookies, another page of the same domain could set one and then start a read. The
 * cookie fence may not touch what starts there, so inside a page nothing of another host's reaches the site at all; and
 * the site's own requests carry no cookie while the fence is not up yet.
 */
function besideTheFence(origin: string, taken: Set<number>): Rule[] {
  const { hostname: host } = new URL(origin);
  const within = {
    requestDomains: [host],
    urlFilter: `|${origin}/`,
    resourceTypes: ruleResourceTypes().filter((type) => type !== "main_frame"),
  };
  return [
    {
      id: ruleNumber(`${origin} strangers`, taken),
      priority: PRIORITY.strangers,
      action: { type: "block" },
      condition: { ...within, excludedInitiatorDomains: [host, ownDomain()] },
    },
    {
      id: ruleNumber(`${origin} cookies`, taken),
      priority: PRIORITY.noCookies,
      action: { type: "modifyHeaders", requestHeaders: [{ header: "cookie", operation: "remove" }] },
      condition: within,
    },
  ];
}

/** All rules that must stand for a list of guarded origins. A rule knows hosts, not ports: every port of a host is walled. */
export function wallRules(guarded: readonly Guarded[], find: (id: string) => Site | undefined = siteById): Rule[] {
  const hosts = new Map<string, Set<string>>();
  for (const { origin, site } of guarded) {
    const host = new URL(origin).hostname;
    hosts.set(host, (hosts.get(host) ?? new Set()).add(site));
  }
  const taken = new Set<number>();
  const rules = [...hosts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([host, ids]) => {
      const sites = [...ids].toSorted().flatMap((id) => find(id) ?? []);
      return hostRules(host, sites, taken);
    });
  const fenced = guarded
    .filter(({ site }) => find(site)?.barredCookies !== undefined)
    .toSorted((a, b) => (a.origin < b.origin ? -1 : 1));
  return [...fence(), ...rules, ...fenced.flatMap(({ origin }) => besideTheFence(origin, taken))];
}

/** A rule as text, keys in order, so that what the browser gives back can be compared with what was set. */
function written(rule: Rule): string {
  return JSON.stringify(rule, (_key, value: unknown) =>
    value && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** Names what is missing or strange; empty when the wall stands as it must. */
export async function wallFaults(guarded: readonly Guarded[]): Promise<string[]> {
  const standing = new Map((await browser.declarativeNetRequest.getDynamicRules()).map((rule) => [rule.id, rule]));
  const wanted = wallRules(guarded);
  const faults: string[] = [];
  for (const rule of wanted) {
    const found = standing.get(rule.id);
    const host = rule.condition.requestDomains?.[0] ?? "the extension's own requests";
    if (!found) faults.push(`A rule for ${host} is missing.`);
    else if (written(found) !== written(rule)) faults.push(`A rule for ${host} is not the one that belongs there.`);
    standing.delete(rule.id);
  }
  if (standing.size > 0) faults.push(`${standing.size} rules stand that do not belong there.`);
  return faults;
}

/** Puts the wall up for the whole list in one step: there is no moment with less than before for a host that stays. */
export async function raiseWall(guarded: readonly Guarded[]): Promise<void> {
  const standing = await browser.declarativeNetRequest.getDynamicRules();
  await browser.declarativeNetRequest.updateDynamicRules({
    removeRuleIds: standing.map((rule) => rule.id),
    addRules: wallRules(guarded),
  });
}

// Session rules for one request at a time: numbers, adding, taking away, and the clean sweep at every start.
// Must never leave a rule behind: one that outlives its request would open what it was made for a second time.
import { browser } from "../../platform.ts";
import type { Rule } from "./wall.ts";

/** Numbers from here on belong to the cookie fence: they stand until it writes them anew. */
export const FENCE_IDS = 500_000_000;

let swept: Promise<void> | undefined;
let last = 0;

/** A worker that died in the middle leaves its rules; the next one would reuse their numbers. */
export function sweepSessionRules(): Promise<void> {
  swept ??= (async () => {
    const left = await browser.declarativeNetRequest.getSessionRules();
    await browser.declarativeNetRequest.updateSessionRules({
      removeRuleIds: left.map(({ id }) => id).filter((id) => id < FENCE_IDS),
    });
  })();
  return swept;
}

/** Sets rules and returns how to take them away. Rejects when the browser does not take them all. */
export async function setRules(rules: readonly Omit<Rule, "id">[]): Promise<() => Promise<void>> {
  await sweepSessionRules();
  const addRules = rules.map((rule) => ({ ...rule, id: (last += 1) }));
  await browser.declarativeNetRequest.updateSessionRules({ addRules });
  return () => browser.declarativeNetRequest.updateSessionRules({ removeRuleIds: addRules.map((rule) => rule.id) });
}

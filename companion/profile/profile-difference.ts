// The difference between two rule sets, rule by rule, in sentences; and which part of it only takes permission away.
// Must call a change "narrowing" only when no request can fare better by it; whatever is not certain widens.
import { VERB_GROUPS, VERBS } from "../../shared/action.ts";
import type { ProfileRule } from "./rule-set.ts";

export interface Change {
  readonly id: string;
  readonly narrows: boolean;
  /** One line for people. */
  readonly sentence: string;
  readonly before: ProfileRule | null;
  readonly after: ProfileRule | null;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Same people, verbs and conditions, apart from the question itself. */
function sameReach(a: ProfileRule, b: ProfileRule): boolean {
  const reach = (rule: ProfileRule) => {
    const { principal, action, resource, conditions } = rule.policy;
    return {
      principal,
      action,
      resource,
      conditions: rule.effect === "ask" ? conditions.filter((it) => it.kind === "when") : conditions,
    };
  };
  return same(reach(a), reach(b));
}

/** The verbs a rule can speak about at all, read from its head; all of them where it names none. */
function verbsOf(rule: ProfileRule): ReadonlySet<string> {
  const { action } = rule.policy;
  if (action.op === "All" || (action.op === "==" && !("entity" in action))) return new Set(VERBS);
  const named = "entities" in action ? action.entities : [action.entity];
  const groups: Readonly<Record<string, readonly string[]>> = VERB_GROUPS;
  const verbs = new Set<string>();
  for (const entity of named) {
    // Another way of writing an entity is not met in parsed rules; should it be, the rule counts as reaching everything.
    if (!("id" in entity)) return new Set(VERBS);
    verbs.add(entity.id);
    if (action.op === "in") for (const verb of groups[entity.id] ?? []) verbs.add(verb);
  }
  return verbs;
}

const WORDS = { allow: "allows", ask: "asks", deny: "forbids" } as const;

function added(rule: ProfileRule): Change {
  const sentence = `New, ${WORDS[rule.effect]}: ${rule.say}`;
  return { id: rule.id, narrows: rule.effect !== "allow", sentence, before: null, after: rule };
}

/** `permits` are the rules that may allow something before or after: a barrier where none of them reaches holds nothing back. */
function removed(rule: ProfileRule, permits: readonly ProfileRule[]): Change {
  const reached = verbsOf(rule);
  const idle = !permits.some((permit) => [...verbsOf(permit)].some((verb) => reached.has(verb)));
  if (rule.effect !== "allow" && idle) {
    const sentence = `Not needed any more, nothing allows it: ${rule.say}`;
    return { id: rule.id, narrows: true, sentence, before: rule, after: null };
  }
  const sentence = {
    allow: `No longer allowed: ${rule.say}`,
    ask: `You would no longer be asked: ${rule.say}`,
    deny: `No longer forbidden: ${rule.say}`,
  }[rule.effect];
  return { id: rule.id, narrows: rule.effect === "allow", sentence, before: rule, after: null };
}

function changed(before: ProfileRule, after: ProfileRule): Change | null {
  if (before.effect === after.effect && before.say === after.say && same(before.policy, after.policy)) return null;
  const was = `The rule "${after.id}"`;
  const say = before.say === after.say ? after.say : `${after.say} (It said: ${before.say})`;
  if (before.effect !== after.effect) {
    // From allowing to asking or forbidding something: the permission goes, and a barrier comes.
    const stricter =
      before.effect === "allow" || (before.effect === "ask" && after.effect === "deny" && sameReach(before, after));
    const sentence = `${was} ${WORDS[before.effect]} no more, it ${WORDS[after.effect]}: ${say}`;
    return { id: after.id, narrows: stricter, sentence, before, after };
  }
  const what = same(before.policy.conditions, after.policy.conditions) && sameReach(before, after) ? "words" : "reach";
  return {
    id: after.id,
    narrows: false,
    sentence: `${was} changes its ${what}, it ${WORDS[after.effect]}: ${say}`,
    before,
    after,
  };
}

export function differenceOf(before: readonly ProfileRule[], after: readonly ProfileRule[]): Change[] {
  const old = new Map(before.map((rule) => [rule.id, rule]));
  const now = new Map(after.map((rule) => [rule.id, rule]));
  const changes: Change[] = [];
  for (const rule of after) {
    const was = old.get(rule.id);
    const change = was ? changed(was, rule) : added(rule);
    if (change) changes.push(change);
  }
  // A permit that is only changed may stay in force as it was until the change is accepted, so both its forms count.
  const permits = [...after, ...before.filter((rule) => now.get(rule.id)?.effect === "allow")].filter(
    (rule) => rule.effect === "allow",
  );
  for (const rule of before) if (!now.has(rule.id)) changes.push(removed(rule, permits));
  return changes;
}

/** The set in force with only the narrowing changes made. */
export function narrowed(before: readonly ProfileRule[], changes: readonly Change[]): ProfileRule[] {
  const made = new Map(changes.filter((change) => change.narrows).map((change) => [change.id, change]));
  const kept = before.flatMap((rule) => {
    const change = made.get(rule.id);
    if (!change) return [rule];
    return change.after ? [change.after] : [];
  });
  const fresh = [...made.values()].flatMap((change) => (change.before === null && change.after ? [change.after] : []));
  return [...kept, ...fresh];
}

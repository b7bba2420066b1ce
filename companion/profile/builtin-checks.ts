// What holds whatever the profile says: requests that are refused before any rule, and allows that still become questions.
// Must never allow anything; it can only deny or ask.
import { OUTGOING, VERB_GROUPS, VERBS } from "../../shared/action.ts";
import type { GuardedAction, Verb, VerbGroup } from "../../shared/action.ts";
import type { Rule } from "../../shared/decision.ts";
import { PEOPLE_LIMIT, recipients } from "../../shared/meaning.ts";
import type { Recipient } from "./recipient.ts";

const ITEMS_LIMIT = 500;

const GROUP_OF = new Map<string, VerbGroup>();
for (const group of Object.keys(VERB_GROUPS) as VerbGroup[]) {
  for (const verb of VERB_GROUPS[group]) GROUP_OF.set(verb, group);
}

export function groupOf(verb: Verb): VerbGroup | undefined {
  return GROUP_OF.get(verb);
}

/** One sentence when this action cannot be judged at all, else null. */
export function whyNotJudged(action: GuardedAction): string | null {
  const { meaning, verb } = action;
  if (!VERBS.includes(verb) || GROUP_OF.get(verb) === undefined) {
    return "This kind of action is not known here, so it is not let through.";
  }
  if (meaning.verb !== verb || meaning.site !== action.site) {
    return "What was shown and what would be done are not the same kind of action, so it is not let through.";
  }
  if (meaning.people.length > PEOPLE_LIMIT) {
    return `It names more than ${PEOPLE_LIMIT} people, which is more than can be judged. Send it to fewer.`;
  }
  if (meaning.items.length > ITEMS_LIMIT) {
    return `It names more than ${ITEMS_LIMIT} items one by one, which is more than can be judged. Choose fewer.`;
  }
  if (OUTGOING.includes(verb) && !recipients(meaning).some((address) => address.trim() !== "")) {
    return "It names nobody it would go to, so it cannot be judged. Put at least one address in and try again.";
  }
  return null;
}

const NOT_CANONICAL: Rule = {
  id: "builtin-not-canonical",
  say: "What this would do cannot be read with certainty, so you are asked.",
};
const UNKNOWN: Rule = { id: "builtin-unknown", say: "Nobody knows what this would do, so you are asked." };
const LASTING: Rule = {
  id: "builtin-lasting",
  say: "This would change something that goes on working afterwards, so you are asked.",
};
const UNREADABLE: Rule = {
  id: "builtin-unreadable-recipient",
  say: "A recipient is not a plain e-mail address, so you are asked.",
};

/** Why an action that every rule lets through is still asked about; empty when it may pass. */
export function stillAsked(action: GuardedAction, people: readonly Recipient[]): Rule[] {
  const rules: Rule[] = [];
  const group = groupOf(action.verb);
  if (group === "unknown") rules.push(UNKNOWN);
  if (group === "lasting") rules.push(LASTING);
  if (!people.every((person) => person.readable)) rules.push(UNREADABLE);
  if (!action.canonical || action.meaning.doubts.length > 0) rules.push(NOT_CANONICAL);
  return rules;
}

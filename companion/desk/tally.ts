// How many actions of a group were let through in the last hour, for the profile's budgets.
// Must never count too few: an action counts from the moment it is decided, before it is on disk.
import type { Verb } from "../../shared/action.ts";
import { groupOf } from "../profile/builtin-checks.ts";
import type { RulingInput } from "../profile/ruling.ts";

const HOUR = 3_600_000;

export class Tally {
  #counted = new Map<string, { readonly verb: Verb; readonly at: number }>();

  /** Counting the same action again changes nothing. */
  count(action: string, verb: Verb, at: number): void {
    const group = groupOf(verb);
    if ((group === "sending" || group === "tidying") && !this.#counted.has(action))
      this.#counted.set(action, { verb, at });
  }

  /** It was not let through after all. */
  uncount(action: string): void {
    this.#counted.delete(action);
  }

  recent(now: number): RulingInput["recent"] {
    const recent = { sending: 0, tidying: 0 };
    for (const [action, { verb, at }] of this.#counted) {
      const group = groupOf(verb);
      if (now - at >= HOUR) this.#counted.delete(action);
      else if (group === "sending" || group === "tidying") recent[group] += 1;
    }
    return recent;
  }
}

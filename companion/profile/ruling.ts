// What decide() is given and what it answers. Pure data; the same input always gives the same ruling.
import type { Actor, GuardedAction } from "../../shared/action.ts";
import type { Rule } from "../../shared/decision.ts";

export interface RulingInput {
  readonly action: GuardedAction;
  readonly actor: Actor;
  /** Recipients the person has never written to, as far as this companion knows. */
  readonly newPeople: readonly string[];
  /** For a sign-in: the person has let an agent into this account before. Left out, it is a first time. */
  readonly knownAccount?: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Actions of this group let through in the last hour, this one not counted. */
  readonly recent: { readonly sending: number; readonly tidying: number };
}

export type Ruling =
  | { readonly verdict: "allow"; readonly rules: readonly Rule[] }
  | { readonly verdict: "ask"; readonly rules: readonly Rule[] }
  | { readonly verdict: "deny"; readonly because: string; readonly rules: readonly Rule[] };

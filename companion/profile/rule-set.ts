// A set of rules as decide() uses it: each with its id, its sentence, its effect and its Cedar form, under one digest.
// Immutable; a changed profile is a new set. Must never hold rule text that was not parsed and checked.
import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { PolicyJson } from "@cedar-policy/cedar-wasm/nodejs";
import type { Rule } from "../../shared/decision.ts";

export type Effect = "allow" | "ask" | "deny";

export interface ProfileRule extends Rule {
  readonly effect: Effect;
  readonly policy: PolicyJson;
  /** The rule as it was written, for people. */
  readonly text: string;
}

export interface LoadedProfile {
  /** Name of the preset it equals, or "Your own rules". */
  readonly name: string;
  /** SHA-256 over ids, sentences, effects and Cedar forms: two sets with one digest decide alike. */
  readonly digest: string;
  readonly rules: readonly ProfileRule[];
}

export const OWN_RULES = "Your own rules";

export function digestOfRules(rules: readonly ProfileRule[]): string {
  const bare = rules.map(({ id, say, effect, policy }) => ({ id, say, effect, policy }));
  const text = canonicalize(bare.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
  if (text === undefined) throw new Error("These rules cannot be written as JSON.");
  return createHash("sha256").update(text).digest("hex");
}

export function makeProfile(name: string, rules: readonly ProfileRule[]): LoadedProfile {
  return { name, digest: digestOfRules(rules), rules };
}

/** What is in force when nothing can be trusted: written out as data, so that it needs no parser and no file. */
export const LOCKED: LoadedProfile = makeProfile("Locked", [
  {
    id: "locked",
    say: "Nothing is allowed: Countersign is locked.",
    effect: "deny",
    policy: {
      effect: "forbid",
      principal: { op: "All" },
      action: { op: "All" },
      resource: { op: "All" },
      conditions: [],
      annotations: { id: "locked", say: "Nothing is allowed: Countersign is locked." },
    },
    text: '@id("locked")\n@say("Nothing is allowed: Countersign is locked.")\nforbid (principal, action, resource);',
  },
]);

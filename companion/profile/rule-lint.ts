// Our own rules about rules, checked on their parsed form: ids, sentences, and how a question may be written.
// Must never let a rule but the asking one look at approvals: a yes lifts the question it was given for, nothing else.
import type { PolicyJson } from "@cedar-policy/cedar-wasm/nodejs";
import { isPlainLine } from "../terminal/quote.ts";
import type { Effect, ProfileRule } from "./rule-set.ts";

const ID = /^[a-z][a-z0-9-]{0,59}$/;
const SAY_LONGEST = 200;
const ANNOTATIONS = new Set(["id", "say", "effect"]);

export type Linted =
  | { readonly ok: true; readonly rules: readonly ProfileRule[] }
  | { readonly ok: false; readonly rule: number; readonly say: string };

/** The one condition that makes a rule a question. */
const question = (id: string) =>
  JSON.stringify({
    kind: "unless",
    body: { contains: { left: { ".": { left: { Var: "context" }, attr: "approvals" } }, right: { Value: id } } },
  });

/** True when `approvals` is named, or the context is used as a whole (which would carry the approvals along). */
function looksAtApprovals(node: unknown): boolean {
  if (node === "approvals") return true;
  if (typeof node !== "object" || node === null) return false;
  if (Array.isArray(node)) return node.some(looksAtApprovals);
  return Object.entries(node).some(([key, value]) => {
    if (key === "approvals") return true;
    if (key === "Var" && value === "context") return true;
    if ((key === "." || key === "has") && isContextFact(value)) return looksAtApprovals(value.attr);
    return looksAtApprovals(value);
  });
}

function isContextFact(value: unknown): value is { readonly attr: unknown } {
  if (typeof value !== "object" || value === null || !("left" in value) || !("attr" in value)) return false;
  const { left } = value;
  return typeof left === "object" && left !== null && "Var" in left && left.Var === "context";
}

function wrongWith(policy: PolicyJson): string | null {
  const { id, say, effect } = policy.annotations ?? {};
  if (id === undefined) return 'A rule needs a name of its own. Add a line like @id("ask-sending") above it.';
  if (!ID.test(id) || id.startsWith("builtin-")) {
    return `A rule's name is small letters, digits and "-", and does not begin with "builtin-". Rename this one.`;
  }
  if (say === undefined || say.trim() === "") {
    return `The rule "${id}" needs a sentence for people. Add a line like @say("You are asked before anything is sent.").`;
  }
  if (say.length > SAY_LONGEST || !isPlainLine(say)) {
    return `The sentence of the rule "${id}" must be one line of at most ${SAY_LONGEST} plain characters. Rewrite it.`;
  }
  const other = Object.keys(policy.annotations ?? {}).find((name) => !ANNOTATIONS.has(name));
  if (other !== undefined) return `The rule "${id}" has @${other}, which is not known. Only @id, @say and @effect are.`;
  if (effect !== undefined && effect !== "ask") return `The rule "${id}" has an @effect that is not "ask". Correct it.`;

  const asked = question(id);
  const others = policy.conditions.filter((condition) => JSON.stringify(condition) !== asked);
  if (effect === "ask") {
    const unless = policy.conditions.filter((condition) => condition.kind === "unless");
    if (policy.effect !== "forbid" || unless.length !== 1 || JSON.stringify(unless[0]) !== asked) {
      return `The rule "${id}" asks, so it must be a forbid with one unless { context.approvals.contains("${id}") } and no other unless.`;
    }
  }
  if (looksAtApprovals(effect === "ask" ? others : policy.conditions)) {
    return `The rule "${id}" looks at approvals. Only an asking rule may, and only at its own yes.`;
  }
  return null;
}

function effectOf(policy: PolicyJson): Effect {
  if (policy.effect === "permit") return "allow";
  return policy.annotations?.["effect"] === "ask" ? "ask" : "deny";
}

export function lintRules(parsed: readonly { readonly text: string; readonly policy: PolicyJson }[]): Linted {
  const rules: ProfileRule[] = [];
  const seen = new Set<string>();
  for (const [number, { text, policy }] of parsed.entries()) {
    const wrong = wrongWith(policy);
    if (wrong !== null) return { ok: false, rule: number, say: wrong };
    const { id = "", say = "" } = policy.annotations ?? {};
    if (seen.has(id)) return { ok: false, rule: number, say: `Two rules are called "${id}". Rename one of them.` };
    seen.add(id);
    rules.push({ id, say, effect: effectOf(policy), policy, text });
  }
  return { ok: true, rules };
}

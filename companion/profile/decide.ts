// (request, profile) -> allow, ask or deny. Pure and synchronous: no clock, no disk, no memory of earlier questions.
// Must never let a failing rule, a missing fact or a dead engine end in anything but deny.
import type { Context, EntityUid } from "@cedar-policy/cedar-wasm/nodejs";
import type { Rule } from "../../shared/decision.ts";
import { recipients } from "../../shared/meaning.ts";
import { groupOf, stillAsked, whyNotJudged } from "./builtin-checks.ts";
import { evaluate } from "./cedar-engine.ts";
import type { CedarRequest } from "./cedar-engine.ts";
import { NO_DOMAIN, readRecipient } from "./recipient.ts";
import type { Recipient } from "./recipient.ts";
import type { LoadedProfile, ProfileRule } from "./rule-set.ts";
import type { Ruling, RulingInput } from "./ruling.ts";

export const NO_RULE = "No rule of your profile allows this.";
export const NO_RULE_EVEN_IF = "No rule of your profile allows this, and a yes of yours would not change that.";
export const ENGINE_FAILED = "The rules could not be evaluated, so this is not let through.";

const uid = (type: string, id: string): EntityUid => ({ type: `CS::${type}`, id });
const ref = (type: string, id: string) => ({ __entity: { type: `CS::${type}`, id } });
const each = (ids: readonly string[], type: string) => [...new Set(ids)].map((id) => ref(type, id));

const personOf = (it: Recipient) => (it.readable ? it.person : it.raw);

function requestOf(input: RulingInput, people: readonly Recipient[]): CedarRequest {
  const { action, actor, recent } = input;
  const { meaning } = action;
  const unreadable = people.filter((it) => !it.readable).map(personOf);
  const fresh = input.newPeople.map((raw) => personOf(readRecipient(raw)));
  const context: Context = {
    now: { __extn: { fn: "datetime", arg: new Date(input.now).toISOString() } },
    approvals: [],
    group: groupOf(action.verb) ?? "unknown",
    recipients: each(people.map(personOf), "Person"),
    recipientDomains: each(
      people.map((it) => (it.readable ? it.domain : NO_DOMAIN)),
      "Domain",
    ),
    newPeople: each([...fresh, ...unreadable], "Person"),
    recipientCount: people.length,
    attachments: meaning.attachments.length,
    unseenAttachments: meaning.attachments.filter((it) => it.sha256 === null).length,
    links: meaning.links.length,
    images: meaning.images.length,
    doubts: meaning.doubts.length,
    items: meaning.items.length + meaning.more,
    canonical: action.canonical,
    knownAccount: action.verb !== "site.sign-in" || input.knownAccount === true,
    sendingLastHour: recent.sending,
    tidyingLastHour: recent.tidying,
  };
  return {
    principal: uid("Agent", actor.kind),
    action: uid("Action", action.verb),
    resource: uid("Account", meaning.account),
    context,
    // Only what has parents is sent: each entity costs time, and nothing else of them is read.
    entities: [
      { uid: uid("Account", meaning.account), attrs: {}, parents: [uid("Site", action.site)] },
      { uid: uid("Site", action.site), attrs: {}, parents: [] },
    ],
  };
}

type Pass =
  | { readonly failed: false; readonly allowed: boolean; readonly rules: readonly ProfileRule[] }
  | { readonly failed: true; readonly because: string; readonly rules: readonly ProfileRule[] };

function pass(profile: LoadedProfile, request: CedarRequest): Pass {
  const named = (ids: readonly string[]) => profile.rules.filter((rule) => ids.includes(rule.id));
  let answer;
  try {
    answer = evaluate(profile, request);
  } catch {
    return { failed: true, because: ENGINE_FAILED, rules: [] };
  }
  if (answer.type === "failure") return { failed: true, because: ENGINE_FAILED, rules: [] };
  const { decision, diagnostics } = answer.response;
  // Cedar leaves out a rule that fails, and a forbid that is left out forbids nothing.
  if (diagnostics.errors.length > 0) {
    const ids = [...new Set(diagnostics.errors.map((it) => it.policyId))];
    return {
      failed: true,
      because: `The rule "${ids.join('", "')}" failed while it was evaluated, so this is not let through. Correct it in your profile.`,
      rules: named(ids),
    };
  }
  return { failed: false, allowed: decision === "allow", rules: named(diagnostics.reason) };
}

const bare = (rules: readonly Rule[]): Rule[] => rules.map(({ id, say }) => ({ id, say }));
const deny = (because: string, rules: readonly Rule[] = []): Ruling => ({
  verdict: "deny",
  because,
  rules: bare(rules),
});
const saying = (rules: readonly Rule[]) => rules.map((rule) => rule.say).join(" ");

export function decide(input: RulingInput, profile: LoadedProfile): Ruling {
  try {
    return judged(input, profile);
  } catch {
    return deny(ENGINE_FAILED);
  }
}

function judged(input: RulingInput, profile: LoadedProfile): Ruling {
  const refused = whyNotJudged(input.action);
  if (refused !== null) return deny(refused);
  const people = recipients(input.action.meaning).map(readRecipient);
  const request = requestOf(input, people);
  const builtin = stillAsked(input.action, people);

  const first = pass(profile, request);
  if (first.failed) return deny(first.because, first.rules);
  if (first.allowed) {
    if (builtin.length > 0) return { verdict: "ask", rules: builtin };
    return { verdict: "allow", rules: bare(first.rules) };
  }
  if (first.rules.length === 0) return deny(NO_RULE);
  const hard = first.rules.filter((rule) => rule.effect !== "ask");
  if (hard.length > 0) return deny(saying(hard), hard);

  // Only asks stand in the way. A question is put only where a yes would help, so the yes is tried first.
  const yes = { ...request, context: { ...request.context, approvals: first.rules.map((rule) => rule.id) } };
  const second = pass(profile, yes);
  if (second.failed) return deny(second.because, second.rules);
  if (!second.allowed) return deny(second.rules.length === 0 ? NO_RULE_EVEN_IF : saying(second.rules), second.rules);
  return { verdict: "ask", rules: [...bare(first.rules), ...builtin] };
}

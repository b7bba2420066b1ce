// How decide() combines rules: the laws that hold for any profile, shown on small rule sets.
// Where a guard is tested, the raw engine is asked first, so that the test shows what would happen without the guard.
import { createRequire } from "node:module";
import { beforeAll, describe, expect, test } from "vitest";
import type { PolicyJson } from "@cedar-policy/cedar-wasm/nodejs";
import { evaluate } from "../../../companion/profile/cedar-engine.ts";
import { decide, ENGINE_FAILED, NO_RULE, NO_RULE_EVEN_IF } from "../../../companion/profile/decide.ts";
import { makeProfile } from "../../../companion/profile/rule-set.ts";
import type { LoadedProfile } from "../../../companion/profile/rule-set.ts";
import { request, rules } from "./request.ts";

const PERMIT = '@id("all") @say("All is allowed.") permit (principal, action, resource);';
const ask = (id: string, when: string) =>
  `@id("${id}") @say("Asked: ${id}.") @effect("ask") forbid (principal, action, resource) when { ${when} } unless { context.approvals.contains("${id}") };`;
const never = (id: string, when: string) =>
  `@id("${id}") @say("Never: ${id}.") forbid (principal, action, resource) when { ${when} };`;

const NEW = ask("ask-new", "!context.newPeople.isEmpty()");
const LINKS = ask("ask-unseen", "context.unseenAttachments > 0");
const BAD = never("never-evil", 'context.recipientDomains.contains(CS::Domain::"evil.example")');
const OVERFLOW = never("never-overflow", "context.sendingLastHour * 9007199254740991 * 9007199254740991 > 3");

const ann = { to: ["ann@firm.example"] };
const eve = { to: ["eve@evil.example"] };
const bob = { to: ["bob@other.example"], newPeople: ["bob@other.example"] };

let set: Record<string, LoadedProfile> = {};
beforeAll(async () => {
  set = {
    plain: await rules(`${PERMIT}\n${NEW}\n${LINKS}\n${BAD}`),
    onlyAsk: await rules(NEW),
    overflow: await rules(`${PERMIT}\n${OVERFLOW}`),
    night: await rules(
      `${PERMIT}\n${ask("ask-night", 'context.now.toTime() >= duration("22h") || context.now.toTime() < duration("7h")')}`,
    ),
    circle: await rules(
      `@id("firm") @say("My firm.") permit (principal, action in CS::Action::"sending", resource) when { [CS::Domain::"firm.example"].containsAll(context.recipientDomains) };`,
    ),
    named: await rules(
      `${PERMIT}\n${never("never-boss", 'context.recipients.contains(CS::Person::"boss@firm.example")')}`,
    ),
    account: await rules(
      `@id("mine") @say("My mailbox only.") permit (principal, action, resource == CS::Account::"me@firm.example");`,
    ),
    site: await rules(`@id("here") @say("This site.") permit (principal, action, resource in CS::Site::"roundcube");`),
  };
});
const by = (name: string) => {
  const profile = set[name];
  if (!profile) throw new Error(`No rules called ${name}.`);
  return profile;
};

describe("how rules combine", () => {
  test("a permit alone allows and is named", () => {
    expect(decide(request("mail.send", ann), by("plain"))).toEqual({
      verdict: "allow",
      rules: [{ id: "all", say: "All is allowed." }],
    });
  });

  test("two asks are both named", () => {
    const ruling = decide(request("mail.send", { ...bob, unseen: 1 }), by("plain"));
    expect(ruling).toMatchObject({ verdict: "ask", rules: [{ id: "ask-new" }, { id: "ask-unseen" }] });
  });

  test("deny beats ask, and only the denying rule is named", () => {
    const ruling = decide(request("mail.send", { ...eve, newPeople: eve.to }), by("plain"));
    expect(ruling).toEqual({
      verdict: "deny",
      because: "Never: never-evil.",
      rules: [{ id: "never-evil", say: "Never: never-evil." }],
    });
  });

  test("what no rule allows is never asked about, though an asking rule matches", () => {
    const input = request("mail.send", bob);
    const raw = evaluate(by("onlyAsk"), rawRequest("mail.send", ["bob@other.example"]));
    // One pass would see only asking rules in the way and put the question.
    expect(raw).toMatchObject({
      type: "success",
      response: { decision: "deny", diagnostics: { reason: ["ask-new"] } },
    });
    expect(decide(input, by("onlyAsk"))).toEqual({ verdict: "deny", because: NO_RULE_EVEN_IF, rules: [] });
  });

  test("an empty profile denies with the sentence for it", () => {
    expect(decide(request("mail.read"), makeProfile("Empty", []))).toEqual({
      verdict: "deny",
      because: NO_RULE,
      rules: [],
    });
  });

  test("time, domains, people, mailbox and site are facts a rule can use", () => {
    expect(decide(request("mail.read", { now: Date.UTC(2026, 0, 1, 23, 10) }), by("night")).verdict).toBe("ask");
    expect(decide(request("mail.read", { now: Date.UTC(2026, 0, 1, 12) }), by("night")).verdict).toBe("allow");
    expect(decide(request("mail.send", ann), by("circle")).verdict).toBe("allow");
    expect(decide(request("mail.send", { to: ["ann@firm.example", "bob@other.example"] }), by("circle")).verdict).toBe(
      "deny",
    );
    expect(decide(request("mail.send", { to: ["BOSS@Firm.example"] }), by("named")).verdict).toBe("deny");
    expect(decide(request("mail.read", { account: "you@firm.example" }), by("account")).verdict).toBe("deny");
    expect(decide(request("mail.read"), by("account")).verdict).toBe("allow");
    expect(decide(request("mail.read"), by("site")).verdict).toBe("allow");
  });
});

describe("what fails, denies", () => {
  test("a forbid that fails is skipped by the engine; here it denies and is named", () => {
    const raw = evaluate(by("overflow"), rawRequest("mail.send", ["ann@firm.example"], { sendingLastHour: 1 }));
    expect(raw).toMatchObject({ type: "success", response: { decision: "allow" } });
    const ruling = decide(request("mail.send", { ...ann, sending: 1 }), by("overflow"));
    expect(ruling.verdict).toBe("deny");
    expect(ruling.rules).toEqual([{ id: "never-overflow", say: "Never: never-overflow." }]);
    // Where the sum does not overflow, the rule works and holds nothing back.
    expect(decide(request("mail.send", { ...ann, sending: 0 }), by("overflow")).verdict).toBe("allow");
  });

  test("a rule about a fact that does not exist never loads; forced in, it denies", () => {
    const policy: PolicyJson = {
      effect: "forbid",
      principal: { op: "All" },
      action: { op: "All" },
      resource: { op: "All" },
      conditions: [{ kind: "when", body: { ".": { left: { Var: "context" }, attr: "nosuch" } } }],
    };
    const forced = makeProfile("Forced", [
      ...by("plain").rules,
      { id: "broken", say: "Broken.", effect: "deny", policy, text: "" },
    ]);
    const ruling = decide(request("mail.read"), forced);
    expect(ruling).toMatchObject({ verdict: "deny", rules: [{ id: "broken" }] });
  });

  test("a reply to nobody is denied, though containsAll of nothing is true", () => {
    const raw = evaluate(by("circle"), rawRequest("mail.reply", []));
    expect(raw).toMatchObject({ type: "success", response: { decision: "allow" } });
    expect(decide(request("mail.reply"), by("circle")).verdict).toBe("deny");
  });

  test.each([
    ["an unknown verb", { verb: "mail.nuke" as "mail.read" }, {}],
    ["a meaning of another verb", { verb: "mail.read" as const }, { verb: "mail.send" as const }],
    ["a meaning of another site", {}, { site: "other" }],
    [
      "501 people",
      {},
      {
        people: Array.from({ length: 501 }, (_, i) => ({
          field: "to" as const,
          address: `p${i}@firm.example`,
          name: "",
        })),
      },
    ],
    ["501 items", {}, { items: Array.from({ length: 501 }, () => ({ label: "", detail: "" })) }],
    ["a lone surrogate", {}, { account: "\ud800" }],
  ])("%s is denied", (_what, action, meaning) => {
    const input = request("mail.read");
    // Without the change it is allowed, so it is the change that denies.
    expect(decide(input, by("plain")).verdict).toBe("allow");
    const changed = {
      ...input,
      action: { ...input.action, ...action, meaning: { ...input.action.meaning, ...meaning } },
    };
    expect(decide(changed, by("plain")).verdict).toBe("deny");
  });

  test("a time that is no time, and counters that are no counts, deny", () => {
    for (const broken of [{ now: Number.NaN }, { sending: 1.5 }, { sending: Number.NaN }]) {
      expect(decide(request("mail.read", broken), by("plain")).verdict).toBe("deny");
    }
  });

  test("a set the engine refuses denies, and the set before it still works", () => {
    const policy = { effect: "forbid", principal: { op: "Nonsense" } } as unknown as PolicyJson;
    const bad = makeProfile("Bad", [{ id: "x", say: "X.", effect: "deny", policy, text: "" }]);
    expect(decide(request("mail.read"), by("plain")).verdict).toBe("allow");
    expect(decide(request("mail.read"), bad)).toMatchObject({ verdict: "deny", because: ENGINE_FAILED });
    expect(decide(request("mail.read"), by("plain")).verdict).toBe("allow");
  });

  test("a trapped engine denies once and is made anew", () => {
    const load = createRequire(import.meta.url);
    const engine = load("@cedar-policy/cedar-wasm/nodejs") as typeof import("@cedar-policy/cedar-wasm/nodejs");
    expect(decide(request("mail.read"), by("plain")).verdict).toBe("allow");
    expect(() =>
      engine.policySetTextToParts(`permit(principal,action,resource) when {${"(".repeat(300)}true${")".repeat(300)}};`),
    ).toThrow();
    expect(() => engine.getCedarVersion()).toThrow();
    expect(decide(request("mail.read"), by("plain"))).toMatchObject({ verdict: "deny", because: ENGINE_FAILED });
    expect(decide(request("mail.read"), by("plain")).verdict).toBe("allow");
  });
});

describe("what no profile can lift", () => {
  test("an action that is not canonical is asked about though everything is permitted", () => {
    for (const verb of ["mail.read", "mail.draft", "site.housekeeping", "mail.mark"] as const) {
      expect(decide(request(verb), by("plain")).verdict).toBe("allow");
      const ruling = decide(request(verb, { canonical: false }), by("plain"));
      expect(ruling).toEqual({
        verdict: "ask",
        rules: [
          { id: "builtin-not-canonical", say: "What this would do cannot be read with certainty, so you are asked." },
        ],
      });
    }
  });

  test.each([
    ["site.unknown", "builtin-unknown"],
    ["mail.set-filter", "builtin-lasting"],
    ["account.consent", "builtin-lasting"],
  ] as const)("%s is asked about though everything is permitted", (verb, id) => {
    expect(decide(request(verb), by("plain"))).toMatchObject({ verdict: "ask", rules: [{ id }] });
  });

  test.each([
    "Ann <ann@firm.example>",
    "ann@firm.example@evil.example",
    "ann@firm.example,eve@evil.example",
    "ann@[127.0.0.1]",
    '"a b"@firm.example',
    "\u212Aann@firm.example",
    "ann@firm.example\u200b",
    "ann@fírm.example",
    "ann",
  ])("the recipient %s counts as new, belongs to no domain, and is asked about", (address) => {
    expect(decide(request("mail.send", ann), by("plain")).verdict).toBe("allow");
    const ruling = decide(request("mail.send", { to: [address] }), by("plain"));
    expect(ruling.verdict).toBe("ask");
    expect(ruling.rules.map((rule) => rule.id)).toEqual(["ask-new", "builtin-unreadable-recipient"]);
    expect(decide(request("mail.send", { to: [address] }), by("circle")).verdict).toBe("deny");
  });
});

/** A request to the bare engine, past everything decide() does. */
function rawRequest(verb: string, to: readonly string[], facts: Record<string, number> = {}) {
  return {
    principal: { type: "CS::Agent", id: "agent" },
    action: { type: "CS::Action", id: verb },
    resource: { type: "CS::Account", id: "me@firm.example" },
    entities: [],
    context: {
      now: { __extn: { fn: "datetime", arg: "2026-11-22T10:00:00.000Z" } },
      approvals: [],
      group: "sending",
      recipients: to.map((id) => ({ __entity: { type: "CS::Person", id } })),
      recipientDomains: to.map((id) => ({ __entity: { type: "CS::Domain", id: id.split("@")[1] ?? "" } })),
      newPeople: to.map((id) => ({ __entity: { type: "CS::Person", id } })),
      recipientCount: to.length,
      attachments: 0,
      unseenAttachments: 0,
      links: 0,
      images: 0,
      doubts: 0,
      items: 0,
      canonical: true,
      knownAccount: true,
      sendingLastHour: 0,
      tidyingLastHour: 0,
      ...facts,
    },
  };
}

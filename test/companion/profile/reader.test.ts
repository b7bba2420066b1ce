// Reading rule text: each kind of bad text gets one sentence and a line, and no text harms the engine of this process.
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { decide } from "../../../companion/profile/decide.ts";
import { ENGINE_PATH } from "../../../companion/profile/cedar-engine.ts";
import { PRESETS } from "../../../companion/profile/presets.ts";
import { readProfileText, runThread } from "../../../companion/profile/profile-reader.ts";
import { request, rules } from "./request.ts";

const OK = '@id("a")\n@say("All.")\npermit (principal, action, resource);\n';
const ASK = (unless: string, head = '@id("q") @say("Q.") @effect("ask")') =>
  `${OK}${head}\nforbid (principal, action, resource)\n${unless};\n`;
const nested = (depth: number) =>
  `${OK}@id("b") @say("B.")\nforbid (principal, action, resource)\nwhen { ${"(".repeat(depth)}context.canonical${")".repeat(depth)} };\n`;

async function refusal(text: string): Promise<string> {
  const reading = await readProfileText(text);
  if (reading.ok) return "accepted";
  return `${reading.problem.line}: ${reading.problem.say}`;
}

describe("text that kills the engine", () => {
  test("is refused with a line before it is parsed, and the rules in force go on working", async () => {
    const assistant = await rules(PRESETS[1]?.text ?? "");
    // Without the guard: an engine of its own, given the text, answers nothing any more.
    const load = createRequire(import.meta.url);
    delete load.cache[ENGINE_PATH];
    const victim = load(ENGINE_PATH) as typeof import("@cedar-policy/cedar-wasm/nodejs");
    expect(() => victim.policySetTextToParts(nested(300))).toThrow();
    expect(() => victim.policySetTextToParts(OK)).toThrow();

    expect(await refusal(nested(300))).toMatch(/^6: Brackets are nested more than 32 deep here\./);
    expect(decide(request("mail.read"), assistant).verdict).toBe("allow");
  });

  test("costs only its thread when it gets past the count", async () => {
    const assistant = await rules(PRESETS[1]?.text ?? "");
    const answer = await runThread(nested(300));
    expect(answer).toMatchObject({ ok: false, trouble: { message: "this text stops the rule engine" } });
    expect(decide(request("mail.read"), assistant).verdict).toBe("allow");
    expect((await runThread(nested(3))).ok).toBe(true);
  });

  test("hidden from the count in strings that span lines, it still ends in a sentence", async () => {
    const hidden = `${OK}@id("b") @say("B.")\nforbid (principal, action, resource)\nwhen { context.group == "\n" || ${"(".repeat(300)} context.group == "\n" ${")".repeat(300)} };\n`;
    expect(await refusal(hidden)).toMatch(/: (this text stops the rule engine|Brackets are nested)/);
    expect(await refusal(OK)).toBe("accepted");
  });

  test("nesting of 32 is still read, and brackets in strings and comments do not count", async () => {
    expect(await refusal(nested(30))).toBe("accepted");
    expect(await refusal(`// ${"(".repeat(100)}\n${OK.replace("All.", "(".repeat(100))}`)).toBe("accepted");
  });
});

describe("each kind of bad text", () => {
  test.each([
    [
      "a missing comma",
      "permit (principal, action resource);",
      /^1: unexpected token `resource`.*expected.*\. Correct the text/,
    ],
    ["an unclosed rule", `${OK}permit (principal, action, resource)`, /^\d+: unexpected end of input/],
    [
      "a typed-wrong verb",
      `${OK}@id("b") @say("B.")\npermit (principal, action == CS::Action::"mail.sned", resource);`,
      /^4: In rule 2: .*mail\.sned/,
    ],
    [
      "a fact that does not exist",
      `${OK}@id("b") @say("B.")\npermit (principal, action, resource) when { context.recipents.isEmpty() };`,
      /^4: In rule 2: .*recipents/,
    ],
    [
      "a fact of another kind",
      `${OK}@id("b") @say("B.")\npermit (principal, action, resource) when { context.items == "3" };`,
      /^4: In rule 2: /,
    ],
    [
      "a slot",
      `${OK}\n@id("b") @say("B.")\npermit (principal == ?principal, action, resource);`,
      /^5: \?principal and \?resource cannot be used/,
    ],
    [
      "a number that would be rounded",
      `${OK}@id("b") @say("B.")\npermit (principal, action, resource) when { context.items > 9007199254740993 };`,
      /^4: In rule 2: a number here is too large/,
    ],
    ["no @id", '@say("X.") permit (principal, action, resource);', /^1: A rule needs a name of its own/],
    [
      "a bad @id",
      '@id("Not Good") @say("X.") permit (principal, action, resource);',
      /^1: A rule's name is small letters/,
    ],
    ["an @id of ours", '@id("builtin-x") @say("X.") permit (principal, action, resource);', /^1: A rule's name/],
    ["the same @id twice", `${OK}${OK}`, /^4: Two rules are called "a"/],
    ["no @say", '@id("x") permit (principal, action, resource);', /^1: The rule "x" needs a sentence/],
    ["an empty @say", '@id("x") @say(" ") permit (principal, action, resource);', /^1: The rule "x" needs a sentence/],
    [
      "a long @say",
      `@id("x") @say("${"long ".repeat(41)}") permit (principal, action, resource);`,
      /^1: The sentence of the rule "x" must be one line/,
    ],
    [
      "an @say that turns the line around",
      '@id("x") @say("All \\u{202e}good.") permit (principal, action, resource);',
      /^1: The sentence of the rule "x" must be one line/,
    ],
    [
      "an @say of two lines",
      '@id("x") @say("All\\ngood.") permit (principal, action, resource);',
      /^1: The sentence of the rule "x"/,
    ],
    [
      "an annotation nobody knows",
      '@id("x") @say("X.") @efect("ask") forbid (principal, action, resource);',
      /^1: The rule "x" has @efect/,
    ],
    [
      "another @effect",
      '@id("x") @say("X.") @effect("allow") forbid (principal, action, resource);',
      /^1: The rule "x" has an @effect/,
    ],
    [
      "a permit that asks",
      '@id("x") @say("X.") @effect("ask") permit (principal, action, resource) unless { context.approvals.contains("x") };',
      /^1: The rule "x" asks, so it must be a forbid/,
    ],
    ["an ask without its unless", ASK(""), /^4: The rule "q" asks/],
    ["an ask lifted by another's yes", ASK('unless { context.approvals.contains("other") }'), /^4: The rule "q" asks/],
    [
      "an ask with a second unless",
      ASK('unless { context.approvals.contains("q") } unless { context.canonical }'),
      /^4: The rule "q" asks/,
    ],
    [
      "an ask lifted by more than its yes",
      ASK('unless { context.approvals.contains("q") || context.canonical }'),
      /^4: The rule "q" asks/,
    ],
    [
      "an ask lifted in a when",
      ASK('when { !context.approvals.isEmpty() } unless { context.approvals.contains("q") }'),
      /^4: The rule "q" looks at approvals/,
    ],
    [
      "a permit that looks at approvals",
      '@id("x") @say("X.") permit (principal, action, resource) when { context.approvals.contains("q") };',
      /^1: The rule "x" looks at approvals/,
    ],
    [
      "approvals by another way",
      '@id("x") @say("X.") permit (principal, action, resource) when { context["approvals"].isEmpty() };',
      /^1: The rule "x" looks at approvals/,
    ],
    [
      "the context as a whole",
      '@id("x") @say("X.") permit (principal, action, resource) when { context == context };',
      /^1: (In rule 1: |The rule "x" looks at approvals)/,
    ],
    [
      "a rule over 16 kB",
      `${OK}@id("b") @say("B.")\npermit (principal, action, resource) when { ["${"x".repeat(17_000)}"].contains(context.group) };`,
      /^4: This rule is longer than 16 kB/,
    ],
    ["a text over 64 kB", `//${"x".repeat(66_000)}`, /^0: The profile is longer than 64 kB/],
  ])("%s", async (_what, text, sentence) => {
    expect(await refusal(text)).toMatch(sentence);
  });

  test("text in other scripts and emoji before a fault does not shift the line", async () => {
    expect(await refusal(`// Grüße 你好 🙂🙂🙂\n// ÄÖÜ\npermit (principal, action resource);`)).toMatch(/^3: /);
  });

  test("an empty text is a profile that allows nothing", async () => {
    expect(await refusal("")).toBe("accepted");
    expect(await refusal("// nothing\n")).toBe("accepted");
  });
});

test("a good set keeps its texts, ids, sentences and effects, in the order written", async () => {
  const profile = await rules(PRESETS[1]?.text ?? "");
  expect(profile.rules.map((rule) => [rule.id, rule.effect])).toEqual([
    ["reading", "allow"],
    ["running", "allow"],
    ["ask-sign-in", "ask"],
    ["drafting", "allow"],
    ["tidying", "allow"],
    ["ask-many", "ask"],
    ["ask-hourly", "ask"],
    ["ask-delete", "ask"],
    ["ask-calendar", "ask"],
    ["sending", "allow"],
    ["ask-sending", "ask"],
    ["unknown", "allow"],
    ["ask-unknown", "ask"],
    ["never-lasting", "deny"],
  ]);
  expect(profile.rules[0]?.text).toMatch(/^@id\("reading"\)/);
});

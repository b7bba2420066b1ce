// PROTOCOL.md against the schemas: every example parses, every type and every close code is there.
import { readFileSync } from "node:fs";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { AnswerSchema, ChallengeSchema, CLOSE, HelloSchema } from "../../shared/greeting.ts";
import { meaningDigest } from "../../shared/meaning.ts";
import { ERROR_CODES, PushSchema, ReplySchema, RequestSchema } from "../../shared/protocol.ts";

const doc = readFileSync(new URL("../../shared/PROTOCOL.md", import.meta.url), "utf8");
const SCHEMAS = {
  challenge: ChallengeSchema,
  hello: HelloSchema,
  answer: AnswerSchema,
  request: RequestSchema,
  reply: ReplySchema,
  push: PushSchema,
};
const examples = [...doc.matchAll(/^```json (\w+)\n(.*?)^```$/gms)].map(([, kind = "", text = ""]) => ({ kind, text }));
const typesIn = (kind: string): string[] =>
  examples.filter((one) => one.kind === kind).map((one) => (JSON.parse(one.text) as { type: string }).type);
const typesOf = (schema: typeof RequestSchema | typeof ReplySchema | typeof PushSchema): string[] =>
  schema.options.map((option) => option.entries.type.literal);

describe("PROTOCOL.md", () => {
  it("has no JSON that is not marked with what it is", () => {
    expect([...doc.matchAll(/^```(?!json \w+$).+$/gm)].map(([line]) => line)).toEqual([]);
  });

  it.each(examples)("example $#: a right $kind", ({ kind, text }) => {
    const schema = SCHEMAS[kind as keyof typeof SCHEMAS];
    expect(schema, kind).toBeDefined();
    expect(v.safeParse(schema, JSON.parse(text)).issues).toBeUndefined();
  });

  it.each([
    ["request", RequestSchema],
    ["reply", ReplySchema],
    ["push", PushSchema],
  ] as const)("shows every %s exactly once", (kind, schema) => {
    expect(typesIn(kind).toSorted()).toEqual(typesOf(schema).toSorted());
  });

  it("shows a record of every kind, and digests that are true", async () => {
    const replies = examples
      .filter((one) => one.kind === "reply")
      .map((one) => v.parse(ReplySchema, JSON.parse(one.text)));
    const records = replies.find((one) => one.type === "records");
    expect(records?.records.map((one) => one.kind)).toEqual([
      "decided",
      "answered",
      "spent",
      "outcome",
      "incident",
      "gap",
      "guard",
      "profile",
    ]);
    const [question] = replies.find((one) => one.type === "questions")?.questions ?? [];
    expect(question && (await meaningDigest(question.meaning))).toBe(question?.digest);
  });

  it("names every close code and every error code", () => {
    for (const code of Object.values(CLOSE)) expect(doc).toContain(`| ${code} |`);
    for (const code of ERROR_CODES) expect(doc).toContain(`\`${code}\``);
  });
});

// Wire messages between extension and companion as strict schemas; PROTOCOL.md says the same for a stranger.
// Must never accept an unknown type, an extra key or an oversized field.
import * as v from "valibot";
import { VERBS } from "./action.ts";
import { RecordSchema, OUTCOMES } from "./audit.ts";
import { CHANNELS, DecisionSchema, RuleSchema } from "./decision.ts";
import { MeaningSchema } from "./meaning.ts";

export const PROTOCOL_VERSION = 1;
/** Largest sealed frame, bytes. A meaning with the longest text fits; bodies and files never travel here. */
export const FRAME_LIMIT = 4 * 1024 * 1024;

const id = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_:.-]{1,80}$/));
const hex64 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const words = v.pipe(v.string(), v.maxLength(2_000));
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 40));

export const EvidenceSchema = v.strictObject({
  what: id,
  weight: v.pipe(v.number(), v.integer(), v.minValue(-100), v.maxValue(100)),
  say: words,
});
export const ActorSchema = v.strictObject({
  kind: v.picklist(["agent", "presumed person", "unknown"]),
  name: v.nullable(words),
  evidence: v.pipe(v.array(EvidenceSchema), v.maxLength(50)),
});

export const ActionSchema = v.strictObject({
  id,
  site: id,
  verb: v.picklist(VERBS),
  meaning: MeaningSchema,
  origin: words,
  tab: v.nullable(v.pipe(v.number(), v.integer())),
  frame: v.nullable(v.pipe(v.number(), v.integer())),
  seenAt: words,
  layer: v.picklist(["event", "request"]),
  canonical: v.boolean(),
});

/** One question as every surface shows it. `meaning` is whole; `digest` is the companion's own over it. */
export const QuestionSchema = v.strictObject({
  approvalId: id,
  actionId: id,
  digest: hex64,
  verb: v.picklist(VERBS),
  meaning: MeaningSchema,
  origin: words,
  actor: ActorSchema,
  rules: v.array(RuleSchema),
  /** Addresses the person has never written to from here. */
  newPeople: v.array(v.string()),
  askedAt: words,
  until: words,
  channel: v.picklist(CHANNELS),
  /** Why a yes counts only in the terminal; "" when the popup may answer. */
  channelWhy: words,
  /** How many equal requests wait on this one answer. */
  joined: count,
});
export type Question = v.InferOutput<typeof QuestionSchema>;

/** Extension to companion. Each carries `n`, and gets exactly one reply with `re: n`. */
export const RequestSchema = v.variant("type", [
  v.strictObject({ type: v.literal("hello"), n: count, build: words, browser: words, webdriver: v.boolean() }),
  v.strictObject({ type: v.literal("ping"), n: count }),
  v.strictObject({ type: v.literal("propose"), n: count, action: ActionSchema, actor: ActorSchema, deadlineMs: count }),
  v.strictObject({ type: v.literal("spend"), n: count, approvalId: id, actionId: id, digest: hex64 }),
  v.strictObject({ type: v.literal("outcome"), n: count, actionId: id, outcome: v.picklist(OUTCOMES), note: words }),
  v.strictObject({ type: v.literal("withdraw"), n: count, actionId: id, because: words }),
  v.strictObject({ type: v.literal("waiting"), n: count }),
  v.strictObject({
    type: v.literal("answer"),
    n: count,
    approvalId: id,
    answer: v.picklist(["approve", "refuse"]),
    digest: hex64,
  }),
  v.strictObject({ type: v.literal("refuseAll"), n: count }),
  v.strictObject({ type: v.literal("touch"), n: count, approvalId: id }),
  v.strictObject({ type: v.literal("refusals"), n: count }),
  v.strictObject({ type: v.literal("forget"), n: count, digest: hex64 }),
  v.strictObject({ type: v.literal("records"), n: count, after: count, limit: v.pipe(count, v.maxValue(500)) }),
  v.strictObject({ type: v.literal("incident"), n: count, what: words, detail: words, origin: v.nullable(words) }),
  v.strictObject({ type: v.literal("profile"), n: count }),
  v.strictObject({ type: v.literal("stopAgents"), n: count }),
]);
export type Request = v.InferOutput<typeof RequestSchema>;

/** Reply codes a stranger can branch on. */
export const ERROR_CODES = [
  "malformed",
  "unknown-approval",
  "not-approved",
  "digest-differs",
  "channel",
  "expired",
  "unknown-action",
  "disk",
  "busy",
  "build",
] as const;

/** Companion to extension, answering a request. */
export const ReplySchema = v.variant("type", [
  v.strictObject({
    type: v.literal("welcome"),
    re: count,
    build: words,
    profile: words,
    size: count,
    /** Remote debugging as the companion sees it in the browser's own process; "" when it sees none. */
    debugging: words,
    stopped: v.boolean(),
  }),
  v.strictObject({ type: v.literal("pong"), re: count }),
  v.strictObject({ type: v.literal("verdict"), re: count, actionId: id, digest: hex64, decision: DecisionSchema }),
  v.strictObject({ type: v.literal("done"), re: count }),
  v.strictObject({ type: v.literal("questions"), re: count, questions: v.array(QuestionSchema) }),
  v.strictObject({
    type: v.literal("refusals"),
    re: count,
    refusals: v.array(v.strictObject({ digest: hex64, words, at: words, until: words })),
  }),
  v.strictObject({ type: v.literal("records"), re: count, records: v.array(RecordSchema), size: count }),
  v.strictObject({
    type: v.literal("profile"),
    re: count,
    name: words,
    rules: v.array(v.strictObject({ id: v.string(), say: v.string(), effect: v.picklist(["allow", "ask", "deny"]) })),
    proposal: v.nullable(words),
  }),
  v.strictObject({ type: v.literal("error"), re: count, code: v.picklist(ERROR_CODES), message: words }),
]);
export type Reply = v.InferOutput<typeof ReplySchema>;

/** Companion to extension, unasked. */
export const PushSchema = v.variant("type", [
  /** The whole list of waiting questions, after every change. */
  v.strictObject({ type: v.literal("questions"), questions: v.array(QuestionSchema) }),
  /** An approval left `waiting`. */
  v.strictObject({
    type: v.literal("resolved"),
    approvalId: id,
    actionIds: v.array(id),
    state: v.picklist(["approved", "refused", "expired", "withdrawn"]),
    words,
  }),
  v.strictObject({ type: v.literal("record"), record: RecordSchema }),
  v.strictObject({ type: v.literal("stopped"), stopped: v.boolean() }),
]);
export type Push = v.InferOutput<typeof PushSchema>;

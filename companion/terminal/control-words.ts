// What our own command line and the running companion say to each other: one JSON object a line.
// Must never carry a way to answer a question without its digest, or to accept a profile without naming which.
import * as v from "valibot";
import type { AuditRecord } from "../../shared/audit.ts";
import type { Effect } from "../profile/rule-set.ts";
import type { Question } from "../../shared/protocol.ts";

const hex64 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const ControlRequestSchema = v.variant("ask", [
  v.strictObject({ ask: v.literal("status") }),
  v.strictObject({ ask: v.literal("pair") }),
  v.strictObject({ ask: v.literal("questions") }),
  v.strictObject({
    ask: v.literal("answer"),
    approvalId: v.string(),
    answer: v.picklist(["approve", "refuse"]),
    digest: hex64,
  }),
  v.strictObject({ ask: v.literal("profile") }),
  v.strictObject({ ask: v.literal("accept"), digest: hex64 }),
  v.strictObject({ ask: v.literal("log"), after: count, follow: v.boolean() }),
  v.strictObject({ ask: v.literal("resume") }),
  v.strictObject({ ask: v.literal("stop") }),
]);
export type ControlRequest = v.InferOutput<typeof ControlRequestSchema>;

export interface BrowserReport {
  readonly id: string;
  readonly origin: string;
  readonly browser: string;
  readonly pairedAt: string;
  readonly connected: boolean;
  /** "" or one sentence saying who else drives this browser. */
  readonly debugging: string;
}

export interface StatusReport {
  readonly version: string;
  readonly pid: number;
  readonly port: number;
  readonly startedAt: string;
  /** All agents were stopped by the person. */
  readonly stopped: boolean;
  readonly questions: number;
  readonly records: number;
  readonly memoryMb: number;
  readonly browsers: readonly BrowserReport[];
}

export interface ProfileReport {
  readonly file: string;
  readonly name: string;
  readonly digest: string;
  readonly rules: readonly { readonly id: string; readonly say: string; readonly effect: Effect }[];
  readonly proposal: { readonly digest: string; readonly name: string; readonly changes: readonly string[] } | null;
  readonly problem: string;
  readonly fallback: string;
}

/** The answer to each ask; `log` answers with one line a record and then `end` (never, when following). */
export interface ControlReplies {
  readonly status: StatusReport;
  readonly pair: { readonly code: string; readonly until: string };
  readonly questions: { readonly questions: readonly Question[] };
  readonly answer: { readonly words: string };
  readonly profile: ProfileReport;
  readonly accept: ProfileReport;
  readonly log: { readonly record: AuditRecord } | { readonly end: true };
  readonly resume: { readonly words: string };
  readonly stop: { readonly words: string };
}
export type Ask = keyof ControlReplies;

export type ControlLine<A extends Ask> =
  | { readonly ok: true; readonly reply: ControlReplies[A] }
  | { readonly ok: false; readonly say: string };

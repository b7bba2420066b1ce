// The record: what is written to the ledger, and how records of one action fold into one history row.
// Must never hold the text of a message unless the person opted in (`text` stays null then).
import * as v from "valibot";
import { VERBS } from "./action.ts";
import { APPROVAL_STATES, CHANNELS, RuleSchema } from "./decision.ts";
import { PersonSchema } from "./meaning.ts";

const head = {
  /** 1, 2, 3 ... without holes, per ledger. */
  seq: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** ISO 8601, the companion's clock. */
  at: v.string(),
};

/** What is kept of an action: everything but the text. */
export const SummarySchema = v.strictObject({
  site: v.string(),
  account: v.string(),
  verb: v.picklist(VERBS),
  people: v.array(PersonSchema),
  title: v.string(),
  place: v.nullable(v.string()),
  items: v.array(v.string()),
  count: v.number(),
  attachments: v.array(
    v.strictObject({ name: v.string(), size: v.nullable(v.number()), sha256: v.nullable(v.string()) }),
  ),
  changes: v.array(v.string()),
  links: v.array(v.string()),
  doubts: v.array(v.string()),
  /** The visible text, only when the person keeps texts; else null. */
  text: v.nullable(v.string()),
});
export type Summary = v.InferOutput<typeof SummarySchema>;

export const OUTCOMES = ["sent", "failed", "may have been sent", "not sent"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const RecordSchema = v.variant("kind", [
  v.strictObject({
    ...head,
    kind: v.literal("decided"),
    action: v.string(),
    summary: SummarySchema,
    /** Digest of the meaning (hex). */
    digest: v.string(),
    origin: v.string(),
    actor: v.strictObject({ kind: v.string(), name: v.nullable(v.string()), evidence: v.array(v.string()) }),
    verdict: v.picklist(["allow", "ask", "deny"]),
    because: v.nullable(v.string()),
    rules: v.array(RuleSchema),
    approval: v.nullable(v.string()),
    newPeople: v.array(v.string()),
    browser: v.string(),
  }),
  v.strictObject({
    ...head,
    kind: v.literal("answered"),
    action: v.string(),
    approval: v.string(),
    state: v.picklist(APPROVAL_STATES),
    channel: v.nullable(v.picklist(CHANNELS)),
  }),
  v.strictObject({
    ...head,
    kind: v.literal("spent"),
    action: v.string(),
    approval: v.nullable(v.string()),
    digest: v.string(),
  }),
  v.strictObject({
    ...head,
    kind: v.literal("outcome"),
    action: v.string(),
    outcome: v.picklist(OUTCOMES),
    note: v.string(),
  }),
  v.strictObject({
    ...head,
    kind: v.literal("incident"),
    what: v.string(),
    detail: v.string(),
    origin: v.nullable(v.string()),
  }),
  v.strictObject({ ...head, kind: v.literal("gap"), from: v.string(), until: v.string(), why: v.string() }),
  v.strictObject({ ...head, kind: v.literal("guard"), what: v.string(), detail: v.string() }),
  v.strictObject({ ...head, kind: v.literal("profile"), what: v.string(), detail: v.string() }),
]);
export type AuditRecord = v.InferOutput<typeof RecordSchema>;
/** A record before the ledger numbers and dates it. */
export type NewRecord = AuditRecord extends infer R ? (R extends AuditRecord ? Omit<R, "seq" | "at"> : never) : never;

export const ROW_STATES = [
  "waiting",
  "allowed",
  "approved",
  "refused",
  "denied",
  "expired",
  "withdrawn",
  "sending",
  "sent",
  "failed",
  "may have been sent",
] as const;
export type RowState = (typeof ROW_STATES)[number];

/** One line of the history: an action with all that is known of it, or something that happened to the guard itself. */
export interface Row {
  /** Action id; for rows about the guard, `kind:seq`. */
  readonly id: string;
  readonly kind: "action" | "gap" | "incident" | "guard" | "profile";
  readonly seq: number;
  readonly at: string;
  readonly state: RowState | null;
  readonly decided: Extract<AuditRecord, { kind: "decided" }> | null;
  readonly answered: Extract<AuditRecord, { kind: "answered" }> | null;
  readonly spentAt: string | null;
  readonly outcome: Extract<AuditRecord, { kind: "outcome" }> | null;
  /** Words for rows about the guard. */
  readonly words: string;
}

/** What was let through or feared sent, and is now known not to have been sent, was taken back; any other end stands. */
function stopped(state: RowState | null): RowState | null {
  const wasOnItsWay = state !== null && ["allowed", "approved", "sending", "may have been sent"].includes(state);
  return wasOnItsWay ? "withdrawn" : state;
}

/** Fold one record into the row it belongs to. `row` is the row so far, or undefined. Records may come twice; the fold is idempotent. */
export function fold(row: Row | undefined, record: AuditRecord): Row | undefined {
  switch (record.kind) {
    case "decided":
      return row?.decided
        ? row
        : {
            id: record.action,
            kind: "action",
            seq: record.seq,
            at: record.at,
            state: record.verdict === "allow" ? "allowed" : record.verdict === "ask" ? "waiting" : "denied",
            decided: record,
            answered: null,
            spentAt: null,
            outcome: null,
            words: "",
          };
    case "answered": {
      if (!row) return undefined;
      const words: Partial<Record<typeof record.state, RowState>> = {
        approved: "approved",
        refused: "refused",
        expired: "expired",
        withdrawn: "withdrawn",
        lapsed: "withdrawn",
      };
      const done = row.spentAt !== null || row.outcome !== null;
      return { ...row, answered: record, state: done ? row.state : (words[record.state] ?? row.state) };
    }
    case "spent":
      return row && { ...row, spentAt: record.at, state: row.outcome ? row.state : "sending" };
    case "outcome": {
      if (!row) return undefined;
      return { ...row, outcome: record, state: record.outcome === "not sent" ? stopped(row.state) : record.outcome };
    }
    case "gap":
    case "incident":
    case "guard":
    case "profile":
      return {
        id: `${record.kind}:${record.seq}`,
        kind: record.kind,
        seq: record.seq,
        at: record.at,
        state: null,
        decided: null,
        answered: null,
        spentAt: null,
        outcome: null,
        words: record.kind === "gap" ? record.why : `${record.what}. ${record.detail}`.trim(),
      };
  }
}

/** Id of the row a record belongs to. */
export function rowId(record: AuditRecord): string {
  return "action" in record ? record.action : `${record.kind}:${record.seq}`;
}

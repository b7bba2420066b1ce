// Decision, Approval and its only legal transitions.
// Must never let a used, refused or expired approval become usable again.
import * as v from "valibot";

/** A rule that decided, with its own sentence. */
export const RuleSchema = v.strictObject({ id: v.string(), say: v.string() });
export type Rule = v.InferOutput<typeof RuleSchema>;

export const CHANNELS = ["popup", "terminal"] as const;
/** Where a yes counts: the extension's popup, or only the companion's own terminal. A refusal counts anywhere. */
export type Channel = (typeof CHANNELS)[number];

export const DecisionSchema = v.variant("verdict", [
  v.strictObject({ verdict: v.literal("allow"), rules: v.array(RuleSchema) }),
  v.strictObject({
    verdict: v.literal("ask"),
    rules: v.array(RuleSchema),
    approvalId: v.string(),
    /** ISO 8601; the one deadline, set by the companion. */
    until: v.string(),
    channel: v.picklist(CHANNELS),
  }),
  v.strictObject({ verdict: v.literal("deny"), because: v.string(), rules: v.array(RuleSchema) }),
]);
export type Decision = v.InferOutput<typeof DecisionSchema>;
export type Verdict = Decision["verdict"];

export const APPROVAL_STATES = ["waiting", "approved", "spent", "refused", "expired", "withdrawn", "lapsed"] as const;
/**
 * waiting    the person has not answered
 * approved   a yes, not used yet          spent     used, once, on disk before anything was sent
 * refused    a no                         expired   the deadline passed (a refusal once)
 * withdrawn  page, tab or app gave up     lapsed    the companion stopped while it waited
 */
export type ApprovalState = (typeof APPROVAL_STATES)[number];

const NEXT: Record<ApprovalState, readonly ApprovalState[]> = {
  waiting: ["approved", "refused", "expired", "withdrawn", "lapsed"],
  approved: ["spent", "expired", "withdrawn", "lapsed"],
  spent: [],
  refused: [],
  expired: [],
  withdrawn: [],
  lapsed: [],
};

/** True when an approval may go from one state to the other. */
export function mayBecome(from: ApprovalState, to: ApprovalState): boolean {
  return NEXT[from].includes(to);
}

// One question to the person: what it holds, and how surfaces see it. Only approvals.ts changes one.
// Must never show another meaning than the one its digest is over.
import type { ApprovalState, Channel, Rule } from "../../shared/decision.ts";
import type { ERROR_CODES, Question } from "../../shared/protocol.ts";
import { iso } from "./clock.ts";
import type { RulingInput } from "../profile/ruling.ts";

/** Why something asked of an approval did not happen; nothing was released. */
export interface Trouble {
  readonly code: (typeof ERROR_CODES)[number];
  readonly message: string;
}

/** One action that needs a yes. */
export interface Proposal {
  /** Peer.id of the extension that holds the bytes. */
  readonly peer: string;
  readonly digest: string;
  readonly input: RulingInput;
  /** The asks a yes would lift. */
  readonly rules: readonly Rule[];
  readonly channel: Channel;
  readonly channelWhy: string;
  /** How long the extension can hold the request at most. */
  readonly holdMs: number;
}

export interface Approval {
  readonly id: string;
  readonly peer: string;
  readonly digest: string;
  /** Equal actions waiting on this one answer, by action id. The first is the one shown. */
  readonly actions: Map<string, Proposal>;
  readonly askedAt: number;
  /** What the person gets to answer, and again at each touch. */
  readonly patience: number;
  readonly hardEnd: number;
  rules: readonly Rule[];
  channel: Channel;
  channelWhy: string;
  state: ApprovalState;
  until: number;
  /** When the yes was given or used; 0 before. */
  approvedAt: number;
  spentAt: number;
  /** The sentence that closed it; "" while it is open. */
  words: string;
  /** False until the asking itself is on disk. */
  shown: boolean;
  /** A yes, or its use, is being written to disk. */
  writing: boolean;
  /** Stops its timers. */
  cancel: () => void;
}

export function questionOf(approval: Approval): Question {
  const first = approval.actions.values().next();
  if (first.done === true) throw new Error("An approval without an action is no question.");
  const { action, actor, newPeople } = first.value.input;
  return {
    approvalId: approval.id,
    actionId: action.id,
    digest: approval.digest,
    verb: action.verb,
    meaning: action.meaning,
    origin: action.origin,
    actor: { kind: actor.kind, name: actor.name, evidence: [...actor.evidence] },
    rules: [...approval.rules],
    newPeople: [...newPeople],
    askedAt: iso(approval.askedAt),
    until: iso(approval.until),
    channel: approval.channel,
    channelWhy: approval.channelWhy,
    joined: approval.actions.size - 1,
  };
}

export const UNKNOWN: Trouble = { code: "unknown-approval", message: "Nobody knows this question any more." };

/** Why nothing can be done with this one any more. */
export function gone(approval: Approval | undefined): Trouble {
  if (approval === undefined || !approval.shown) return UNKNOWN;
  if (approval.state === "expired") return { code: "expired", message: approval.words };
  if (approval.state === "spent")
    return { code: "not-approved", message: "This approval was used already; it counts once." };
  if (approval.state === "waiting") return { code: "not-approved", message: "The person has not answered yet." };
  return {
    code: "not-approved",
    message: approval.state === "approved" ? "This was approved already." : approval.words,
  };
}

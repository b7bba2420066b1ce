// The only home of approval state: waiting -> approved -> spent, or one of the ends nothing comes back from.
// Must never let a yes count twice, late, on another meaning or from a place where it does not count; and never call
// something approved or spent before that is on disk.
import type { NewRecord } from "../../shared/audit.ts";
import { mayBecome, type ApprovalState, type Channel } from "../../shared/decision.ts";
import type { Question } from "../../shared/protocol.ts";
import { gone, type Approval, type Proposal, type Trouble } from "./approval.ts";
import { ApprovalList } from "./approval-list.ts";
import { hour, type Clock } from "./clock.ts";
import { MISSED_FOR, REFUSED_FOR, type Refusals } from "./refusals.ts";
import type { Scribe } from "./scribe.ts";

const PATIENCE = 2 * 60_000;
const SPEND_WITHIN = 60_000;
const ENDED_KEPT = 2 * 60_000;
/** A page that gives up this close to the deadline ran out of time like the person did, and may retry by itself. */
const NEARLY = 2_000;

export interface ApprovalsParts {
  readonly clock: Clock;
  readonly scribe: Pick<Scribe, "must" | "note">;
  readonly refusals: Refusals;
  /** How long a person gets to answer, at most what the request can be held. */
  readonly patienceMs?: number;
  /** The list of this peer's questions is another one now. */
  readonly changed: (peer: string, questions: Question[]) => void;
  /** An approval left `waiting`. */
  readonly resolved: (approval: Approval) => void;
}

export class Approvals {
  readonly #parts: ApprovalsParts;
  readonly list: ApprovalList;

  constructor(parts: ApprovalsParts) {
    this.#parts = parts;
    this.list = new ApprovalList(parts.clock, parts.patienceMs ?? PATIENCE);
  }

  /** A new question, or the waiting one about the same meaning joined; "full" when too many wait. Shown by `show`. */
  add(proposal: Proposal): Approval | "full" {
    const joined = this.list.join(proposal);
    if (joined !== null) return joined;
    const approval = this.list.begin(proposal);
    if (approval !== "full") this.#watch(approval, approval.patience);
    return approval;
  }

  /** The asking is on disk: from now on it may be seen and answered. */
  show(approval: Approval): void {
    approval.shown = true;
    this.#changed(approval);
  }

  /** A yes counts only in the companion's own terminal from now on. */
  raise(id: string, why: string): void {
    const approval = this.list.find(id);
    if (approval?.state !== "waiting" || approval.channel === "terminal") return;
    approval.channel = "terminal";
    approval.channelWhy = why;
    this.#changed(approval);
  }

  /** Somebody is reading: more time, never beyond what the request can be held. */
  touch(id: string): Trouble | null {
    const approval = this.list.find(id);
    if (approval?.state !== "waiting") return gone(approval);
    const { clock } = this.#parts;
    const until = Math.min(approval.hardEnd, clock.now() + approval.patience);
    if (until <= approval.until) return null;
    approval.until = until;
    this.#watch(approval, until - clock.now());
    this.#changed(approval);
    return null;
  }

  /** `digest` is what was on the screen, `by` where the yes was given. */
  async approve(id: string, digest: string, by: Channel): Promise<Trouble | null> {
    const approval = this.list.find(id);
    if (approval?.state !== "waiting" || !approval.shown) return gone(approval);
    if (approval.writing) return { code: "busy", message: "This is being answered already." };
    if (approval.channel === "terminal" && by !== "terminal")
      return {
        code: "channel",
        message: `A yes counts only in the companion's terminal. ${approval.channelWhy}`.trim(),
      };
    if (digest !== approval.digest)
      return { code: "digest-differs", message: "What was on the screen is not what waits. Look at it again." };
    if (this.#parts.clock.now() >= approval.until) {
      await this.#expire(approval);
      return gone(approval);
    }
    const failed = await this.#write(approval, this.#answered(approval, "approved", by));
    if (failed !== null) {
      // Its deadline may have come and gone unheard while the disk was busy.
      if (approval.state === "waiting")
        this.#watch(approval, Math.min(approval.patience, approval.until - this.#parts.clock.now()));
      return failed;
    }
    // A refusal, a stop or a withdrawal may have come while the disk was busy; it wins.
    if (!mayBecome(approval.state, "approved")) return gone(approval);
    approval.state = "approved";
    approval.approvedAt = this.#parts.clock.now();
    approval.words = "Approved.";
    this.#watch(approval, SPEND_WITHIN);
    this.#parts.resolved(approval);
    this.#changed(approval);
    return null;
  }

  /** Uses the yes, for one action, once. Null means: `spent` is on disk, send now. */
  async spend(id: string, actionId: string, digest: string): Promise<Trouble | null> {
    const approval = this.list.find(id);
    if (approval === undefined || approval.state !== "approved") return gone(approval);
    if (approval.writing) return { code: "not-approved", message: "An equal request is being sent on this approval." };
    if (!approval.actions.has(actionId))
      return { code: "unknown-action", message: "This approval was not given for this action." };
    if (digest !== approval.digest)
      return { code: "digest-differs", message: "What would be sent is not what was approved, so it is not sent." };
    if (this.#parts.clock.now() - approval.approvedAt >= SPEND_WITHIN) {
      await this.#expire(approval);
      return gone(approval);
    }
    const others = [...approval.actions.keys()].filter((other) => other !== actionId);
    const failed = await this.#write(approval, [
      { kind: "spent", action: actionId, approval: id, digest },
      ...others.map((other) => outcome(other, "not sent", "An equal request was sent on the same approval.")),
    ]);
    if (failed !== null) {
      // After a failed sync nobody knows what the disk holds: this yes is not used again.
      await this.withdraw(id, "The use of this approval could not be recorded, so nothing was sent.");
      return failed;
    }
    if (!mayBecome(approval.state, "spent") || !approval.actions.has(actionId)) {
      await this.#parts.scribe.note([outcome(actionId, "not sent", "It was withdrawn before it was sent.")]);
      return gone(approval);
    }
    approval.state = "spent";
    approval.spentAt = this.#parts.clock.now();
    this.#close(approval);
    return null;
  }

  /** A no counts anywhere and always; a yes that was not used yet is taken back. */
  async refuse(id: string, by: Channel, words?: string): Promise<Trouble | null> {
    const approval = this.list.find(id);
    if (approval === undefined || !(approval.state === "waiting" || approval.state === "approved"))
      return gone(approval);
    const at = hour(this.#parts.clock.now());
    const said = words ?? `You refused this at ${at}; it was not sent. Do not resend it.`;
    this.#parts.refusals.remember(approval.digest, said, REFUSED_FOR);
    await this.#end(approval, approval.state === "waiting" ? "refused" : "withdrawn", said, by);
    return null;
  }

  /** The page, tab or app gave up on one action; the last one takes the approval with it. */
  async leave(actionId: string, because: string): Promise<boolean> {
    const approval = this.list.ofAction(actionId);
    if (approval === undefined || !(approval.state === "waiting" || approval.state === "approved")) return false;
    if (approval.actions.size === 1) {
      await this.withdraw(approval.id, because, this.#parts.clock.now() >= approval.until - NEARLY);
      return true;
    }
    const state = "withdrawn";
    approval.actions.delete(actionId);
    this.#changed(approval);
    await this.#parts.scribe.note([
      { kind: "answered", action: actionId, approval: approval.id, state, channel: null },
    ]);
    return true;
  }

  /** `missed`: the app may try again by itself, and is not to ask again at once. */
  async withdraw(id: string, because: string, missed = false): Promise<void> {
    const approval = this.list.find(id);
    if (approval === undefined || !mayBecome(approval.state, "withdrawn")) return;
    if (missed) this.#parts.refusals.remember(approval.digest, because, MISSED_FOR);
    await this.#end(approval, "withdrawn", because, null);
  }

  /** The companion stops: what waits is lost, and remembered as such by the ledger. */
  async lapse(): Promise<void> {
    const open = this.list.all().filter((approval) => mayBecome(approval.state, "lapsed"));
    await Promise.all(
      open.map((it) => this.#end(it, "lapsed", "Countersign stopped while this waited; it was not sent.", null)),
    );
  }

  async #expire(approval: Approval): Promise<void> {
    if (approval.writing) return;
    const at = hour(this.#parts.clock.now());
    const waited = approval.state === "waiting";
    const words = waited
      ? `Nobody answered until ${at}, which counts as a refusal once; it was not sent. Do not resend it.`
      : `The approval was not used within a minute (until ${at}); it was not sent.`;
    if (waited) this.#parts.refusals.remember(approval.digest, words, MISSED_FOR);
    await this.#end(approval, "expired", words, null);
  }

  async #end(approval: Approval, state: ApprovalState, words: string, by: Channel | null): Promise<void> {
    if (!mayBecome(approval.state, state)) return;
    approval.state = state;
    approval.words = words;
    this.#close(approval);
    this.#parts.resolved(approval);
    this.#changed(approval);
    await this.#parts.scribe.note(this.#answered(approval, state, by));
  }

  #close(approval: Approval): void {
    approval.cancel();
    approval.cancel = this.#parts.clock.after(ENDED_KEPT, () => this.list.drop(approval));
  }

  #changed({ peer }: Approval): void {
    this.#parts.changed(peer, this.list.questions(peer));
  }

  /** Timers run on although somebody sets the machine's clock; whichever comes first ends it. */
  #watch(approval: Approval, ms: number): void {
    approval.cancel();
    approval.cancel = this.#parts.clock.after(Math.max(0, ms), () => void this.#expire(approval));
  }

  #answered(approval: Approval, state: ApprovalState, channel: Channel | null): NewRecord[] {
    return [...approval.actions.keys()].map((action) => ({
      kind: "answered",
      action,
      approval: approval.id,
      state,
      channel,
    }));
  }

  async #write(approval: Approval, records: readonly NewRecord[]): Promise<Trouble | null> {
    approval.writing = true;
    try {
      await this.#parts.scribe.must(records);
      return null;
    } catch (error) {
      return { code: "disk", message: error instanceof Error ? error.message : "The record could not be written." };
    } finally {
      approval.writing = false;
    }
  }
}

function outcome(action: string, what: "not sent", note: string): NewRecord {
  return { kind: "outcome", action, outcome: what, note };
}

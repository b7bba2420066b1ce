// The open and the lately ended approvals: finding them, beginning one, joining equal requests, and the caps that keep a
// flood from drowning the person. Must never change a state; only approvals.ts does.
import { randomUUID } from "node:crypto";
import type { Question } from "../../shared/protocol.ts";
import { questionOf, type Approval, type Proposal } from "./approval.ts";
import type { Clock } from "./clock.ts";

const SHORTEST = 10_000;
const LONGEST = 10 * 60_000;
/** An equal request this soon after one was released is taken for the app's own retry. */
const RETRY_WITHIN = 15_000;
const MOST_WAITING = 30;
const MOST_JOINED = 20;
/** The whole list of one browser's questions travels in one frame of at most 4 MB. */
const MOST_BYTES = 3_000_000;

export class ApprovalList {
  readonly #clock: Clock;
  readonly #patience: number;
  #all = new Map<string, Approval>();

  constructor(clock: Clock, patience: number) {
    this.#clock = clock;
    this.#patience = patience;
  }

  all(): Approval[] {
    return [...this.#all.values()];
  }

  find(id: string): Approval | undefined {
    return this.#all.get(id);
  }

  ofPeer(peer: string): Approval[] {
    return this.all().filter((approval) => approval.peer === peer);
  }

  ofAction(actionId: string): Approval | undefined {
    return this.all().find((approval) => approval.actions.has(actionId));
  }

  /** What waits and may be shown, oldest first; of one peer or of all. */
  questions(peer?: string): Question[] {
    return this.all()
      .filter((it) => it.state === "waiting" && it.shown && (peer === undefined || it.peer === peer))
      .map(questionOf);
  }

  /** True when an equal request was released a moment ago, or is about to be. */
  alreadySent(digest: string): boolean {
    const now = this.#clock.now();
    return this.all().some(
      (it) =>
        it.digest === digest &&
        (it.state === "approved" || it.writing || (it.state === "spent" && now - it.spentAt < RETRY_WITHIN)),
    );
  }

  /** The waiting question of the same browser and address about the same meaning, with this action in it; null when there is none. */
  join(proposal: Proposal): Approval | "full" | null {
    // A meaning names its mailbox as the site says; two servers may call theirs alike, and only one address is on the screen.
    const equal = this.#open(proposal.peer).find(
      (it) => it.digest === proposal.digest && originOf(it) === proposal.input.action.origin && !it.writing,
    );
    if (equal === undefined) return null;
    if (equal.actions.size > MOST_JOINED) return "full";
    equal.actions.set(proposal.input.action.id, proposal);
    const known = new Set(equal.rules.map((rule) => rule.id));
    equal.rules = [...equal.rules, ...proposal.rules.filter((rule) => !known.has(rule.id))];
    if (proposal.channel === "terminal" && equal.channel !== "terminal") {
      equal.channel = "terminal";
      equal.channelWhy = proposal.channelWhy;
    }
    return equal;
  }

  begin(proposal: Proposal): Approval | "full" {
    const now = this.#clock.now();
    const hold = Math.min(LONGEST, Math.max(SHORTEST, proposal.holdMs));
    const patience = Math.min(hold, this.#patience);
    const approval: Approval = {
      id: randomUUID(),
      peer: proposal.peer,
      digest: proposal.digest,
      actions: new Map([[proposal.input.action.id, proposal]]),
      askedAt: now,
      patience,
      hardEnd: now + hold,
      rules: proposal.rules,
      channel: proposal.channel,
      channelWhy: proposal.channelWhy,
      state: "waiting",
      until: now + patience,
      approvedAt: 0,
      spentAt: 0,
      words: "",
      shown: false,
      writing: false,
      cancel: () => undefined,
    };
    const open = this.#open(proposal.peer);
    const bytes = [...open, approval].reduce((sum, it) => sum + Buffer.byteLength(JSON.stringify(questionOf(it))), 0);
    if (open.length >= MOST_WAITING || bytes > MOST_BYTES) return "full";
    this.#all.set(approval.id, approval);
    return approval;
  }

  /** The asking could not be recorded: for this action the question was never put. */
  abandon(approval: Approval, actionId: string): void {
    approval.actions.delete(actionId);
    if (approval.actions.size > 0) return;
    approval.cancel();
    this.drop(approval);
  }

  drop(approval: Approval): void {
    this.#all.delete(approval.id);
  }

  #open(peer: string): Approval[] {
    return this.ofPeer(peer).filter((approval) => approval.state === "waiting");
  }
}

function originOf(approval: Approval): string | undefined {
  return approval.actions.values().next().value?.input.action.origin;
}

// Tells the extensions and the terminal what changed about the questions.
// Must never show one browser's questions to another.
import type { Push, Question } from "../../shared/protocol.ts";
import type { Approval } from "./approval.ts";
import type { Peers } from "./peers.ts";

export class Herald {
  readonly #peers: Pick<Peers, "push">;
  #told = new Set<string>();
  #hearers = new Set<(question: Question) => void>();

  constructor(peers: Pick<Peers, "push">) {
    this.#peers = peers;
  }

  /** Hears of each question once, when it may be answered. The answer ends it. */
  onQuestion(hear: (question: Question) => void): () => void {
    this.#hearers.add(hear);
    return () => this.#hearers.delete(hear);
  }

  changed(peer: string, questions: Question[]): void {
    this.#peers.push(peer, { type: "questions", questions });
    for (const question of questions) {
      if (this.#told.has(question.approvalId)) continue;
      this.#told.add(question.approvalId);
      for (const hear of this.#hearers) hear(question);
    }
  }

  resolved(approval: Approval): void {
    this.#told.delete(approval.id);
    const message = resolution(approval);
    if (message !== null) this.#peers.push(approval.peer, message);
  }

  /** For an extension that is back: what waits, and what was answered while the line was down. Hearing it twice does no harm. */
  catchUp(peer: string, questions: Question[], approvals: readonly Approval[]): void {
    this.changed(peer, questions);
    for (const approval of approvals) {
      const message = resolution(approval);
      if (message !== null) this.#peers.push(peer, message);
    }
  }
}

function resolution({ actions, id, state, words }: Approval): Push | null {
  if (state === "waiting" || state === "spent") return null;
  const told = state === "lapsed" ? "withdrawn" : state;
  return {
    type: "resolved",
    approvalId: id,
    actionIds: [...actions.keys()],
    state: told,
    words: words.slice(0, 2_000),
  };
}

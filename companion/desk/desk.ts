// The companion's desk: requests of the extensions and of our own terminal arrive here and get their one reply.
// Must never throw at an extension, and never let anything but the terminal undo a stop.
import type { Question, Reply, Request } from "../../shared/protocol.ts";
import type { Trouble } from "./approval.ts";
import { openParts, type DeskOptions, type DeskParts } from "./desk-parts.ts";
import type { Peer, Receiver } from "../door/peer.ts";
import { SAID } from "./recollection.ts";
import { Requests } from "./requests.ts";

export class Desk implements Receiver {
  readonly #parts: DeskParts;
  readonly #requests: Requests;

  private constructor(options: DeskOptions, parts: DeskParts) {
    this.#parts = parts;
    this.#requests = new Requests(options, parts);
  }

  /** Takes the ledger's lock and puts right what an earlier companion left open. Rejects with a sentence. */
  static async open(options: DeskOptions): Promise<Desk> {
    return new Desk(options, await openParts(options));
  }

  connected(peer: Peer): void {
    this.#parts.peers.connected(peer);
  }

  gone(peer: Peer, why: string): void {
    this.#parts.peers.gone(peer, why);
  }

  async receive(peer: Peer, request: Request): Promise<Reply> {
    try {
      return await this.#requests.answer(peer, request);
    } catch {
      const message = "The companion could not do this; nothing was let through.";
      return { type: "error", re: request.n, code: "busy", message };
    }
  }

  // What follows is for the companion's own terminal; no request of an extension reaches it.

  questions(): Question[] {
    return this.#parts.approvals.list.questions();
  }

  /** Null when it counts; else why not. The digest is the one of the text that was shown. */
  answerFromTerminal(approvalId: string, answer: "approve" | "refuse", digest: string): Promise<Trouble | null> {
    const { approvals } = this.#parts;
    return answer === "approve"
      ? approvals.approve(approvalId, digest, "terminal")
      : approvals.refuse(approvalId, "terminal");
  }

  /** Hears of each question once, when it may be answered. The answer ends it. */
  onQuestion(hear: (question: Question) => void): () => void {
    return this.#parts.herald.onQuestion(hear);
  }

  /** Browsers that have said hello and are here now. */
  get browsers(): number {
    return this.#parts.peers.here().length;
  }

  get stopped(): boolean {
    return this.#parts.stop.stopped;
  }

  async status() {
    const { ledger, people, peers, scribe } = this.#parts;
    const browsers = peers.here().map(async ({ peer, hello }) => {
      const { why } = await peers.channel(peer);
      return { id: peer.id, origin: peer.origin, browser: hello.browser, terminalOnly: why };
    });
    return {
      stopped: this.stopped,
      questions: this.questions().length,
      records: ledger.size,
      /** Records that wait for a disk that fails. */
      owed: scribe.owed,
      people: people.size,
      browsers: await Promise.all(browsers),
    };
  }

  /** Rejects with a sentence when it cannot be recorded; the stop stays then. */
  resume(): Promise<void> {
    return this.#parts.stop.resume();
  }

  /** A change of the profile, on record before it counts: rejects with a sentence when the disk fails. */
  recordProfile(what: string, detail: string): Promise<void> {
    return this.#parts.scribe.must([{ kind: "profile", what, detail }]);
  }

  records(wanted: { after: number; limit: number }) {
    return this.#parts.ledger.read(wanted);
  }

  onRecord(hear: Parameters<DeskParts["ledger"]["on"]>[0]): () => void {
    return this.#parts.ledger.on(hear);
  }

  /** In good order: what waits lapses, and the ledger says that we stopped. */
  async close(): Promise<void> {
    const { approvals, ledger, routine, scribe } = this.#parts;
    await approvals.lapse();
    await routine.flush();
    await scribe.note([{ kind: "guard", what: SAID.ended, detail: "" }]);
    await ledger.close();
  }
}

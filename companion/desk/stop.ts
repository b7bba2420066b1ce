// The person's stop for all agents. It outlives a restart of the companion, and only the terminal takes it back.
// Must never depend on the disk to begin, nor end before its end is on disk.
import type { Approvals } from "./approvals.ts";
import type { Peers } from "./peers.ts";
import { SAID } from "./recollection.ts";
import type { Scribe } from "./scribe.ts";

interface Rooms {
  readonly approvals: Approvals;
  readonly peers: Peers;
  readonly scribe: Scribe;
}

export class Stop {
  readonly #rooms: Rooms;
  #stopped: boolean;

  constructor(rooms: Rooms, stopped: boolean) {
    this.#rooms = rooms;
    this.#stopped = stopped;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  async stop(): Promise<void> {
    const { approvals, peers, scribe } = this.#rooms;
    this.#stopped = true;
    peers.pushAll({ type: "stopped", stopped: true });
    const words = "All agents were stopped by the person; this was not sent. Do not resend it.";
    await Promise.all(approvals.list.all().map((approval) => approvals.refuse(approval.id, "popup", words)));
    await scribe.note([{ kind: "guard", what: SAID.stopped, detail: "Said in the browser." }]);
  }

  async resume(): Promise<void> {
    const { peers, scribe } = this.#rooms;
    await scribe.must([{ kind: "guard", what: SAID.resumed, detail: "Said in the companion's terminal." }]);
    this.#stopped = false;
    peers.pushAll({ type: "stopped", stopped: false });
  }
}

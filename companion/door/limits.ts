// How much the door takes from anybody before and after proof.
// Must never be raised by anything that comes over the socket.
import { FRAME_LIMIT } from "../../shared/protocol.ts";
import { GREETING_LIMIT } from "../../shared/greeting.ts";

export interface Limits {
  /** From the first byte of a connection to both proofs. */
  readonly handshakeMs: number;
  /** Connections that have proved nothing; the oldest goes when one more comes. */
  readonly strangers: number;
  /** Bytes read from a WebSocket before proof. */
  readonly greetingBytes: number;
  /** Largest sealed record from a paired extension. */
  readonly recordBytes: number;
  /** Largest sealed record to it: a list of questions holds several meanings. */
  readonly answerBytes: number;
  /** Messages at once, and per second in the long run. */
  readonly burst: number;
  readonly perSecond: number;
  /** Requests being worked on. */
  readonly inFlight: number;
  /** Bytes waiting because the other side does not read. */
  readonly unsentBytes: number;
  /** Protocol pings; two without an answer end the connection. */
  readonly pingEveryMs: number;
  readonly fragments: number;
}

export const LIMITS: Limits = {
  handshakeMs: 3_000,
  strangers: 32,
  greetingBytes: GREETING_LIMIT,
  recordBytes: FRAME_LIMIT,
  answerBytes: 4 * FRAME_LIMIT,
  burst: 300,
  perSecond: 100,
  inFlight: 64,
  unsentBytes: 5 * FRAME_LIMIT,
  pingEveryMs: 15_000,
  fragments: 4_096,
};

/** A bucket that refills steadily; clock in milliseconds that never goes back. */
export class Rate {
  #left: number;
  #last: number;
  readonly #limits: Pick<Limits, "burst" | "perSecond">;
  readonly #clock: () => number;
  constructor(limits: Pick<Limits, "burst" | "perSecond">, clock: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#clock = clock;
    this.#left = limits.burst;
    this.#last = clock();
  }
  /** False when this one is too many. */
  take(): boolean {
    const now = this.#clock();
    const more = ((now - this.#last) / 1_000) * this.#limits.perSecond;
    this.#left = Math.min(this.#limits.burst, this.#left + more);
    this.#last = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

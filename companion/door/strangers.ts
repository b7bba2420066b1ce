// Connections that have proved nothing yet: few, and not for long.
// Must never let somebody who only connects keep out somebody who can prove himself: the oldest goes first.
import type { Socket } from "node:net";

interface Held {
  readonly timer: NodeJS.Timeout;
  end: (late: boolean) => void;
}

export class Strangers {
  readonly #held = new Map<Socket, Held>();
  readonly #most: number;
  readonly #patienceMs: number;
  constructor(most: number, patienceMs: number) {
    this.#most = most;
    this.#patienceMs = patienceMs;
  }

  get size(): number {
    return this.#held.size;
  }

  /** `end` is called once, with true when the time is up and false when others pressed in. */
  add(socket: Socket, end: (late: boolean) => void): void {
    if (this.#held.size >= this.#most) {
      const [oldest] = this.#held.keys();
      if (oldest) this.#push(oldest, false);
    }
    const timer = setTimeout(() => this.#push(socket, true), this.#patienceMs);
    this.#held.set(socket, { timer, end });
    socket.once("close", () => this.release(socket));
  }

  /** No stranger any more: proved, refused or gone. */
  release(socket: Socket): void {
    clearTimeout(this.#held.get(socket)?.timer);
    this.#held.delete(socket);
  }

  endAll(): void {
    for (const socket of this.#held.keys()) this.#push(socket, false);
  }

  #push(socket: Socket, late: boolean): void {
    const held = this.#held.get(socket);
    this.release(socket);
    held?.end(late);
  }
}

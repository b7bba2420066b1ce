// Meanings that were refused a short while ago, so that an app's own retries are answered without asking again.
// Must never grant anything: forgetting an entry only means that the person is asked again.
import type { Clock } from "./clock.ts";

export const REFUSED_FOR = 10 * 60_000;
/** A time-out, a browser that went away, a companion that died: a refusal once, never a lasting rule. */
export const MISSED_FOR = 2 * 60_000;
const MOST = 500;

export interface Refusal {
  readonly digest: string;
  /** One sentence: what happened and when. */
  readonly words: string;
  readonly at: number;
  readonly until: number;
}

export class Refusals {
  readonly #clock: Clock;
  #all = new Map<string, Refusal>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A longer refusal of the same meaning stays. `at` lets a restart remember what happened before it. */
  remember(digest: string, words: string, ms: number, at = this.#clock.now()): void {
    const known = this.find(digest);
    if (at + ms <= Math.max(known?.until ?? 0, this.#clock.now())) return;
    this.#all.delete(digest);
    this.#all.set(digest, { digest, words, at, until: at + ms });
    const oldest = this.#all.keys().next();
    if (this.#all.size > MOST && oldest.done !== true) this.#all.delete(oldest.value);
  }

  find(digest: string): Refusal | undefined {
    const found = this.#all.get(digest);
    return found !== undefined && found.until > this.#clock.now() ? found : undefined;
  }

  forget(digest: string): void {
    this.#all.delete(digest);
  }

  /** What is still remembered, oldest first. */
  list(): Refusal[] {
    const now = this.#clock.now();
    return [...this.#all.values()].filter((refusal) => refusal.until > now);
  }
}

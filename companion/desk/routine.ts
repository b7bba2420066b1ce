// Counts the requests a web application makes by itself to keep its page fresh. They carry nothing of the person's and are
// read canonically, they come every few seconds, and a record for each would bury the history and cost a disk sync each:
// so they are the one thing that passes without a record of its own. Must never be given anything but allowed housekeeping.
import type { GuardedAction } from "../../shared/action.ts";
import type { Clock } from "./clock.ts";
import type { Scribe } from "./scribe.ts";

const EVERY = 10 * 60_000;

export function isRoutine(action: GuardedAction): boolean {
  const { canonical, layer, meaning, verb } = action;
  return verb === "site.housekeeping" && meaning.verb === verb && canonical && layer === "request";
}

export class Routine {
  readonly #clock: Clock;
  readonly #scribe: Pick<Scribe, "note">;
  #passed = new Map<string, number>();
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, scribe: Pick<Scribe, "note">) {
    this.#clock = clock;
    this.#scribe = scribe;
  }

  count(site: string): void {
    this.#passed.set(site, (this.#passed.get(site) ?? 0) + 1);
    this.#cancel ??= this.#clock.after(EVERY, () => void this.flush());
  }

  /** Writes the summary now, if there is anything to say. */
  async flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#passed.size === 0) return;
    const sites = [...this.#passed].map(([site, times]) => `${site}: ${times}`).join(", ");
    this.#passed.clear();
    await this.#scribe.note([
      { kind: "guard", what: "Routine requests", detail: `Passed without a record of their own: ${sites}.` },
    ]);
  }
}

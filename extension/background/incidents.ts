// Things that happened to the guard itself: told to the companion once each, kept while it is away.
// Must never flood the ledger: the same thing again within ten seconds is one incident, and what strangers try is summed up.
import { asking, type Door } from "./link/door.ts";

const SAME_MS = 10_000;
const SUMMARY_MS = 600_000;
const KEPT = 50;

export interface Incidents {
  readonly report: (what: string, detail: string, origin: string | null) => void;
  /** Something another site started toward a guarded one: blocked, counted, silent. */
  readonly stranger: (initiator: string, origin: string) => void;
  /** The companion is back: tell it what was kept. */
  readonly flush: () => Promise<void>;
}

export function createIncidents(door: Door, now: () => number = Date.now): Incidents {
  const recent = new Map<string, number>();
  let kept: { what: string; detail: string; origin: string | null }[] = [];
  const strangers = new Map<string, number>();
  let summaryAt = 0;

  async function flush(): Promise<void> {
    const telling = kept;
    kept = [];
    for (const incident of telling) {
      try {
        await asking(door, { type: "incident", ...incident }, "done");
      } catch {
        kept = [...kept, incident].slice(-KEPT);
      }
    }
  }

  function report(what: string, detail: string, origin: string | null): void {
    const key = `${what} ${origin}`;
    if (now() - (recent.get(key) ?? -Infinity) < SAME_MS) return;
    recent.set(key, now());
    kept = [...kept, { what: what.slice(0, 500), detail: detail.slice(0, 1_500), origin }].slice(-KEPT);
    if (door.state().state === "connected") void flush();
  }

  return {
    report,
    flush,
    stranger(initiator, origin) {
      const key = `${initiator} to ${origin}`;
      strangers.set(key, (strangers.get(key) ?? 0) + 1);
      if (now() - summaryAt < SUMMARY_MS) return;
      summaryAt = now();
      const listed = [...strangers].slice(0, 20).map(([each, count]) => `${each}: ${count}`);
      strangers.clear();
      report("Other sites tried to write to a guarded one and were blocked", listed.join("; "), origin);
    },
  };
}

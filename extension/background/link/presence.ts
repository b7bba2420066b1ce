// Whether the companion is there: waits a moment for it, wakes what waits with a no when it goes, and notes the gap when it is back.
// Must never let silence pass for presence.
import type { LinkState } from "../../messages.ts";

const PATIENCE_MS = 2_000;
const GAP_MS = 5_000;

export interface PresenceNeeds {
  readonly link: { state(): LinkState; ensure(): Promise<void> };
  guarding(): boolean;
  lost(words: string): void;
  back(): Promise<void>;
  changed(): void;
  gap(fromIso: string, untilIso: string, why: string): Promise<void>;
}

export interface Presence {
  /** Call after every change of the link. */
  moved(): void;
  /** Resolves when connected, or when there is no use in waiting longer. */
  wait(): Promise<void>;
}

export function createPresence(needs: PresenceNeeds, now: () => number = Date.now): Presence {
  let awaySince: number | null = now();

  async function came(): Promise<void> {
    const since = awaySince;
    const until = now();
    awaySince = null;
    await needs.back();
    if (since === null || until - since <= GAP_MS || !needs.guarding()) return;
    const why = "The companion could not be reached; every write was blocked.";
    await needs.gap(new Date(since).toISOString(), new Date(until).toISOString(), why);
  }

  return {
    moved() {
      needs.changed();
      if (needs.link.state().state === "connected") {
        came().catch((error: unknown) => console.warn("Not everything could be caught up:", error));
        return;
      }
      awaySince ??= now();
      needs.lost("The companion went away while this waited.");
    },
    async wait() {
      if (needs.link.state().state !== "away") return;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, PATIENCE_MS);
      });
      await Promise.race([needs.link.ensure(), patience]);
      clearTimeout(timer);
    },
  };
}

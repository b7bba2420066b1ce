// Requests that must go one after the other (one compose, one upload and the send that names it) wait here for each other.
// Must never let a failed one stop those behind it.

export interface Lanes {
  /** Runs `work` after everything queued under the same key; `waited` says whether anything was before it. null = at once. */
  run<T>(key: string | null, work: (waited: boolean) => Promise<T>): Promise<T>;
}

export function createLanes(): Lanes {
  const tails = new Map<string, Promise<unknown>>();
  return {
    async run(key, work) {
      if (key === null) return work(false);
      const before = tails.get(key);
      const mine = (before ?? Promise.resolve()).then(
        () => work(before !== undefined),
        () => work(true),
      );
      tails.set(key, mine);
      try {
        return await mine;
      } finally {
        if (tails.get(key) === mine) tails.delete(key);
      }
    },
  };
}

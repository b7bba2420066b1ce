// What the leader of an approval brought back, kept for those who asked the same thing.
// Must never be resolved by anyone but the leader, and never outlive it for long.
import type { Result } from "./errand.ts";

interface Share {
  readonly promise: Promise<Result>;
  settle(result: Promise<Result>): void;
}

export interface Shares {
  of(leader: string): Share;
  forget(leader: string): void;
}

export function createShares(): Shares {
  const shares = new Map<string, Share>();
  return {
    of(leader) {
      const known = shares.get(leader);
      if (known) return known;
      let settle: (result: Promise<Result>) => void = () => undefined;
      const promise = new Promise<Result>((resolve) => {
        settle = resolve;
      });
      // Nobody may be waiting for it.
      promise.catch(() => undefined);
      const share = { promise, settle };
      shares.set(leader, share);
      return share;
    },
    forget: (leader) => void shares.delete(leader),
  };
}

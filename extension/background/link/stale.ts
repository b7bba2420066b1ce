// Questions nobody waits for any more: the worker died or the link broke while they stood. Taken back once the companion is there.
// Must never take back a question of a request that is still held.
import type { Question } from "../../../shared/protocol.ts";
import { asking, type Door } from "./door.ts";

/** Several equal requests may stand behind one question; each is taken back on its own. */
const ROUNDS = 20;

export interface StaleNeeds {
  readonly door: Door;
  isLive(action: string): boolean;
  /** The questions as the companion has them now. */
  fresh(): Promise<readonly Question[]>;
}

const BECAUSE = "The page that asked for this is gone.";

/** A yes that came for requests nobody holds any more; without this it would stand unused for its minute. */
export async function withdrawUnheard(
  { door, isLive }: Pick<StaleNeeds, "door" | "isLive">,
  actions: readonly string[],
): Promise<void> {
  for (const actionId of actions.filter((action) => !isLive(action)))
    await asking(door, { type: "withdraw", actionId, because: BECAUSE }, "done").catch(() => undefined);
}

export async function withdrawStale({ door, ...needs }: StaleNeeds): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const stale = (await needs.fresh()).filter(({ actionId }) => !needs.isLive(actionId));
    if (stale.length === 0) return;
    await withdrawUnheard(
      { door, ...needs },
      stale.map(({ actionId }) => actionId),
    );
  }
}

// The matrix: every agent with every action to every end, in rounds of five so that equal work is done once.
// Must never drop a cell in silence: `journeys` tells which of them were walked.
import { DRIVER_NAMES, startPlace, type DriverName } from "./journeys/place.ts";
import { runRound, type End, type Told } from "./journeys/rounds.ts";
import { VERB_NAMES, type VerbName } from "./journeys/verbs.ts";

/** Five pairs that hold each agent and each action once; `shift` 0 to 4 give all twenty-five. */
export function pairing(shift: number): (readonly [DriverName, VerbName])[] {
  return DRIVER_NAMES.map((driver, at) => {
    const verb = VERB_NAMES[(at + shift) % VERB_NAMES.length];
    if (verb === undefined) throw new Error("There are as many actions as agents.");
    return [driver, verb] as const;
  });
}

export const ALL_SHIFTS = [0, 1, 2, 3, 4] as const;

/** Which rounds are walked for each end. */
export type Plan = readonly (readonly [End, readonly number[]])[];

/** Walks the plan; `hear` is told of each round as it ends. Guarded and unguarded ends each get a place of their own. */
export async function journeys(plan: Plan, hear: (told: readonly Told[]) => void = () => undefined): Promise<Told[]> {
  const told: Told[] = [];
  for (const guarded of [false, true]) {
    const part = plan.filter(([end]) => (end !== "guard off") === guarded);
    if (part.length === 0) continue;
    const place = await startPlace({ guarded });
    try {
      for (const [end, shifts] of part)
        for (const shift of shifts) {
          const round = await runRound(place, end, pairing(shift), shift);
          told.push(...round);
          hear(round);
        }
    } finally {
      await place.stop();
    }
  }
  return told;
}

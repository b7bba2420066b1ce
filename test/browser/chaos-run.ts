// `npm run chaos [-- --rounds N --seed S]`: every kill at every step, in an order drawn from the seed, and again until N.
// Must never end well when a round found a fault.
import { Chaos, POINTS, VICTIMS, type Point, type Victim } from "./chaos.ts";

export interface Kill {
  readonly point: Point;
  readonly victim: Victim;
}
const ALL: readonly Kill[] = POINTS.flatMap((point) => VICTIMS.map((victim) => ({ point, victim })));

/** Small generator of its own, so that a seed means the same everywhere (mulberry32). */
function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled<T>(list: readonly T[], roll: () => number): T[] {
  return list
    .map((it) => ({ it, at: roll() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ it }) => it);
}

/** `rounds` kills; each of all comes once before any comes again. */
export function plan(rounds: number, seed: number): Kill[] {
  const roll = dice(seed);
  const kills: Kill[] = [];
  while (kills.length < rounds) kills.push(...shuffled(ALL, roll));
  return kills.slice(0, rounds);
}

/** One kill for each step, the victims taking turns: what `npm test` has time for. */
export function slice(seed: number): Kill[] {
  const victims = shuffled(VICTIMS, dice(seed));
  return POINTS.map((point, at) => ({ point, victim: victims[(at + seed) % victims.length] ?? "companion" }));
}

function numberAfter(args: readonly string[], flag: string, otherwise: number): number {
  const at = args.indexOf(flag);
  const value = at < 0 ? otherwise : Number(args[at + 1]);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${flag} is a whole number of at least 1.`);
  return value;
}

export async function run(args: readonly string[]): Promise<number> {
  const rounds = numberAfter(args, "--rounds", ALL.length);
  const seed = numberAfter(args, "--seed", 1);
  const chaos = await Chaos.start();
  let wrong = 0;
  try {
    for (const [at, { point, victim }] of plan(rounds, seed).entries()) {
      const faults = await chaos
        .round(point, victim)
        .catch((error: unknown) => [`It could not go on: ${String(error)}`]);
      wrong += Number(faults.length > 0);
      console.log(`${at + 1}. ${victim} killed ${point}: ${faults.join(" ") || "as it must be"}`);
    }
  } finally {
    await chaos.stop();
  }
  console.log(JSON.stringify({ name: "chaos", rounds, seed, faulty: wrong }));
  return wrong === 0 ? 0 : 1;
}

// A slice of the chaos: one kill at each step of a real send, the victims taking turns. `npm run chaos` does them all.
import { afterAll, beforeAll, expect, it } from "vitest";
import { Chaos } from "./chaos.ts";
import { slice } from "./chaos-run.ts";

/** COUNTERSIGN_SEED draws another slice. */
const SEED = Number(process.env["COUNTERSIGN_SEED"] ?? "1");

let chaos: Chaos;
beforeAll(async () => {
  chaos = await Chaos.start();
});
afterAll(() => chaos.stop());

it.each(slice(SEED))("$victim killed $point: at most one arrives, and the record says what is known", async (kill) => {
  expect(await chaos.round(kill.point, kill.victim)).toEqual([]);
});

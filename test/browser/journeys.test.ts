// A slice of the matrix (`npm run journeys` walks all of it): every agent with every action, denied and asked and approved;
// refused, timed out and companion killed for five pairs each, which hold every agent and every action once.
import { beforeAll, describe, expect, it } from "vitest";
import { ALL_SHIFTS, journeys, pairing, type Plan } from "./journeys.ts";
import type { Told } from "./journeys/rounds.ts";

const PLAN: Plan = [
  ["approved", ALL_SHIFTS],
  ["denied", ALL_SHIFTS],
  ["refused", [0]],
  ["timed out", [1]],
  ["companion killed", [3]],
];

let told: readonly Told[] = [];
beforeAll(async () => {
  told = await journeys(PLAN);
}, 600_000);

describe.each(PLAN.flatMap(([end, shifts]) => shifts.map((shift) => ({ end, shift }))))(
  "$end, round $shift",
  ({ end, shift }) => {
    it.each(pairing(shift))("%s: %s", (driver, verb) => {
      const cell = told.find((each) => each.end === end && each.driver === driver && each.verb === verb);
      expect(cell?.wrong).toEqual([]);
    });
  },
);

// A slice of the matrix: every agent with every action, denied and asked and approved; refused, timed out and companion
// killed for five pairs each, which hold every agent and every action once. JOURNEYS=full (`npm run journeys`) walks all.
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM } from "./chromium.ts";
import { ALL_SHIFTS, journeys, pairing, type Plan } from "./journeys.ts";
import { ENDS, type Told } from "./journeys/rounds.ts";
import { matrixPage } from "./journeys/table.ts";

const FULL = process.env["JOURNEYS"] === "full";
/** Chooses which pairs stand for the three slow ends: each choice holds every agent and every action once. */
const SEED = Number(process.env["JOURNEYS_SEED"] ?? "0");
const SLICE: Plan = [
  ["approved", ALL_SHIFTS],
  ["denied", ALL_SHIFTS],
  ["refused", [SEED % 5]],
  ["timed out", [(SEED + 1) % 5]],
  ["companion killed", [(SEED + 3) % 5]],
];
const PLAN: Plan = FULL ? ENDS.map((end) => [end, ALL_SHIFTS] as const) : SLICE;

let told: readonly Told[] = [];
beforeAll(async () => {
  const began = Date.now();
  told = await journeys(PLAN);
  if (!FULL) return;
  const minutes = ((Date.now() - began) / 60_000).toFixed(1);
  const chromium = execFileSync(CHROMIUM, ["--version", "--no-sandbox"], { encoding: "utf8" }).trim();
  const page = matrixPage(
    told,
    `${new Date().toISOString().slice(0, 10)}, ${chromium}, Node ${process.version}, ${minutes} minutes.`,
  );
  await writeFile(join(import.meta.dirname, "../../docs/journeys.md"), page);
  console.log(page);
}, 1_800_000);

describe.each(PLAN.flatMap(([end, shifts]) => shifts.map((shift) => ({ end, shift }))))(
  "$end, round $shift",
  ({ end, shift }) => {
    it.each(pairing(shift))("%s: %s", (driver, verb) => {
      const cell = told.find((each) => each.end === end && each.driver === driver && each.verb === verb);
      expect(cell?.wrong).toEqual([]);
    });
  },
);

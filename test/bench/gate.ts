// `npm run bench -- gate`: one send of about 2 kB, unguarded, over the floor and guarded, interleaved in one run in real
// Chromium. Must never count a send that did not arrive.
import { startChromium, type RunningChromium } from "../browser/chromium.ts";
import { playwrightDriver } from "../browser/drivers/playwright.ts";
import type { Driver } from "../browser/drivers/driver.ts";
import { startGuarded } from "../browser/guarded.ts";
import { poll } from "../browser/poll.ts";
import { startCountingSite, type CountingSite } from "./counting-site.ts";
import { countOf, percentile, rounded } from "./figures.ts";
import { startFloor } from "./floor.ts";

const WARM = 40;
const ALLOWED = `@id("bench")
@say("The bench may do everything.")
permit (principal, action, resource);
`;
const WAYS = ["unguarded", "floor", "guarded"] as const;
type Way = (typeof WAYS)[number];

/** Expression of one send and the milliseconds until its answer was read. */
const send = (subject: string): string => `(async () => {
  const body = JSON.stringify({ to: ["maria@northgate.example"], subject: ${JSON.stringify(subject)}, text: ${JSON.stringify("All green. ".repeat(170))}, thread: "" });
  const from = performance.now();
  const answer = await fetch("/api/send", { method: "POST", headers: { "content-type": "application/json" }, body });
  const read = await answer.text();
  return answer.status === 200 && read === '{"ok":true}' ? performance.now() - from : read || "nothing";
})()`;

async function once(driver: Driver, subject: string): Promise<number> {
  const took = await driver.evaluate<number | string>(send(subject));
  if (typeof took !== "number") throw new Error(`A send did not go through: ${took}`);
  return took;
}

/** A tab in which a write reaches the site; loaded anew until the page is one that was loaded with its guard. */
async function readyTab(chromium: RunningChromium, site: CountingSite): Promise<Driver> {
  const driver = await playwrightDriver(chromium.cdp);
  let tries = 0;
  await poll("a send goes through", async () => {
    tries += 1;
    await driver.goto(site.origin);
    return once(driver, `ready ${chromium.pid} ${tries}`).catch(() => 0);
  });
  return driver;
}

export async function run(args: readonly string[]): Promise<number> {
  const n = countOf(args, 300);
  const ends: (() => Promise<unknown>)[] = [];
  try {
    const site = await startCountingSite();
    ends.push(() => site.stop());
    const floor = await startFloor(site.origin);
    ends.push(() => floor.stop());
    const guarded = await startGuarded([{ origin: site.origin, site: "playground" }], { profile: ALLOWED });
    ends.push(() => guarded.stop());
    const below = await startChromium({ debugging: true, extensions: [floor.extension] });
    ends.push(() => below.stop());
    const plain = await startChromium({ debugging: true });
    ends.push(() => plain.stop());
    const drivers: Record<Way, Driver> = {
      unguarded: await readyTab(plain, site),
      floor: await readyTab(below, site),
      guarded: await readyTab(guarded.chromium, site),
    };
    const took: Record<Way, number[]> = { unguarded: [], floor: [], guarded: [] };
    for (let round = 0; round < WARM + n; round += 1) {
      for (let turn = 0; turn < WAYS.length; turn += 1) {
        // Each goes first equally often, so that none always follows the same other.
        const way = WAYS[(turn + round) % WAYS.length] ?? "unguarded";
        const ms = await once(drivers[way], `${way} ${round}`);
        if (round >= WARM) took[way].push(ms);
      }
      if (round % 100 === 99) console.log(`${round + 1} of ${WARM + n} rounds`);
    }
    const counted = site.counted();
    const arrived = (way: Way): number[] =>
      Array.from({ length: WARM + n }, (_, round) => counted.get(`${way} ${round}`) ?? 0);
    // The browser itself may repeat a POST of a page when a kept connection breaks; the courier's arrives once.
    for (const way of WAYS)
      if (arrived(way).some((times) => (way === "unguarded" ? times < 1 : times !== 1)))
        throw new Error(
          `Not every ${way} send arrived as it must: ${arrived(way)
            .filter((times) => times !== 1)
            .join()}.`,
        );
    const recorded = (await guarded.companion.records()).filter(({ kind }) => kind === "spent").length;
    const proposed = await floor.proposed();
    if (proposed < WARM + n) throw new Error(`Only ${proposed} sends went by the floor's companion.`);
    if (recorded < WARM + n) throw new Error(`Only ${recorded} guarded sends are on record.`);
    const p = (way: Way, percent: number): number => rounded(percentile(took[way], percent));
    const result = {
      name: "gate",
      floor_p50_ms: p("floor", 50),
      guarded_p50_ms: p("guarded", 50),
      guarded_p95_ms: p("guarded", 95),
      guarded_p99_ms: p("guarded", 99),
      unguarded_p50_ms: p("unguarded", 50),
      ratio_p50: rounded(percentile(took.guarded, 50) / percentile(took.floor, 50)),
      n,
    };
    console.log(JSON.stringify(result));
    return 0;
  } finally {
    for (const end of ends.toReversed()) await end();
  }
}

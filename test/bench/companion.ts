// `npm run bench -- companion`: how soon the built program listens, what it weighs with one paired extension at rest, and
// how long one decision takes. Must never measure a companion that has not said that it listens.
import { readFile, rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { startCompanion } from "../browser/guarded.ts";
import { pairWith, reach } from "../companion/door.ts";
import { decide } from "../../companion/profile/decide.ts";
import { FIRST_PRESET } from "../../companion/profile/presets.ts";
import { readProfileText } from "../../companion/profile/profile-reader.ts";
import { makeProfile } from "../../companion/profile/rule-set.ts";
import type { RulingInput } from "../../companion/profile/ruling.ts";
import { emptyMeaning } from "../../shared/meaning.ts";
import { readPairingCode } from "../../shared/pairing-code.ts";
import { countOf, percentile, rounded } from "./figures.ts";

const STARTS = 9;
const REST_MS = 5_000;
const ORIGIN = `chrome-extension://${"abcdefgh".repeat(4)}`;

/** Megabytes in memory, as the system counts them. */
async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

async function starts(): Promise<{ times: number[]; megabytes: number }> {
  // The first start of a folder makes keys and profile; the others are what a person meets each day.
  const first = await startCompanion();
  const { home } = first;
  const typed = await first.pairingCode();
  const code = readPairingCode(typed);
  if (!code.ok) throw new Error(code.say);
  const extension = await pairWith(code.port, typed, ORIGIN);
  await first.kill();
  const times: number[] = [];
  let megabytes = 0;
  for (let start = 0; start < STARTS; start += 1) {
    const from = performance.now();
    const companion = await startCompanion({ home });
    times.push(performance.now() - from);
    if (start === STARTS - 1) {
      const client = await reach({ server: { port: code.port } }, extension);
      await client.send({ type: "hello", n: 1, build: "0.1.0", browser: "Bench", webdriver: false });
      await client.read();
      await pause(REST_MS);
      megabytes = await residentMb(companion.process.pid ?? 0);
      client.close();
    }
    await companion.kill();
  }
  await rm(home, { recursive: true, force: true });
  return { times, megabytes };
}

async function decisions(n: number): Promise<number[]> {
  const read = await readProfileText(FIRST_PRESET.text);
  if (!read.ok) throw new Error(read.problem.say);
  const profile = makeProfile(FIRST_PRESET.name, read.rules);
  const meaning = {
    ...emptyMeaning("roundcube", "alice@example.test", "mail.send"),
    people: [{ field: "to" as const, address: "maria@northgate.example", name: "" }],
    title: "Status for Monday",
    text: "All green. ".repeat(170),
  };
  const input: RulingInput = {
    action: {
      id: "bench",
      site: meaning.site,
      verb: meaning.verb,
      meaning,
      origin: "http://roundcube.localhost",
      tab: 1,
      frame: 0,
      seenAt: "2026-03-02T09:00:00.000Z",
      layer: "request",
      canonical: true,
    },
    actor: { kind: "agent", name: null, evidence: [] },
    newPeople: ["maria@northgate.example"],
    now: Date.parse("2026-03-02T09:00:00.000Z"),
    recent: { sending: 0, tidying: 0 },
  };
  const times: number[] = [];
  for (let turn = 0; turn < n + 100; turn += 1) {
    const from = performance.now();
    const { verdict } = decide(input, profile);
    if (turn >= 100) times.push(performance.now() - from);
    if (verdict !== "ask") throw new Error(`The bench's mail was not asked about but: ${verdict}.`);
  }
  return times;
}

export async function run(args: readonly string[]): Promise<number> {
  const n = countOf(args, 1_000);
  const { times, megabytes } = await starts();
  const decided = await decisions(n);
  const result = {
    name: "companion",
    start_p50_ms: rounded(percentile(times, 50), 0),
    start_worst_ms: rounded(percentile(times, 100), 0),
    starts: STARTS,
    idle_rss_mb: rounded(megabytes, 1),
    decide_p50_ms: rounded(percentile(decided, 50), 3),
    decide_p99_ms: rounded(percentile(decided, 99), 3),
    n,
  };
  console.log(JSON.stringify(result));
  return 0;
}

// `npm run fuzz [-- --rounds N] [--seed S]`: the property tests of parsers, ledger, approvals and profile, each round with other cases.
// Must never go on after a failure: the seed that showed it is the last thing printed.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";

const whole = (text, name) => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  console.error(`--${name} takes a whole number, not "${text}".`);
  process.exit(2);
};
let flags;
try {
  flags = parseArgs({ options: { rounds: { type: "string", default: "20" }, seed: { type: "string" } } }).values;
} catch {
  console.error("npm run fuzz takes --rounds N and --seed S.");
  process.exit(2);
}
const rounds = whole(flags.rounds, "rounds");
const first = flags.seed === undefined ? Date.now() % 1_000_000_000 : whole(flags.seed, "seed");
const root = join(import.meta.dirname, "..");
const files = [
  "test/sites",
  "test/companion/ledger-damage",
  "test/companion/approvals-model",
  "test/companion/profile",
  "test/shared",
];
for (let round = 0; round < rounds; round += 1) {
  const seed = first + round;
  const { status } = spawnSync(
    process.execPath,
    [join(root, "node_modules/vitest/vitest.mjs"), "run", "--project", "unit", "--reporter=dot", ...files],
    { cwd: root, stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, FUZZ_SEED: String(seed) } },
  );
  console.log(`round ${round + 1} of ${rounds}, seed ${seed}: ${status === 0 ? "held" : "failed"}`);
  if (status !== 0) {
    console.error(`See it again with FUZZ_SEED=${seed} npx vitest run --project unit ${files.join(" ")}`);
    process.exit(1);
  }
}

// `npm run journeys`: every agent, every action, every end, on real webmail in real Chromium; about ten minutes. Prints the
// table and writes it to docs/journeys.md. Plain JavaScript, so that Node 20 runs it as it is.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const run = (...parameters) =>
  spawnSync(process.execPath, parameters, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, JOURNEYS: "full" },
  }).status ?? 1;

if (process.argv.length > 2) {
  console.error("npm run journeys takes no arguments; it always walks the whole matrix.");
  process.exit(2);
}
process.exit(
  run("build.js") ||
    run(join(root, "node_modules/vitest/vitest.mjs"), "run", "--project", "browser", "test/browser/journeys.test.ts"),
);

// `npm run bench -- NAME`: builds, then runs one measurement. Plain JavaScript, so that Node 20 runs it as it is.
// Must never print a figure that was not measured in this very run.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { runnerImport } from "vite";

const BENCHES = {
  gate: "a guarded send in real Chromium against the same path without crypto, rules and disk [--n N]",
  companion: "start, memory at rest and one decision of the companion [--n N]",
};
const root = join(import.meta.dirname, "..");
const list = Object.entries(BENCHES).map(([name, about]) => `  npm run bench -- ${name.padEnd(10)} ${about}`);
const [name, ...rest] = process.argv.slice(2);

if (name === "--help" || name === undefined) {
  console.log(["Measurements; the last line of each is one JSON object.", ...list].join("\n"));
  process.exit(name === undefined ? 2 : 0);
}
if (!Object.hasOwn(BENCHES, name)) {
  console.error(`There is no bench called "${name}". Known are: ${Object.keys(BENCHES).join(", ")}.`);
  process.exit(2);
}
if (spawnSync(process.execPath, ["build.js"], { cwd: root, stdio: "inherit" }).status !== 0) process.exit(1);
try {
  const { module } = await runnerImport(join(root, `test/bench/${name}.ts`), { configFile: false, logLevel: "error" });
  process.exitCode = await module.run(rest);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

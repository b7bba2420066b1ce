// `npm test`: builds, installs what the tests need where that is possible and allowed, runs everything, and closes with
// the plain line "N passed, N failed, N skipped". Plain JavaScript, so that Node 20 runs it as it is.
// Must never call a run good that left something out while CI is set.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { runnerImport } from "vite";
import { stuckFiles } from "./stuck.js";

const root = join(import.meta.dirname, "..");
const args = process.argv.slice(2);
const known = new Set(["--no-install", "--project"]);
const unknown = args.find((a, i) => a.startsWith("-") && !known.has(a) && args[i - 1] !== "--project");
if (unknown !== undefined) {
  console.error(`npm test does not know ${unknown}; it takes --no-install, --project NAME and names of test files.`);
  process.exit(2);
}
const env = { ...process.env, ...(args.includes("--no-install") ? { COUNTERSIGN_NO_INSTALL: "1" } : {}) };

function run(command, parameters) {
  return spawnSync(command, parameters, { cwd: root, stdio: "inherit", env }).status ?? 1;
}

if (run(process.execPath, ["build.js"]) !== 0) process.exit(1);

/** Files under test/ that bring up a real webmail or a display of their own. */
function filesThatNeedServers() {
  return readdirSync(join(root, "test"), { recursive: true })
    .filter((file) => /(servers|browser|bypass)\/.*\.test\.ts$/.test(file))
    .filter((file) => /startMailStack|Xvfb|xdotool/.test(readFileSync(join(root, "test", file), "utf8")))
    .map((file) => join("test", file));
}

if (args.includes("--no-install")) process.env.COUNTERSIGN_NO_INSTALL = "1";
const { module } = await runnerImport(join(root, "test/preflight.ts"), { configFile: false, logLevel: "error" });
const lack = module.lacking();
const leftOut = [];
const narrower = [];
if (lack.browser !== "") {
  leftOut.push(`every browser test. ${lack.browser}`);
  narrower.push("--project", "repository", "--project", "unit");
} else if (lack.servers !== "") {
  const files = filesThatNeedServers();
  leftOut.push(`${files.length} files that need a real webmail or a display. ${lack.servers}`);
  narrower.push(...files.flatMap((file) => ["--exclude", file]));
}

/** Runs vitest and reads its report; exits with a sentence when there is none. */
function tested(parameters) {
  const out = mkdtempSync(join(tmpdir(), "countersign-tests-"));
  const report = join(out, "report.json");
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const how = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const status = run(process.execPath, [vitest, ...how, ...parameters]);
  try {
    return { status, ...JSON.parse(readFileSync(report, "utf8")) };
  } catch {
    console.error("The tests ended without a report; read what stands above.");
    process.exit(1);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

const result = tested([...narrower, ...args.filter((a) => a !== "--no-install")]);
let { numPassedTests: passed, numFailedTests: failed } = result;
// A file that breaks before its first test counts as failed, although it holds no failed test.
let broken = failed > 0 || result.success === false || result.status !== 0;
const stuck = broken ? stuckFiles(result) : null;
if (stuck !== null && stuck.length > 0) {
  for (const { name, tests, why } of stuck)
    console.log(
      `Never got to its point, so it is run once more: ${relative(root, name)} (${tests.join("; ")}): ${why}`,
    );
  const again = tested(stuck.map(({ name }) => relative(root, name)));
  passed += failed - again.numFailedTests;
  failed = again.numFailedTests;
  broken = failed > 0 || again.success === false || again.status !== 0;
}
const skipped = result.numPendingTests + result.numTodoTests;
for (const words of leftOut) console.log(`Left out: ${words}`);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(broken || (process.env.CI === "true" && (skipped > 0 || leftOut.length > 0)) ? 1 : 0);

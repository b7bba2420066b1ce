// `npm run chaos [-- --rounds N --seed S]`: builds, then kills. Plain JavaScript, so that Node 20 runs it as it is.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { runnerImport } from "vite";

const root = join(import.meta.dirname, "..");
if (spawnSync(process.execPath, ["build.js"], { cwd: root, stdio: "inherit" }).status !== 0) process.exit(1);
try {
  const program = join(root, "test/browser/chaos-run.ts");
  const { module } = await runnerImport(program, { configFile: false, logLevel: "error" });
  process.exit(await module.run(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

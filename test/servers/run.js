// Starts the webmail of the tests from a shell: `node test/servers/run.js [--port N] [--control N] [--state FILE] [--html]`.
// Node 20 reads no TypeScript, so Vite, which is here anyway, loads the real program.
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const program = fileURLToPath(new URL("./keep.ts", import.meta.url));
const { module } = await runnerImport(program, { configFile: false, logLevel: "error" });
try {
  await module.keepStack(process.argv.slice(2));
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

// `npm run screens [-- FOLDER]`: pictures of every state of every page, light, dark, narrow and large, into docs/screens.
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";

const root = join(import.meta.dirname, "..");
const folder = resolve(process.argv[2] ?? join(root, "docs/screens"));
const { status } = spawnSync(
  process.execPath,
  [join(root, "node_modules/vitest/vitest.mjs"), "run", "--project", "browser", "test/browser/ui.test.ts"],
  { cwd: root, stdio: "inherit", env: { ...process.env, COUNTERSIGN_SCREENS: folder } },
);
process.exit(status ?? 1);

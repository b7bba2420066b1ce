// Builds the test extension into a folder: our real hold and gate, a courier of the tests, one site of the tests.
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../../..");

/** The page scripts ask sites/index.ts for the guarded reads; here it is the tests' own site. */
const testSites: Plugin = {
  name: "test-sites",
  enforce: "pre",
  resolveId: (source) => (source.endsWith("sites/index.ts") ? join(here, "sites.ts") : null),
};

async function bundle(entry: string, outDir: string, name: string, format: "iife" | "es"): Promise<void> {
  await build({
    root,
    configFile: false,
    logLevel: "error",
    publicDir: false,
    plugins: [testSites],
    build: {
      outDir,
      emptyOutDir: false,
      minify: false,
      target: "es2023",
      lib: { entry, formats: [format], name: "countersign", fileName: () => `${name}.js` },
    },
  });
}

export async function buildHoldExtension(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), "countersign-hold-"));
  await bundle(join(root, "extension/page/hold.iife.ts"), outDir, "hold", "iife");
  await bundle(join(root, "extension/page/gate.iife.ts"), outDir, "gate", "iife");
  await bundle(join(here, "courier.ts"), outDir, "courier", "es");
  const manifest = {
    manifest_version: 3,
    name: "Hold under test",
    version: "1",
    permissions: ["declarativeNetRequest", "scripting", "tabs"],
    host_permissions: ["http://*.localhost/*"],
    minimum_chrome_version: "148",
    message_serialization: "structured_clone",
    background: { service_worker: "courier.js", type: "module" },
  };
  await writeFile(join(outDir, "manifest.json"), JSON.stringify(manifest));
  return outDir;
}

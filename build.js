// Builds everything: dist/chrome (the extension) and dist/companion (the program). Plain JavaScript, so that Node 20 runs it as it is.
// Must never leave a page script that loads other code at run time, nor a web-accessible resource.
import { readFile, writeFile } from "node:fs/promises";
import { crx } from "@crxjs/vite-plugin";
import { build, loadConfigFromFile } from "vite";

const root = import.meta.dirname;
const quiet = { root, logLevel: "warn", configFile: false };

/** The page's two scripts: each one self-contained file at a fixed path, so that they run at document_start. */
async function buildPage(outDir) {
  for (const name of ["hold", "gate"]) {
    await build({
      ...quiet,
      publicDir: false,
      build: {
        outDir: `${outDir}/page`,
        emptyOutDir: false,
        minify: false,
        target: "es2023",
        lib: {
          entry: `extension/page/${name}.iife.ts`,
          formats: ["iife"],
          name: "countersign",
          fileName: () => `${name}.js`,
        },
      },
    });
  }
}

async function buildExtension(target) {
  const outDir = `dist/${target}`;
  const manifests = await loadConfigFromFile(
    { command: "build", mode: "production" },
    "manifest.config.ts",
    root,
    "error",
  );
  await build({
    ...quiet,
    publicDir: "extension/public",
    plugins: [crx({ manifest: manifests.config[target], browser: target })],
    build: {
      outDir,
      emptyOutDir: true,
      minify: false,
      target: "es2023",
      modulePreload: false,
      rollupOptions: {
        input: {
          approve: "extension/ui/approve/index.html",
          welcome: "extension/ui/welcome/index.html",
          history: "extension/ui/history/index.html",
        },
      },
    },
  });
  await buildPage(outDir);
  const file = `${outDir}/manifest.json`;
  const written = JSON.parse(await readFile(file, "utf8"));
  delete written.web_accessible_resources;
  await writeFile(file, JSON.stringify(written, null, 2));
}

/** `--out=FOLDER` puts the companion elsewhere, for tests that must not disturb a running one. */
async function buildCompanion(outDir) {
  await build({
    ...quiet,
    publicDir: false,
    build: {
      ssr: "companion/main.ts",
      outDir,
      emptyOutDir: true,
      target: "node20",
      minify: false,
      rollupOptions: { output: { entryFileNames: "countersign.js", banner: "#!/usr/bin/env node" } },
    },
  });
}

const wanted = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const out = process.argv.find((word) => word.startsWith("--out="))?.slice("--out=".length);
if (wanted.length === 0 || wanted.includes("companion")) await buildCompanion(out ?? "dist/companion");
if (wanted.length === 0 || wanted.includes("chrome")) await buildExtension("chrome");

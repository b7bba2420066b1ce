// Builds everything: dist/chrome (the extension) and dist/companion (the program). Plain JavaScript, so that Node 20 runs it as it is.
// Must never leave a page script that loads other code at run time, nor a web-accessible resource.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { crx } from "@crxjs/vite-plugin";
import { build, loadConfigFromFile, runnerImport } from "vite";

const root = import.meta.dirname;
// Warnings would tell every user of a Node fallback in @hpke/common that no browser takes.
const quiet = { root, logLevel: "error", configFile: false };

const sites = () => runnerImport(`${root}/extension/sites/index.ts`, { configFile: false, logLevel: "error" });

/** The page scripts know of the sites only patterns and selectors: they are read here, so that no parser reaches a page. */
const pageSites = {
  name: "page-sites",
  enforce: "pre",
  resolveId: (source, importer) =>
    source.endsWith("/sites/index.ts") && importer?.includes("/extension/page/") ? "\0page-sites" : null,
  async load(name) {
    if (name !== "\0page-sites") return null;
    const { module } = await sites();
    const known = module.SITES.map(({ id, guardedGets, freeGets, controls }) => ({
      id,
      guardedGets,
      freeGets,
      controls,
    }));
    return `export const SITES = ${JSON.stringify(known)};`;
  },
};

/** The page's two scripts: each one self-contained file at a fixed path, so that they run at document_start. */
async function buildPage(outDir) {
  for (const name of ["hold", "gate"]) {
    await build({
      ...quiet,
      publicDir: false,
      plugins: [pageSites],
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
  const { module } = await sites();
  await mkdir(`${outDir}/page/site`, { recursive: true });
  for (const { id } of module.SITES)
    await writeFile(
      `${outDir}/page/site/${id}.js`,
      `// Names this origin's site to the page scripts that run next.\nglobalThis.countersignSite = ${JSON.stringify(id)};\n`,
    );
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
if (wanted.includes("page")) await buildPage(out ?? "dist/chrome");
if (wanted.length === 0 || wanted.includes("chrome")) await buildExtension("chrome");

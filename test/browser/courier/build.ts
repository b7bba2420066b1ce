// A test build of the background in a folder of its own: the real one but for the companion and the list of sites.
// Must never write into dist/.
import { cp, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "vite";
import manifests from "../../../manifest.config.ts";

const here = import.meta.dirname;
const root = resolve(here, "../../..");

export async function buildTestExtension(preset: { origin: string; site: string }[]): Promise<string> {
  const out = await mkdtemp(join(tmpdir(), "countersign-courier-"));
  const stands: Record<string, string> = {
    [resolve(root, "extension/background/link/link.ts")]: join(here, "scripted-link.ts"),
    [resolve(root, "extension/sites/index.ts")]: join(here, "echo-site.ts"),
  };
  await build({
    root,
    logLevel: "error",
    configFile: false,
    publicDir: false,
    plugins: [
      {
        name: "stand-ins",
        enforce: "pre",
        resolveId: (source, importer) =>
          importer !== undefined && source.startsWith(".") ? stands[resolve(importer, "..", source)] : undefined,
      },
    ],
    build: {
      outDir: out,
      minify: false,
      target: "es2023",
      lib: { entry: "extension/background/main.ts", formats: ["es"], fileName: () => "background.js" },
    },
  });
  for (const name of ["gate.js", "hold.js"]) await cp(join(here, name), join(out, "page", name));
  // The real build puts a line here that names the site to the page scripts; these do not ask.
  await mkdir(join(out, "page/site"));
  await writeFile(join(out, "page/site/echo.js"), "");
  await cp(join(root, "extension/public/icons"), join(out, "icons"), { recursive: true });
  const page = "<!doctype html><title>Countersign</title>";
  const manifest = JSON.parse(JSON.stringify(await manifests.chrome)) as Record<string, unknown>;
  manifest["background"] = { service_worker: "background.js", type: "module" };
  manifest["host_permissions"] = preset.map(
    ({ origin }) => `${new URL(origin).protocol}//${new URL(origin).hostname}/*`,
  );
  manifest["action"] = { default_title: "Countersign" };
  await writeFile(join(out, "manifest.json"), JSON.stringify(manifest));
  await writeFile(join(out, "preset.json"), JSON.stringify({ code: "none", sites: preset }));
  await writeFile(join(out, "page.html"), page);
  return out;
}

// The floor under a guarded send: the product's own extension with link and hashing replaced at build time, and a companion
// that answers at once. Must never be slower than it has to be: a slow floor would flatter the guard.
import { spawn } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build, type Plugin } from "vite";
import { WebSocket } from "ws";
import { placeExtension } from "../../companion/demo/launch.ts";

const root = resolve(import.meta.dirname, "../..");
const here = (name: string): string => join(import.meta.dirname, name);

const replaced: Plugin = {
  name: "floor",
  enforce: "pre",
  resolveId(source, importer = "") {
    if (source === "./link/link.ts" && importer.endsWith("/background/main.ts")) return here("floor-link.ts");
    const hashes = source.endsWith("/meaning.ts") || source === "./meaning.ts";
    if (hashes && !importer.endsWith("/floor-meaning.ts")) return here("floor-meaning.ts");
    return null;
  },
};

export interface Floor {
  readonly extension: string;
  /** How many sends its companion was asked about. */
  proposed(): Promise<number>;
  stop(): Promise<void>;
}

async function startFloorCompanion(folder: string): Promise<{ port: string; stop(): Promise<void> }> {
  await build({
    root,
    configFile: false,
    logLevel: "error",
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: here("floor-companion.ts"),
      outDir: folder,
      emptyOutDir: false,
      target: "node20",
      rollupOptions: { output: { entryFileNames: "floor-companion.mjs" } },
    },
  });
  const child = spawn(process.execPath, [join(folder, "floor-companion.mjs")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = new Promise<void>((done) => child.once("exit", () => done()));
  const port = await new Promise<string>((done) =>
    child.stdout.once("data", (data: Buffer) => done(String(data).trim())),
  );
  return {
    port,
    async stop() {
      child.kill();
      await gone;
    },
  };
}

/** The built extension with another background, set to the floor's companion and allowed to reach `origin`. */
export async function startFloor(origin: string): Promise<Floor> {
  const folder = await mkdtemp(join(tmpdir(), "countersign-floor-"));
  const bare = join(folder, "built");
  await cp(join(root, "dist/chrome"), bare, { recursive: true });
  await build({
    root,
    configFile: false,
    logLevel: "error",
    publicDir: false,
    plugins: [replaced],
    build: {
      outDir: join(bare, "assets"),
      emptyOutDir: false,
      minify: false,
      target: "es2023",
      lib: { entry: "extension/background/main.ts", formats: ["es"], fileName: () => "floor.js" },
    },
  });
  await writeFile(join(bare, "service-worker-loader.js"), 'import "./assets/floor.js";\n');
  const companion = await startFloorCompanion(folder);
  const extension = join(folder, "extension");
  await placeExtension(bare, extension, { code: companion.port, sites: [{ origin, site: "playground" }] });
  return {
    extension,
    proposed: () =>
      new Promise((done, failed) => {
        const socket = new WebSocket(`ws://127.0.0.1:${companion.port}/`);
        socket.once("error", failed);
        socket.once("open", () => socket.send(JSON.stringify({ type: "count", n: 0 })));
        socket.once("message", (data: Buffer) => {
          done((JSON.parse(String(data)) as { proposed: number }).proposed);
          socket.terminate();
        });
      }),
    async stop() {
      await companion.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

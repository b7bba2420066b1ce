// Opens a browser in a profile of its own with the extension in place, and ends it with the companion.
// Must never touch the person's own browser profile, and never switch remote debugging on.
import { spawn, type ChildProcess } from "node:child_process";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FoundBrowser } from "./browsers.ts";

export interface Preset {
  /** One-time pairing code. */
  readonly code: string;
  readonly sites: readonly { readonly origin: string; readonly site: string }[];
  /** The page to be shown once the sites are guarded. */
  readonly open?: string;
}

/**
 * Copy the built extension to `to` for this machine only: it may reach the playground without being asked, and finds
 * the pairing code in a file of its own package, where no page and no other extension can put one.
 */
export async function placeExtension(built: string, to: string, preset: Preset): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true, mode: 0o700 });
  await cp(built, to, { recursive: true });
  const file = join(to, "manifest.json");
  const manifest: unknown = JSON.parse(await readFile(file, "utf8"));
  const hosts = preset.sites.map((site) => `${new URL(site.origin).protocol}//${new URL(site.origin).hostname}/*`);
  await writeFile(file, JSON.stringify({ ...(manifest as object), host_permissions: hosts }, null, 2));
  await writeFile(join(to, "preset.json"), JSON.stringify(preset), { mode: 0o600 });
}

/** Another code in a folder that stands already: the one it was placed with may be too old by the time it is loaded. */
export async function renewCode(folder: string, code: string): Promise<void> {
  const file = join(folder, "preset.json");
  const preset = JSON.parse(await readFile(file, "utf8")) as Preset;
  await writeFile(file, JSON.stringify({ ...preset, code }), { mode: 0o600 });
}

/** Whether this session can show a window. */
export function hasDisplay(): boolean {
  return process.platform !== "linux" || Boolean(process.env["DISPLAY"] ?? process.env["WAYLAND_DISPLAY"]);
}

export interface Launched {
  readonly process: ChildProcess;
  /** Resolves when the browser has gone. */
  readonly closed: Promise<void>;
  stop(): Promise<void>;
}

export function launchBrowser(
  browser: FoundBrowser,
  options: { profile: string; extension: string; url: string; headless: boolean },
): Launched {
  const flags = [
    `--user-data-dir=${options.profile}`,
    `--load-extension=${options.extension}`,
    `--disable-extensions-except=${options.extension}`,
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    ...(options.headless ? ["--headless=new", "--disable-gpu"] : []),
    // Chromium refuses to start its sandbox as root; a root session is a test machine or a container.
    ...(process.getuid?.() === 0 ? ["--no-sandbox", "--disable-gpu"] : []),
    options.url,
  ];
  const child = spawn(browser.path, flags, { stdio: "ignore", detached: process.platform !== "win32" });
  const closed = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const end = (signal: NodeJS.Signals) => {
    try {
      // Its own process group: renderers and helpers of exactly this browser go with it.
      if (child.pid !== undefined) process.kill(process.platform === "win32" ? child.pid : -child.pid, signal);
    } catch {
      // Already gone.
    }
  };
  return {
    process: child,
    closed,
    async stop() {
      end("SIGTERM");
      const late = setTimeout(() => end("SIGKILL"), 3_000);
      await closed;
      clearTimeout(late);
      end("SIGKILL");
    },
  };
}

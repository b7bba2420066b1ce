// Starts real Chromium for the tests the way a person or an agent's client would: as a plain process, with or without a
// debugging port. Must never reuse a profile or leave a process behind.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const CHROMIUM =
  process.env["COUNTERSIGN_CHROMIUM"] ??
  ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path)) ??
  "chromium";

export interface RunningChromium {
  readonly pid: number;
  readonly profile: string;
  /** http://127.0.0.1:PORT, or "" without remote debugging. */
  readonly cdp: string;
  kill(signal: NodeJS.Signals): Promise<void>;
  stop(): Promise<void>;
}

export interface ChromiumOptions {
  readonly extensions?: readonly string[];
  /** Remote debugging on a free port: what Playwright and MCP clients attach to. */
  readonly debugging?: boolean;
  readonly headless?: boolean;
  readonly display?: string;
  readonly url?: string;
  readonly profile?: string;
  readonly flags?: readonly string[];
}

export async function startChromium(options: ChromiumOptions = {}): Promise<RunningChromium> {
  const profile = options.profile ?? (await mkdtemp(join(tmpdir(), "countersign-chromium-")));
  const loaded = (options.extensions ?? []).join(",");
  const portFile = join(profile, "DevToolsActivePort");
  await rm(portFile, { force: true });
  const args = [
    `--user-data-dir=${profile}`,
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--password-store=basic",
    // On a screen the flag would give every window this size, the small ones too.
    ...(options.headless === false ? [] : ["--window-size=1200,900"]),
    ...(loaded === "" ? [] : [`--load-extension=${loaded}`, `--disable-extensions-except=${loaded}`]),
    ...(options.debugging === true ? ["--remote-debugging-port=0"] : []),
    ...(options.headless === false ? [] : ["--headless=new"]),
    ...(options.flags ?? []),
    options.url ?? "about:blank",
  ];
  const child = spawn(CHROMIUM, args, {
    stdio: "ignore",
    detached: true,
    env: { ...process.env, ...(options.display === undefined ? {} : { DISPLAY: options.display }) },
  });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const signal = (name: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // Already gone.
    }
  };
  let cdp = "";
  for (const end = Date.now() + 20_000; options.debugging === true && cdp === "";) {
    const port = existsSync(portFile) ? (readFileSync(portFile, "utf8").split("\n")[0] ?? "") : "";
    if (port !== "") cdp = `http://127.0.0.1:${port}`;
    else if (Date.now() > end) throw new Error("Chromium opened no debugging port");
    else await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    pid: child.pid ?? 0,
    profile,
    cdp,
    kill: async (name) => {
      signal(name);
      await gone;
    },
    stop: async () => {
      signal("SIGTERM");
      const late = setTimeout(() => signal("SIGKILL"), 2_000);
      await gone;
      clearTimeout(late);
      signal("SIGKILL");
      if (options.profile === undefined)
        await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

// One browser with the test extension and one server: what every hold test stands on.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type Page, type Worker } from "playwright-core";
import { CHROMIUM } from "../chromium.ts";
import { buildHoldExtension } from "../hold-extension/build.ts";
import type { Heard, Mode } from "../hold-extension/courier.ts";
import { startHoldServer, type HoldServer } from "./server.ts";

interface CourierOfWorker {
  mode: Mode;
  heard: Heard[];
  release(mode: Mode): Promise<void>;
  waiting(): number;
  hangUp(): void;
}
declare const courier: CourierOfWorker;
declare const ready: boolean | undefined;

export interface HoldBench {
  readonly server: HoldServer;
  readonly context: BrowserContext;
  readonly worker: Worker;
  /** http://hold.localhost:PORT (guarded) and the same server under a name nobody guards. */
  readonly guarded: string;
  readonly free: string;
  open(url: string): Promise<Page>;
  mode(mode: Mode): Promise<void>;
  release(mode: Mode): Promise<void>;
  waiting(): Promise<number>;
  /** Waits until the courier holds so many requests. */
  untilWaiting(count: number): Promise<void>;
  hangUp(): Promise<void>;
  /** Takes what the courier heard since the last call. */
  heard(): Promise<Heard[]>;
  stop(): Promise<void>;
}

export async function startHoldBench(): Promise<HoldBench> {
  const extension = await buildHoldExtension();
  const profile = await mkdtemp(join(tmpdir(), "countersign-hold-profile-"));
  const server = await startHoldServer();
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: true,
    ignoreDefaultArgs: ["--disable-extensions"],
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      `--load-extension=${extension}`,
      `--disable-extensions-except=${extension}`,
    ],
  });
  context.setDefaultTimeout(20_000);
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  while (!(await worker.evaluate(() => typeof ready !== "undefined"))) await new Promise((go) => setTimeout(go, 50));
  const waiting = (): Promise<number> => worker.evaluate(() => courier.waiting());
  return {
    server,
    context,
    worker,
    guarded: `http://hold.localhost:${server.port}`,
    free: `http://free.localhost:${server.port}`,
    open: async (url) => {
      const page = await context.newPage();
      await page.goto(url);
      return page;
    },
    mode: (mode) => worker.evaluate((to) => void (courier.mode = to), mode),
    release: (mode) => worker.evaluate((to) => courier.release(to), mode),
    waiting,
    untilWaiting: async (count) => {
      while ((await waiting()) !== count) await new Promise((go) => setTimeout(go, 20));
    },
    hangUp: () => worker.evaluate(() => courier.hangUp()),
    heard: () => worker.evaluate(() => courier.heard.splice(0)),
    stop: async () => {
      await context.close();
      await server.stop();
      for (const folder of [extension, profile]) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

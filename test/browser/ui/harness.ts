// Builds the pages as they ship, serves them under the manifest's own content policy and stands in for the browser's API.
// Must never replace a module of the pages: only `browser` is made up.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { build } from "vite";
import type { StoredRow } from "../../../extension/history-store.ts";
import type { GuardState, UiRequest } from "../../../extension/messages.ts";
import manifests from "../../../manifest.config.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".woff2": "font/woff2",
};

export interface Fake {
  readonly calls: UiRequest[];
  push(state: GuardState): void;
  /** Reply to requests of a name from now on. */
  replies: Record<string, unknown>;
  permissions: string[];
}
declare global {
  interface Window {
    fake: Fake;
    /** On the seeding page. */
    seed: (rows: StoredRow[]) => Promise<void>;
  }
}

/** Runs in the page before anything of ours: `browser` with what the pages use of it. */
function standIn(given: { state: GuardState | null; windowed: boolean; replies: Record<string, unknown> }): void {
  const hears: ((state: GuardState) => void)[] = [];
  let last = given.state;
  const fake: Fake = {
    calls: [],
    replies: given.replies,
    permissions: [],
    push(state) {
      last = state;
      for (const hear of hears) hear(state);
    },
  };
  const event = { addListener() {} };
  const browser = {
    runtime: {
      id: "fake",
      getURL: (path: string) => `chrome-extension://fake/${path}`,
      getManifest: () => ({ version: "0.1.0" }),
      connect: () => ({
        onMessage: {
          addListener(hear: (state: GuardState) => void) {
            hears.push(hear);
            if (last) setTimeout(() => last && hear(last), 0);
          },
        },
        onDisconnect: event,
        disconnect() {},
      }),
      async sendMessage(request: UiRequest) {
        fake.calls.push(request);
        return fake.replies[request.name] ?? { ok: true, value: null };
      },
    },
    permissions: {
      async request({ origins }: { origins: string[] }) {
        fake.permissions.push(...origins);
        return fake.replies["permission"] !== false;
      },
      async contains() {
        return true;
      },
    },
    tabs: { getCurrent: async () => (given.windowed ? { id: 1 } : undefined) },
    windows: { getCurrent: async () => ({ type: given.windowed ? "popup" : "normal" }) },
  };
  Object.assign(window, { fake, browser, chrome: { runtime: { id: "fake" } } });
}

export interface Pages {
  readonly browser: Browser;
  /** Opens a page of the extension with the guard in a given state. */
  open(
    page: "approve" | "welcome" | "history",
    state: GuardState | null,
    options?: BrowserContextOptions & {
      windowed?: boolean;
      replies?: Record<string, unknown>;
      rows?: StoredRow[];
    },
  ): Promise<Page>;
  close(): Promise<void>;
}

export async function openPages(): Promise<Pages> {
  const outDir = await mkdtemp(join(tmpdir(), "countersign-ui-"));
  const root = join(import.meta.dirname, "../../..");
  const page = (name: string) => join(root, `extension/ui/${name}/index.html`);
  await build({
    root,
    logLevel: "error",
    configFile: false,
    publicDir: false,
    build: {
      outDir,
      emptyOutDir: true,
      minify: false,
      target: "es2023",
      modulePreload: false,
      rollupOptions: {
        input: {
          approve: page("approve"),
          welcome: page("welcome"),
          history: page("history"),
          seed: join(import.meta.dirname, "seed.html"),
        },
      },
    },
  });
  const { content_security_policy: policy } = manifests.chrome as {
    content_security_policy: { extension_pages: string };
  };
  const csp = policy.extension_pages;
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://ui.localhost").pathname);
    const send = async () => {
      const body = await readFile(join(outDir, path));
      response.writeHead(200, {
        "content-type": TYPES[extname(path)] ?? "application/octet-stream",
        "content-security-policy": csp,
      });
      response.end(body);
    };
    send().catch(() => response.writeHead(404).end());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const browser = await chromium.launch({
    executablePath: process.env["COUNTERSIGN_CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const base = `http://ui.localhost:${port}`;
  return {
    browser,
    async open(name, state, options = {}) {
      const { windowed = false, replies = {}, rows, ...rest } = options;
      const context = await browser.newContext({ viewport: { width: 380, height: 600 }, ...rest });
      const opened = await context.newPage();
      await opened.addInitScript(standIn, { state, windowed, replies });
      if (rows) {
        await opened.goto(`${base}/test/browser/ui/seed.html`);
        await opened.waitForFunction(() => "seed" in window);
        await opened.evaluate((given) => window.seed(given), rows);
      }
      await opened.goto(`${base}/extension/ui/${name}/index.html`);
      await opened.evaluate(async () => document.fonts.ready);
      return opened;
    },
    async close() {
      await browser.close();
      await new Promise((done) => server.close(done));
      await rm(outDir, { recursive: true, force: true });
    },
  };
}

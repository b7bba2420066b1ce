// What a hostile page tries on the wall, a passage, the cookie fence and the courier's one sending, in real Chromium.
// Each attack is first seen to work on an address nobody guards.
import { rm } from "node:fs/promises";
import { chromium, type BrowserContext, type Page, type Worker } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildTestExtension } from "./courier/build.ts";
import { startDropping, type Dropping } from "./courier/dropping.ts";
import { startEcho, type Echo } from "./courier/echo.ts";
import type { Browser } from "webextension-polyfill";
import { CHROMIUM } from "./chromium.ts";

declare const chrome: Browser;

let echo: Echo;
let dropping: Dropping;
let folder: string;
let context: BrowserContext;
let worker: Worker;
let page: Page;
let guarded: string;
let free: string;
let frail: string;
let freeFrail: string;

const held = (request: Parameters<typeof globalThis.held>[0]) =>
  page.evaluate((each) => globalThis.held(each), request);
const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
  for (const end = Date.now() + 15_000; !(await holds()); await new Promise((go) => setTimeout(go, 25))) {
    if (Date.now() > end) throw new Error("It did not come to pass in 15 s.");
  }
};
/** An address of the guarded site that leads on to one nobody guards. */
const leadingTo = (word: string): string => `/read?code=302&to=${encodeURIComponent(`${free}/${word}`)}`;
const open = async (url: string): Promise<void> => {
  await page.goto(url);
  await until(() => page.evaluate(() => typeof globalThis.held === "function"));
};

beforeAll(async () => {
  echo = await startEcho();
  dropping = await startDropping();
  guarded = `http://echo.localhost:${echo.port}`;
  free = `http://free.localhost:${echo.port}`;
  frail = `http://frail.localhost:${dropping.port}`;
  freeFrail = `http://free.localhost:${dropping.port}`;
  folder = await buildTestExtension([
    { origin: guarded, site: "echo" },
    { origin: frail, site: "echo" },
  ]);
  context = await chromium.launchPersistentContext("", {
    executablePath: CHROMIUM,
    headless: true,
    args: [
      `--load-extension=${folder}`,
      `--disable-extensions-except=${folder}`,
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-sync",
    ],
  });
  worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  await until(() => worker.evaluate(async () => (await chrome.scripting.getRegisteredContentScripts()).length === 4));
  page = await context.newPage();
});
afterAll(async () => {
  await context.close();
  await echo.stop();
  await dropping.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await worker.evaluate(() => void (globalThis.script.verdict = "allow"));
  await open(`${guarded}/page`);
  echo.arrived.length = 0;
  dropping.arrived.length = 0;
});

/** Six requests at once, so that as many connections are kept. */
const warm = (origin: string): Promise<void> =>
  page.evaluate(async (to) => {
    await Promise.all([1, 2, 3, 4, 5, 6].map((n) => fetch(`${to}/slow${n}`).then((answer) => answer.text())));
  }, origin);
const posts = (word: string): string[] =>
  dropping.arrived.filter((each) => each.startsWith("POST") && each.includes(word));

describe("a guarded address", () => {
  it("is not reached by OPTIONS, for which many servers do what GET does", async () => {
    const options = (url: string): Promise<string> =>
      page.evaluate((to) => fetch(to, { method: "OPTIONS" }).then(String, String), url);
    await page.goto(`${free}/page`);
    await options(`${free}/guarded?options`);
    expect(echo.with("?options")).toHaveLength(1);
    await open(`${guarded}/page`);
    expect(await options(`${guarded}/guarded?options`)).toContain("Failed to fetch");
    expect(echo.with("?options")).toHaveLength(1);
  });

  it("is not written to under its name with a dot behind it", async () => {
    const write = (host: string, word: string): Promise<string> =>
      page.evaluate(
        (to) => fetch(to, { method: "POST", body: "x" }).then(String, String),
        `http://${host}:${echo.port}/write?${word}`,
      );
    await page.goto(`http://free.localhost.:${echo.port}/page`);
    await write("free.localhost.", "dot-free");
    expect(echo.with("dot-free")).toHaveLength(1);
    await page.goto(`http://echo.localhost.:${echo.port}/page`);
    expect(await write("echo.localhost.", "dot-guarded")).toContain("Failed to fetch");
    expect(echo.with("dot-guarded")).toEqual([]);
  });
});

describe("what a site's description looks up", () => {
  it("comes from the server each time, not from an answer the browser has kept", async () => {
    for (const n of [1, 2]) await held({ url: `/draft?look=/kept&n=${n}`, body: "x" });
    expect(echo.arrived.filter(({ url }) => url === "/kept")).toHaveLength(2);
    const texts = await worker.evaluate(() =>
      globalThis.script.asked.flatMap((each) =>
        each.type === "propose" && each.action.meaning.title.includes("look=") ? [each.action.meaning.text] : [],
      ),
    );
    expect(texts).toEqual(["answer 1", "answer 2"]);
  });
});

describe("the cookie fence", () => {
  it("gives a site that a read is led on to no cookie of the guarded one", async () => {
    await page.evaluate((url) => fetch(url, { mode: "no-cors" }).then(String, String), leadingTo("led-on"));
    expect(
      echo.arrived.filter(({ url }) => url === "/led-on").map(({ host, headers }) => [host, headers["cookie"]]),
    ).toEqual([[new URL(free).host, undefined]]);
  });
});

describe("a passage", () => {
  it("carries no cookie that the server would read as a part of the request", async () => {
    const visit = (url: string): Promise<void> =>
      page.evaluate((to) => {
        // Set again and again: what is barred is taken away the moment it is seen.
        const again = setInterval(() => (document.cookie = "_action=purge; path=/"), 1);
        const frame = document.createElement("iframe");
        frame.src = to;
        document.body.append(frame);
        setTimeout(() => clearInterval(again), 1_000);
      }, url);
    await page.goto(`${free}/page`);
    await visit(`${free}/guarded?cookie-free`);
    await until(() => echo.with("cookie-free").length > 0);
    expect(echo.with("cookie-free")[0]?.headers["cookie"]).toContain("_action=");
    await open(`${guarded}/page`);
    const answer = await held({ url: "/guarded?cookie-guarded", method: "GET", kind: "navigate" });
    await visit(answer.url ?? "");
    await until(() => echo.with("cookie-guarded").length > 0);
    for (const { headers } of echo.with("cookie-guarded")) {
      expect(headers["cookie"]).toContain("plain=p");
      expect(headers["cookie"]).not.toContain("_action");
    }
  });

  it("is opened for what may be repeated only: a page can go there many times before it is shut", async () => {
    const answer = await held({ url: "/guarded?many", method: "GET", kind: "navigate" });
    expect(answer.how).toBe("go");
    await page.evaluate((to) => {
      for (let i = 0; i < 8; i++) {
        const frame = document.createElement("iframe");
        frame.src = to;
        document.body.append(frame);
      }
    }, answer.url ?? "");
    await until(() => echo.with("?many").length > 0);
    expect(await held({ url: "/guarded/changing?many", method: "GET", kind: "navigate" })).toMatchObject({
      how: "nothing",
    });
    expect(echo.with("changing")).toEqual([]);
  });
});

describe("a server that drops connections", () => {
  it("gets a write of the courier once, where the browser's own comes again and again", async () => {
    await page.goto(`${freeFrail}/page`);
    await warm(freeFrail);
    await page.evaluate((to) => fetch(to, { method: "POST", body: "x" }).then(String, String), `${freeFrail}/native`);
    expect(posts("native").length).toBeGreaterThan(1);
    await open(`${frail}/page`);
    await warm(frail);
    await held({ url: "/draft?read", method: "GET" });
    await held({ url: "/write?ours-first", body: "x" });
    expect(posts("ours-first")).toHaveLength(1);
    expect(await held({ url: "/write?ours-always", body: "x" })).toMatchObject({ how: "network-error" });
    expect(posts("ours-always")).toHaveLength(1);
  });
});

// What can be wrong between the page, the extension and the companion, in real Chromium: for each case the one sentence an
// agent and a person read, nothing lost, nothing released, and everything works again once it is put right.
import { readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { chromium as playwright, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startPlayground, type Playground } from "../../companion/demo/playground-server.ts";
import { BREAKERS } from "./breakers.ts";
import { startChromium, type RunningChromium } from "./chromium.ts";
import { until, type Driver } from "./drivers/driver.ts";
import { playwrightDriver } from "./drivers/playwright.ts";
import { pairedExtension, startCompanion, startGuarded, untilConnected, type GuardedBrowser } from "./guarded.ts";
import { poll } from "./poll.ts";

let playground: Playground;
let guarded: GuardedBrowser;
let driver: Driver;
let port = 0;

beforeAll(async () => {
  playground = await startPlayground(0, () => true);
  guarded = await startGuarded([{ origin: playground.origin, site: "playground" }]);
  driver = await playwrightDriver(guarded.chromium.cdp);
  port = Number(/127\.0\.0\.1:(\d+)/.exec(guarded.companion.output())?.[1]);
});
afterAll(async () => {
  await driver.close();
  await guarded.stop();
  await playground.stop();
});

interface Told {
  readonly status: number;
  readonly say: string;
}
/** A write of the page, and what it is told. */
const write = (where = driver, path = "draft", more = ""): Promise<Told> =>
  where.evaluate<Told>(`fetch("/api/${path}", {
    method: "POST",
    body: JSON.stringify({ to: ["maria@northgate.example"], subject: "Hello", text: "Hello"${more} }),
  }).then(async (r) => ({ status: r.status, say: (await r.json()).say ?? "" }), () => ({ status: 0, say: "network error" }))`);

async function untilItWorks(): Promise<void> {
  await poll("a draft goes through again", async () => (await write()).status === 200, 20_000);
}

describe("the companion", () => {
  beforeEach(async () => {
    await driver.goto(playground.origin);
    await untilItWorks();
  });

  it("does not run: the write is refused with what to do, and works again when it does, without reloading anything", async () => {
    const before = playground.effects.length;
    await guarded.companion.kill("SIGKILL");
    const sentence =
      "Countersign's companion is not running. Start it with `countersign start`, then try again. Nothing was sent.";
    await poll("the sentence is said", async () => (await write()).say === sentence);
    expect(playground.effects).toHaveLength(before);
    const again = await startCompanion({ home: guarded.companion.home });
    Object.assign(guarded.companion, again);
    await untilItWorks();
  });

  it("is not what answers on its port: refused as another program, and works again when it is gone", async () => {
    const before = playground.effects.length;
    await guarded.companion.kill("SIGKILL");
    const other = await new Promise<Server>((done) => {
      const server = createServer((_, response) => response.end("hello")).listen(port, "127.0.0.1", () => done(server));
    });
    const sentence = `Another program answers on the companion's port ${port}. Stop it, start the companion, then try again. Nothing was sent.`;
    await poll("the sentence is said", async () => (await write()).say === sentence, 20_000);
    expect(playground.effects).toHaveLength(before);
    await expect(startCompanion({ home: guarded.companion.home })).rejects.toThrow(
      `Port ${port} is taken by another program`,
    );
    other.closeAllConnections();
    await new Promise((done) => other.close(done));
    const again = await startCompanion({ home: guarded.companion.home });
    Object.assign(guarded.companion, again);
    await untilItWorks();
  });
});

describe("an extension", () => {
  it("of another build than the companion is connected to nothing, and says which two builds there are", async () => {
    const companion = await startCompanion();
    const extension = await pairedExtension(companion, [{ origin: playground.origin, site: "playground" }]);
    const file = join(extension, "manifest.json");
    await writeFile(file, (await readFile(file, "utf8")).replace(/"version": "[^"]+"/, '"version": "0.0.9"'));
    const other = await startChromium({ debugging: true, extensions: [extension] });
    const page = await playwrightDriver(other.cdp);
    try {
      const sentence =
        "The companion is build 0.1.0 and the extension is build 0.0.9. Install both from the same build, then try again. Nothing was sent.";
      // Loaded anew each time: a page from before the site was switched on has no scripts of ours.
      const said = async (): Promise<boolean> => {
        await page.goto(playground.origin);
        return (await write(page)).say === sentence;
      };
      await poll("the sentence is said", said);
      const before = playground.effects.length;
      for (const path of ["draft", "send"]) expect((await write(page, path)).status).toBe(409);
      expect(playground.effects).toHaveLength(before);
    } finally {
      await page.close();
      await other.stop();
      await companion.kill();
      for (const folder of [extension, companion.home]) await rm(folder, { recursive: true, force: true });
    }
  });
});

describe("a code", () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    browser = await playwright.connectOverCDP(guarded.chromium.cdp);
    const context = browser.contexts()[0];
    if (!context) throw new Error("The browser has no context.");
    const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
    page = await context.newPage();
    await page.goto(`chrome-extension://${new URL(worker.url()).hostname}/extension/ui/welcome/index.html`);
  });
  afterAll(async () => {
    await page.close();
    await browser.close();
  });
  /** As the welcome page itself asks. */
  const pair = (code: string): Promise<{ ok: boolean; say?: string }> =>
    page.evaluate(`chrome.runtime.sendMessage({ name: "pair", code: ${JSON.stringify(code)} })`);

  it("that is wrong, mistyped, replaced or used is refused with one sentence, and the old pairing stays", async () => {
    expect(await pair("not a code at all")).toEqual({ ok: false, say: expect.stringMatching(/^[A-Z].*\.$/) });
    const first = await guarded.companion.pairingCode();
    const flipped = first.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    expect(await pair(flipped)).toEqual({ ok: false, say: expect.stringMatching(/mistyped/) });
    const old = `The program on port ${port} did not take this code: it is old, used or replaced. Run \`countersign pair\` for a new one.`;
    const second = await guarded.companion.pairingCode();
    expect(await pair(first)).toEqual({ ok: false, say: old });
    await untilItWorks();
    expect(await pair(second)).toMatchObject({ ok: true });
    expect(await pair(second)).toEqual({ ok: false, say: old });
    await untilItWorks();
  });

  it("pasted while no companion runs says so", async () => {
    const code = await guarded.companion.pairingCode();
    await guarded.companion.kill("SIGKILL");
    expect(await pair(code)).toEqual({
      ok: false,
      say: `Nothing answers on port ${port}; start the companion with \`countersign start\`, then \`countersign pair\`.`,
    });
    Object.assign(guarded.companion, await startCompanion({ home: guarded.companion.home }));
    await untilConnected(guarded.companion);
    await untilItWorks();
  });
});

describe("a page that breaks the hold", () => {
  const sent = () => playground.effects.filter((line) => line.startsWith("sent ")).length;
  const done = "window.broken === true";
  let plain: RunningChromium;
  let free: Driver;
  beforeAll(async () => {
    plain = await startChromium({ debugging: true });
    free = await playwrightDriver(plain.cdp);
  });
  afterAll(async () => {
    await free.close();
    await plain.stop();
  });

  it.each(BREAKERS)(
    "$name: unguarded it sends, guarded nothing leaves, and the next page works",
    async ({ attack }) => {
      const unguarded = sent();
      await free.goto(playground.origin);
      await free.evaluate(attack);
      await poll("the attack works where nothing guards", () => sent() > unguarded);
      const before = sent();
      await driver.goto(playground.origin);
      await driver.evaluate(attack);
      await until(driver, done, "the page has tried");
      // Whatever reached the companion is a question by now; a person says no to all.
      await new Promise((tick) => setTimeout(tick, 700));
      expect(sent()).toBe(before);
      for (const question of await guarded.companion.questions()) await guarded.companion.answer(question, "refuse");
      await driver.goto(playground.origin);
      await untilItWorks();
      expect(sent()).toBe(before);
    },
  );
});

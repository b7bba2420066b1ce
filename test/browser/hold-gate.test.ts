// The gate in a real page: gestures are told before the requests they cause, notices can be read by a person and an agent.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import type { Notice } from "../../extension/page/bridge.ts";
import { startHoldBench, type HoldBench } from "./hold/bench.ts";

let bench: HoldBench;
let page: Page;

beforeAll(async () => {
  bench = await startHoldBench();
  bench.server.page("/page", "<!doctype html><title>page</title><p>the page's own words");
  bench.server.page(
    "/controls",
    "<!doctype html><title>page</title><button id=send>Send</button><ul id=list><li>row</ul>",
  );
  page = await bench.open(`${bench.guarded}/page`);
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await page.goto(`${bench.guarded}/page`);
  await bench.heard();
  bench.server.take();
});

describe("the gate", () => {
  it("tells a gesture on a named control before the request it causes", async () => {
    await page.goto(`${bench.guarded}/controls`);
    await page.evaluate(() => {
      document.querySelector("#send")?.addEventListener("click", () => void fetch("/x/send", { method: "POST" }));
    });
    await bench.heard();
    await page.locator("#send").click();
    await expect.poll(async () => bench.server.take().length).toBe(1);
    await page.evaluate(() => document.querySelector<HTMLElement>("#send")?.click());
    await expect.poll(async () => bench.server.take().length).toBe(1);
    await page.keyboard.press("Delete");
    await page.locator("#list").click();
    const said: unknown[] = [];
    const collect = async (): Promise<number> => {
      for (const { message } of await bench.heard())
        said.push(
          message.type === "gesture" ? [message.event, message.verb, message.trusted, message.facts[0]] : message.type,
        );
      return said.length;
    };
    await expect.poll(collect).toBe(5);
    expect(said).toEqual([
      ["click", "mail.send", true, "made by the browser"],
      "request",
      ["click", "mail.send", false, "made by a script"],
      "request",
      ["key", "mail.delete", true, "made by the browser"],
    ]);
  });

  it("shows notices a person and an agent can read, and puts them back when the page removes them", async () => {
    const words = "Held: a mail to bob@acme.example waits for a yes. Do not send it again.";
    const notice: Notice = { type: "notice", key: "k", tone: "held", words: `<b>${words}`, seconds: 0 };
    const show = (one: Notice): Promise<void> =>
      bench.worker.evaluate(
        (sent) => (Reflect.get(globalThis, "courier") as { notify(n: Notice): Promise<void> }).notify(sent),
        one,
      );
    await page.bringToFront();
    await show(notice);
    const card = page.locator("countersign-notice");
    await card.waitFor();
    expect(await card.textContent()).toBe(`<b>${words}`);
    expect(await card.getAttribute("role")).toBe("status");
    expect(await card.getAttribute("aria-label")).toMatch(/^Countersign extension: held[.] Unauthenticated/);
    expect(await card.evaluate((host) => host.shadowRoot)).toBeNull();
    const tree = await page.locator("body").evaluate(() => document.documentElement.innerText);
    expect(tree).toContain(words);
    await page.evaluate(() => document.querySelector("countersign-notices")?.remove());
    await expect.poll(() => card.count()).toBe(1);
    await show({ ...notice, tone: "refused", words: "Not sent." });
    await expect.poll(() => card.textContent()).toBe("Not sent.");
    await show({ ...notice, key: "other", tone: "released", words: "Sent." });
    await expect.poll(() => card.count()).toBe(2);
    await page.evaluate(() => {
      for (let i = 0; i < 20; i++) document.querySelector("countersign-notices")?.remove();
    });
    expect(await page.evaluate(async () => (await fetch("/x/echo", { method: "POST" })).status)).toBe(200);
  });
});

// The real Roundcube behind the hold, with a courier that judges nothing: each action happens once when it is sent,
// and not at all when it is refused, with the page still usable.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import { startMailStack, type MailStack } from "../servers/stack.ts";
import type { Driver } from "./drivers/driver.ts";
import { startHoldBench, type HoldBench } from "./hold/bench.ts";
import { ACTIONS, signIn } from "./roundcube-actions.ts";

let bench: HoldBench;
let stack: MailStack;
let page: Page;
let driver: Driver;
let base: string;

beforeAll(async () => {
  [bench, stack] = await Promise.all([startHoldBench(), startMailStack()]);
  base = stack.roundcubeUrl.replace("roundcube.localhost", "hold.localhost");
  page = await bench.context.newPage();
  page.on("dialog", (dialog) => void dialog.accept());
  driver = {
    name: "a click in the held page",
    goto: async (url) => void (await page.goto(url, { waitUntil: "load" })),
    evaluate: <T>(expression: string) => page.evaluate<T>(expression),
    click: async (control) => {
      const root = control.frame === undefined ? page : page.frameLocator(control.frame);
      await root.locator(control.selector).locator("visible=true").first().click({ noWaitAfter: true });
    },
    close: () => page.close(),
  };
  await signIn(driver, base);
});
afterAll(async () => {
  await bench?.stop();
  await stack?.stop();
});
beforeEach(async () => {
  await bench.mode("send");
  await stack.reset();
  stack.sink.clear();
});

describe.each(ACTIONS)("$name", (action) => {
  it("is held, happens once when sent, and opens no other tab", async () => {
    await action.prepare(driver, base, stack);
    const tabs = bench.context.pages().length;
    await bench.heard();
    await driver.click(action.control);
    await expect.poll(() => action.effect(stack), { timeout: 15_000, interval: 100 }).toBe(1);
    const kinds = (await bench.heard()).map(({ message }) => message.type);
    expect(kinds).toContain("request");
    expect(bench.context.pages().length).toBe(tabs);
  });

  it("does not happen when refused, and the page stays usable", async () => {
    await action.prepare(driver, base, stack);
    await bench.heard();
    await bench.mode(action.name === "filter" ? "nothing" : "refuse");
    await driver.click(action.control);
    const asked: string[] = [];
    await expect
      .poll(async () => asked.push(...(await bench.heard()).map(({ message }) => message.type)) && asked.join())
      .toContain("request");
    await page.waitForTimeout(300);
    expect(await action.effect(stack)).toBe(0);
    if (action.name !== "filter") expect(await driver.evaluate<boolean>(`Boolean(${action.kept})`)).toBe(true);
  });
});

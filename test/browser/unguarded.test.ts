// The other half of every guarded test: without Countersign each agent's action really happens, once. Each agent and each
// action stands here once; `npm run journeys` walks all pairs of them unguarded too, and JOURNEYS_SEED draws other pairs.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startMailStack, type MailStack } from "../servers/stack.ts";
import { startChromium, type RunningChromium } from "./chromium.ts";
import { agentExtension, type AgentExtension } from "./drivers/debugger-extension.ts";
import { devtoolsMcpDriver } from "./drivers/devtools-mcp.ts";
import type { Driver } from "./drivers/driver.ts";
import { playwrightMcpDriver } from "./drivers/playwright-mcp.ts";
import { pageScriptDriver, playwrightDriver } from "./drivers/playwright.ts";
import { ACTIONS, signIn } from "./roundcube-actions.ts";

let stack: MailStack;
let chromium: RunningChromium;
let plain: RunningChromium;
let agent: AgentExtension;

beforeAll(async () => {
  agent = await agentExtension();
  [stack, chromium, plain] = await Promise.all([
    startMailStack(),
    startChromium({ debugging: true }),
    startChromium({ extensions: [agent.folder] }),
  ]);
});
afterAll(async () => {
  agent.stop();
  await Promise.all([chromium.stop(), plain.stop(), stack.stop()]);
});

const DRIVERS: readonly [string, () => Promise<Driver>][] = [
  ["page script", () => pageScriptDriver(chromium.cdp)],
  ["Playwright over CDP", () => playwrightDriver(chromium.cdp)],
  ["Playwright MCP", () => playwrightMcpDriver(chromium.cdp)],
  ["chrome-devtools-mcp", () => devtoolsMcpDriver(chromium.cdp)],
  ["extension with chrome.debugger", () => agent.driver()],
];

const SHIFT = Number(process.env["JOURNEYS_SEED"] ?? 0);
const PAIRED = DRIVERS.map(
  ([name, open], at) => [name, open, ACTIONS.filter((_, verb) => verb === (at + SHIFT) % ACTIONS.length)] as const,
);

describe.each(PAIRED)("%s, nothing guarded", (_name, open, actions) => {
  let driver: Driver;
  beforeAll(async () => {
    driver = await open();
    await signIn(driver, stack.roundcubeUrl);
  });
  afterAll(() => driver.close());

  it.each(actions)("$name happens once", async (action) => {
    await stack.reset();
    stack.sink.clear();
    await action.prepare(driver, stack.roundcubeUrl, stack);
    expect(await action.effect(stack)).toBe(0);
    await driver.click(action.control);
    await expect.poll(() => action.effect(stack), { timeout: 15_000, interval: 100 }).toBe(1);
  });
});

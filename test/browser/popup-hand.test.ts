// Who can press the popup's Send: a hand at the mouse, in the window that comes up by itself, and nobody else. An extension
// with chrome.debugger cannot reach it; in a browser under remote debugging every button is pressed and nothing leaves.
// Must never reach into the browser of the hand: it is seen and moved through its display alone.
import { execFile } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { chromium as playwright } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startMailStack, type MailStack } from "../servers/stack.ts";
import { startChromium, type RunningChromium } from "./chromium.ts";
import { agentExtension, type AgentExtension } from "./drivers/debugger-extension.ts";
import { playwrightDriver } from "./drivers/playwright.ts";
import { pairedExtension, startCompanion, startGuarded, untilConnected, type RunningCompanion } from "./guarded.ts";
import { personAt, type Person } from "./person.ts";
import { ACTIONS, signIn, type RoundcubeAction } from "./roundcube-actions.ts";
import { startScreen, type Screen } from "./screen.ts";

/** Fill of the yes once it counts; before that it is an outline. */
const ARMED = [0x1d, 0x3d, 0x52] as const;
const PICTURES = process.env["COUNTERSIGN_PICTURES"];
const APPROVE = "extension/ui/approve/index.html";

type Agent = Awaited<ReturnType<AgentExtension["driver"]>>;
let stack: MailStack;
let companion: RunningCompanion;
let screen: Screen;
let agent: AgentExtension;
let chromium: RunningChromium;
let extension: string;
let person: Person;
let driver: Agent;
let send: RoundcubeAction;

beforeAll(async () => {
  const found = ACTIONS.find(({ name }) => name === "send");
  if (!found) throw new Error("There is no action to send.");
  send = found;
  if (PICTURES !== undefined) await mkdir(PICTURES, { recursive: true });
  [stack, companion, screen, agent] = await Promise.all([
    startMailStack(),
    startCompanion(),
    startScreen(),
    agentExtension(),
  ]);
  person = personAt(screen);
  extension = await pairedExtension(companion, [{ origin: stack.roundcubeUrl, site: "roundcube" }]);
  chromium = await startChromium({
    headless: false,
    display: screen.display,
    extensions: [extension, agent.folder],
    url: stack.directUrl,
  });
  await untilConnected(companion);
  driver = await agent.driver();
  await signIn(driver, stack.roundcubeUrl);
});
afterAll(async () => {
  agent?.stop();
  await chromium?.stop();
  await screen?.stop();
  await companion?.kill();
  await stack?.stop();
  await rm(extension, { recursive: true, force: true });
  await rm(companion.home, { recursive: true, force: true });
});

const picture = (name: string): void => {
  if (PICTURES !== undefined) screen.save(join(PICTURES, `${name}.png`));
};
const waiting = async (): Promise<number> => (await companion.questions()).length;

/** The agent sends; the window comes up by itself, and its yes is armed. Where the two buttons are. */
async function asked(mark: string): Promise<{ yes: readonly [number, number]; no: readonly [number, number] }> {
  await send.prepare(driver, stack.roundcubeUrl, stack, mark);
  stack.sink.clear();
  await driver.click(send.control);
  await person.until("the send is held", async () => (await waiting()) === 1);
  await person.sees(/^Countersign asks/);
  let area = screen.filled(ARMED);
  await person.until("the yes counts", () => (area = screen.filled(ARMED)) !== null);
  if (area === null) throw new Error("The yes is not on the screen.");
  const { left, right, top, bottom } = area;
  const y = Math.round((top + bottom) / 2);
  // Refuse stands left of it and is as wide.
  return { yes: [Math.round((left + right) / 2), y], no: [left - Math.round((right - left) / 2), y] };
}

/** What the window in front says its size is, from the window manager. */
const inTool = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)("xdotool", args, { env: { ...process.env, DISPLAY: screen.display } })).stdout;

it("lets exactly one out at one press of the mouse, in the window that came up by itself", async () => {
  const { yes } = await asked(" Approved.");
  picture("1-asked");
  const [question] = await companion.questions();
  expect([question?.channel, question?.channelWhy]).toEqual(["popup", ""]);
  await person.click(...yes);
  await stack.sink.waitFor(1, 15_000);
  await person.until("the question is answered", async () => (await waiting()) === 0);
  picture("2-approved");
  const answers = await companion.answers();
  expect(answers).toMatchObject([{ state: "approved", channel: "popup" }]);
  expect(stack.sink.count()).toBe(1);
});

it("refuses at one press of the mouse, and nothing leaves", async () => {
  const { no } = await asked(" Refused.");
  await person.click(...no);
  await person.until("the question is answered", async () => (await waiting()) === 0);
  picture("3-refused");
  const answers = await companion.answers();
  expect(answers.at(-1)).toMatchObject({ state: "refused", channel: "popup" });
  expect(stack.sink.count()).toBe(0);
});

it("does not count a press that comes right after the window changed; the next one does", async () => {
  const { yes } = await asked(" Pressed early.");
  const [x, y] = yes.map(String) as [string, string];
  const shell = await inTool("getactivewindow", "getwindowgeometry", "--shell");
  const [width = "", height = ""] = ["WIDTH", "HEIGHT"].map((name) => new RegExp(`${name}=(\\d+)`).exec(shell)?.[1]);
  const change = ["getactivewindow", "windowsize", "%1", String(Number(width) + 4), height];
  await inTool(...change, "sleep", "0.1", "mousemove", x, y, "click", "1");
  await person.until("the yes counts again", () => screen.filled(ARMED) !== null);
  expect(await waiting()).toBe(1);
  expect(stack.sink.count()).toBe(0);
  await inTool("mousemove", x, y, "click", "1");
  await stack.sink.waitFor(1, 15_000);
  expect(stack.sink.count()).toBe(1);
});

it("is out of reach of another extension's debugger, which reaches other tabs", async () => {
  await asked(" Reached for.");
  const attach = (part: string) => driver.order("attack", { name: "attachTo", args: [part] });
  expect(await attach(stack.directUrl)).toBe("attached");
  expect(await attach(APPROVE)).toMatch(/^refused: /);
  expect(await attach("service-worker-loader.js")).toMatch(/^(refused: |no target)/);
  expect(await waiting()).toBe(1);
});

it("takes no yes from a browser under remote debugging, whatever is pressed in it", async () => {
  const guarded = await startGuarded([{ origin: stack.roundcubeUrl, site: "roundcube" }]);
  const browser = await playwright.connectOverCDP(guarded.chromium.cdp);
  const sender = await playwrightDriver(guarded.chromium.cdp);
  try {
    await signIn(sender, stack.roundcubeUrl);
    await send.prepare(sender, stack.roundcubeUrl, stack, " Pressed by a program.");
    stack.sink.clear();
    await sender.click(send.control);
    await person.until("the send is held", async () => (await guarded.companion.questions()).length === 1);
    const [question] = await guarded.companion.questions();
    const context = browser.contexts()[0];
    const worker = context?.serviceWorkers().find((each) => each.url().endsWith("service-worker-loader.js"));
    const page = await context?.newPage();
    if (!question || !page || !worker) throw new Error("The popup cannot be opened.");
    await page.goto(new URL(`/${APPROVE}`, worker.url()).href);
    await page.locator(".answer .btn").first().waitFor();

    const { approvalId, digest } = question;
    const said = await page.evaluate(
      (message) =>
        (
          globalThis as unknown as { chrome: { runtime: { sendMessage(m: unknown): Promise<unknown> } } }
        ).chrome.runtime.sendMessage(message),
      { name: "answer", approvalId, answer: "approve", digest },
    );
    expect(said).toMatchObject({ ok: false });
    const buttons = page.locator("button:visible");
    const names = await buttons.allInnerTexts();
    for (const [at, name] of names.entries())
      if (!name.startsWith("Refuse")) await buttons.nth(at).click({ force: true });
    expect(stack.sink.count()).toBe(0);
    expect(await guarded.companion.questions()).toHaveLength(1);
    await page.locator(".answer .btn[aria-disabled=false]", { hasText: "Refuse" }).click();
    await person.until("it is refused", async () => (await guarded.companion.questions()).length === 0);
    const answers = await guarded.companion.answers();
    expect(answers).toMatchObject([{ state: "refused", channel: "popup" }]);
    expect(stack.sink.count()).toBe(0);
  } finally {
    await sender.close();
    await browser.close();
    await guarded.stop();
  }
});

// The way in as a person goes it: the built extension unchanged, a window on a screen, a keyboard, the browser's own
// permission prompt, the command line; then an agent that is another extension, and the person's no and yes.
// Must never use remote debugging, a preset or a permission given beforehand.
import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { startMailStack, type MailStack } from "../servers/stack.ts";
import { startChromium, type RunningChromium } from "./chromium.ts";
import { agentExtension, type AgentExtension } from "./drivers/debugger-extension.ts";
import type { Driver } from "./drivers/driver.ts";
import { PROGRAM, startCompanion, type RunningCompanion } from "./guarded.ts";
import { personAt, type Person } from "./person.ts";
import { ACTIONS, signIn } from "./roundcube-actions.ts";
import { startScreen, type Screen } from "./screen.ts";

const SEND = ACTIONS.find(({ name }) => name === "send");
const EXTENSION = resolve(import.meta.dirname, "../../dist/chrome");
/** A folder for pictures of each stage; none are taken without it. */
const PICTURES = process.env["COUNTERSIGN_PICTURES"];

let mail: MailStack;
let companion: RunningCompanion;
let screen: Screen;
let agent: AgentExtension;
let chromium: RunningChromium;
let person: Person;
let driver: Driver;

const picture = async (name: string): Promise<void> => {
  if (PICTURES === undefined) return;
  await new Promise((done) => setTimeout(done, 800));
  screen.save(join(PICTURES, `${name}.png`));
};
const command = async (...args: string[]): Promise<string> => {
  const env = { ...process.env, COUNTERSIGN_HOME: companion.home };
  return (await promisify(execFile)(process.execPath, [PROGRAM, ...args], { env })).stdout;
};
/** The browser dims its window while it asks for a permission. */
const dimmed = (): boolean => screen.point(900, 30).every((part) => part < 160);
const asked = async (): Promise<void> => {
  await person.until("the browser asks for the permission", dimmed);
  // Its buttons take no press in their first half second, so that nobody presses what has only just come up.
  await new Promise((done) => setTimeout(done, 900));
};
const settled = (): Promise<void> => person.until("the browser's own prompt is gone", () => !dimmed());

beforeAll(async () => {
  [mail, companion, screen, agent] = await Promise.all([
    startMailStack(),
    startCompanion({ signIns: "asked" }),
    startScreen(),
    agentExtension(),
  ]);
  person = personAt(screen);
  chromium = await startChromium({ headless: false, display: screen.display, extensions: [EXTENSION, agent.folder] });
});
afterAll(async () => {
  await driver?.close();
  agent?.stop();
  await chromium?.stop();
  if (chromium) await rm(chromium.profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  await screen?.stop();
  await companion?.kill();
  await mail?.stop();
  if (companion) await rm(companion.home, { recursive: true, force: true });
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await picture(`failed-${task.name.slice(0, 30).replaceAll(" ", "-")}`);
});

it("opens the welcome page by itself and pairs with the code of the command line", async () => {
  await person.sees(/welcome/, 30_000);
  await picture("1-welcome");
  await person.reads(/Start the companion/);
  await person.find("Pairing code", "Tab");
  await person.type("MYGM-CT4V");
  await person.keys("Return");
  expect(await person.reads(/too short/)).toContain("copy the whole code");
  await picture("2-short-code");

  const code = /(?:[0-9A-Z]{4}-){7}[0-9A-Z]{4}/.exec(await command("pair"))?.[0] ?? "";
  await person.find("Pairing code", "Tab");
  await person.type(code);
  await person.keys("Return");
  await person.reads(/Paired: both sides/);
  await picture("3-paired");
  expect(await command("status")).toMatch(/: connected, paired/);
});

it("switches nothing on when the person denies the browser's own prompt, and says what to do", async () => {
  await person.find("Address of your mail", "Tab");
  await person.type(mail.roundcubeUrl);
  await person.keys("Return");
  await asked();
  await picture("4-browser-asks");
  await person.keys("Escape");
  await settled();
  const said = await person.reads(/did not give permission/);
  expect(said).toContain("nothing was switched on");
  expect(said).not.toContain(`Roundcube at ${mail.roundcubeUrl}`);
  await picture("5-denied");
});

it("stands guard with every live check good once the person allows it, and tells the tab that was open before", async () => {
  driver = await agent.driver();
  await driver.goto(`${mail.roundcubeUrl}/?_task=login`);
  await person.sees(/test mail/);
  await person.keys("ctrl+2");
  await person.sees(/welcome/);
  await person.find("did not give permission", "shift+Tab", "Return");
  await asked();
  await person.keys("Tab", "Return");
  await settled();
  const said = await person.reads(/A write tried just now was blocked/);
  for (const check of [
    /lets Countersign see/,
    /page is Roundcube/,
    /rules block writes/,
    /write tried just now was blocked/,
  ])
    expect(said).toMatch(check);
  await picture("6-old-tab");
  expect(await driver.evaluate("document.querySelector('[role=status]').textContent")).toContain("Reload it");
  const post = `fetch("/", { method: "POST", body: "_task=login" }).then(() => "out", () => "blocked")`;
  expect(await driver.evaluate(post)).toBe("blocked");
  await driver.goto(`${mail.roundcubeUrl}/?_task=login`);
  await person.find("Check again");
  await person.keys("Return");
  expect(await person.reads(/Countersign stands guard/)).not.toMatch(/not in place/);
  await picture("6-stands-guard");
});

/** `mark` makes the text another one: the same again would be refused without asking. */
async function agentSends(mark: string): Promise<void> {
  if (!SEND) throw new Error("no such action");
  await SEND.prepare(driver, mail.roundcubeUrl, mail, mark);
  await driver.click(SEND.control);
  await person.until("the send is held", async () => (await companion.questions()).length === 1);
  await person.sees(/Countersign asks/);
  await picture(`7-asked${mark}`);
  await person.reads(/maria@northgate\.example/);
}
const arrived = () => SEND?.effect(mail);

it("asks the person when an agent signs in for the first time", async () => {
  await person.keys("ctrl+3");
  await person.sees(/test mail/);
  const signedIn = signIn(driver, mail.roundcubeUrl);
  await person.sees(/Countersign asks/);
  await picture("7-sign-in");
  await person.reads(/signed in here as alice/);
  await person.find("Fingerprint", "Tab", "Tab", "Return");
  await signedIn;
});

const answers = async (): Promise<number> =>
  (await companion.records()).filter(({ kind }) => kind === "answered").length;

it("holds what an agent sends and lets nothing out when the person refuses with the keyboard", async () => {
  const before = await answers();
  await agentSends(" Refuse this.");
  await person.find("Fingerprint", "Tab");
  await person.keys("Return");
  await person.until("the question is answered", async () => (await companion.questions()).length === 0);
  await picture("8-refused");
  // A press in it keeps it open: the next question has to bring it forward again.
  await person.reads(/Nothing waits/);
  expect((await answers()) - before).toBe(1);
  expect(await arrived()).toBe(0);
});

it("lets exactly one out when the person approves with the keyboard", async () => {
  await agentSends(" Approve this.");
  await person.find("Fingerprint", "Tab", "Tab");
  await picture("9-about-to-approve");
  await person.keys("Return");
  await mail.sink.waitFor(1, 10_000);
  await person.until("the question is answered", async () => (await companion.questions()).length === 0);
  expect(await arrived()).toBe(1);
  expect(mail.sink.count()).toBe(1);
  await picture("10-sent");
  await person.until("the Countersign window has gone", async () => {
    const titles = await person.titles();
    return !titles.some((title) => /asks you|nothing waits/.test(title));
  });
  await picture("11-gone");
  expect(mail.sink.messages()[0]?.text).toContain("Approve this.");
});

it("stands guard again by itself when the browser comes back with its tabs", async () => {
  await driver.close();
  agent.stop();
  await chromium.kill("SIGTERM");
  agent = await agentExtension();
  chromium = await startChromium({
    headless: false,
    display: screen.display,
    profile: chromium.profile,
    extensions: [EXTENSION, agent.folder],
    flags: ["--restore-last-session"],
  });
  driver = await agent.driver();
  // Nobody has looked at the extension since: the wall was there before its worker was.
  await driver.goto(`${mail.roundcubeUrl}/?_task=login`);
  await signIn(driver, mail.roundcubeUrl);
  await agentSends(" After the restart.");
  await picture("12-after-restart");
  expect(mail.sink.count()).toBe(1);
});

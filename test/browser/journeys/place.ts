// Where journeys happen: one real webmail, one companion, two real browsers (one under remote debugging, one that an
// agent's extension drives) and the five agents in them. Must never answer a question by itself.
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import { askCompanion } from "../../../companion/terminal/control-client.ts";
import { startMailStack, type MailStack } from "../../servers/stack.ts";
import { startChromium, type ChromiumOptions, type RunningChromium } from "../chromium.ts";
import { agentExtension } from "../drivers/debugger-extension.ts";
import { devtoolsMcpDriver } from "../drivers/devtools-mcp.ts";
import type { Driver } from "../drivers/driver.ts";
import { playwrightMcpDriver } from "../drivers/playwright-mcp.ts";
import { pageScriptDriver, playwrightDriver } from "../drivers/playwright.ts";
import { pairedExtension, startCompanion, type RunningCompanion } from "../guarded.ts";
import { signIn } from "../roundcube-actions.ts";
import { eventually } from "./eventually.ts";
import { ASKING } from "./profiles.ts";

export const DRIVER_NAMES = [
  "page script",
  "Playwright over CDP",
  "Playwright MCP",
  "chrome-devtools-mcp",
  "extension with chrome.debugger",
] as const;
export type DriverName = (typeof DRIVER_NAMES)[number];

/** The shortest wait `countersign start --patience` allows. */
export const PATIENCE_SECONDS = 10;

export interface Place {
  readonly stack: MailStack;
  readonly guarded: boolean;
  /** Throws where nothing is guarded. */
  companion(): RunningCompanion;
  driver(name: DriverName): Driver;
  /** The same webmail under a name of its own for each agent, so that each has a session of its own. */
  address(name: DriverName): string;
  /** Puts other rules in force, as their owner would. */
  profile(text: string): Promise<void>;
  /** The seeded mailbox again, with one more letter of this subject in it. */
  reset(letter: string): Promise<void>;
  killCompanion(): Promise<void>;
  /** The companion again, over the same folder; resolves when both browsers are connected. */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

export async function startPlace(options: { guarded: boolean }): Promise<Place> {
  const closing: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).toReversed()) await close();
  };
  try {
    return await furnish(options.guarded, closing, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function furnish(guarded: boolean, closing: (() => unknown)[], stop: () => Promise<void>): Promise<Place> {
  const agent = await agentExtension();
  closing.push(() => agent.stop());
  const stack = await startMailStack();
  closing.push(() => stack.stop());
  const address = (name: DriverName): string =>
    stack.roundcubeUrl.replace("roundcube.", `roundcube-${DRIVER_NAMES.indexOf(name)}.`);
  const sites = DRIVER_NAMES.map((name) => ({ origin: address(name), site: "roundcube" }));

  let companion: RunningCompanion | null = null;
  const running = (): RunningCompanion => {
    if (companion === null) throw new Error("Nothing is guarded here.");
    return companion;
  };
  const connected = (browsers: number) =>
    eventually("every browser is connected", 20_000, async () => {
      const status = await askCompanion(running().home, { ask: "status" });
      return status.browsers.filter((browser) => browser.connected).length === browsers;
    });
  let browsers = 0;
  /** A new pairing code replaces the last one: each browser is paired before the next one starts. */
  const browser = async (options: ChromiumOptions): Promise<RunningChromium> => {
    const folders = [...(options.extensions ?? [])];
    if (guarded) {
      const folder = await pairedExtension(running(), sites);
      closing.push(() => rm(folder, { recursive: true, force: true }));
      folders.unshift(folder);
    }
    const chromium = await startChromium({ ...options, extensions: folders });
    closing.push(() => chromium.stop());
    browsers += 1;
    if (guarded) await connected(browsers);
    return chromium;
  };
  if (guarded) {
    companion = await startCompanion({ profile: ASKING, patience: PATIENCE_SECONDS });
    const { home } = companion;
    closing.push(() => rm(home, { recursive: true, force: true }));
    closing.push(() => companion?.kill());
  }
  const driven = await browser({ debugging: true });
  await browser({ extensions: [agent.folder] });

  const drivers = new Map<DriverName, Driver>();
  const opening: Record<DriverName, () => Promise<Driver>> = {
    "page script": () => pageScriptDriver(driven.cdp),
    "Playwright over CDP": () => playwrightDriver(driven.cdp),
    "Playwright MCP": () => playwrightMcpDriver(driven.cdp),
    "chrome-devtools-mcp": () => devtoolsMcpDriver(driven.cdp),
    "extension with chrome.debugger": () => agent.driver(),
  };
  const enter = async (name: DriverName): Promise<void> => {
    const driver = await opening[name]();
    closing.push(() => driver.close());
    drivers.set(name, driver);
  };
  await Promise.all(DRIVER_NAMES.map(enter));
  // One after the other: Roundcube's database turns the second of two sign-ins of one person away.
  for (const [name, driver] of drivers) await signIn(driver, address(name));

  return {
    stack,
    guarded,
    companion: running,
    address,
    driver: (name) => {
      const driver = drivers.get(name);
      if (!driver) throw new Error(`There is no driver "${name}".`);
      return driver;
    },
    profile: async (text) => {
      const { home } = running();
      await writeFile(join(home, "profile.cedar"), text, { mode: 0o600 });
      const { proposal } = await askCompanion(home, { ask: "profile" });
      if (proposal) await askCompanion(home, { ask: "accept", digest: proposal.digest });
    },
    reset: async (letter) => {
      await stack.reset();
      await deliver(stack.smtpPort, letter);
      stack.sink.clear();
    },
    killCompanion: () => running().kill("SIGKILL"),
    startAgain: async () => {
      companion = await startCompanion({ home: running().home, patience: PATIENCE_SECONDS });
      await connected(browsers);
    },
    stop,
  };
}

async function deliver(port: number, subject: string): Promise<void> {
  const transport = createTransport({ host: "127.0.0.1", port, secure: false, ignoreTLS: true });
  await transport.sendMail({
    from: "Garden Post <post@gardenpost.example>",
    to: "alice@example.test",
    subject,
    text: "Peas, spinach and patience.",
  });
  transport.close();
}

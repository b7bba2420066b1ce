// Kills companion, worker, extension process and browser at each step of a real Roundcube send, and holds what is left
// against what the record says. Must never help the product: it freezes, stalls and kills from outside, nothing more.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startMailStack, type MailStack } from "../servers/stack.ts";
import { actionsOf, faultsOf, type ActionStory } from "./chaos-oracle.ts";
import { startChromium, type RunningChromium } from "./chromium.ts";
import { until, type Driver } from "./drivers/driver.ts";
import { playwrightDriver } from "./drivers/playwright.ts";
import { pairedExtension, startCompanion, untilConnected, type RunningCompanion } from "./guarded.ts";
import { poll } from "./poll.ts";
import { signIn } from "./roundcube-actions.ts";
import { startStallingProxy, type Stalled, type StallingProxy } from "./stalling-proxy.ts";
import { extensionProcess, stopWorker, unreadAt } from "./victims.ts";

export const POINTS = [
  "before the intent",
  "after the verdict",
  "after the approval",
  "after spending",
  "after sending",
] as const;
export type Point = (typeof POINTS)[number];
export const VICTIMS = ["companion", "worker", "extension process", "browser"] as const;
export type Victim = (typeof VICTIMS)[number];

const SEND = { selector: "button.send, a.send", role: "button", name: /\bSend$/ };
/** A proposal is longer than this; a sign of life of the link is far shorter. */
const PROPOSAL_BYTES = 700;

export class Chaos {
  readonly stack: MailStack;
  readonly #proxy: StallingProxy;
  readonly #extension: string;
  readonly #profile: string;
  companion: RunningCompanion;
  #chromium: RunningChromium;
  #driver: Driver;
  #round = 0;

  private constructor(parts: {
    stack: MailStack;
    proxy: StallingProxy;
    extension: string;
    profile: string;
    companion: RunningCompanion;
    chromium: RunningChromium;
    driver: Driver;
  }) {
    this.stack = parts.stack;
    this.#proxy = parts.proxy;
    this.#extension = parts.extension;
    this.#profile = parts.profile;
    this.companion = parts.companion;
    this.#chromium = parts.chromium;
    this.#driver = parts.driver;
  }

  static async start(): Promise<Chaos> {
    const stack = await startMailStack();
    const proxy = await startStallingProxy(stack.directUrl, "roundcube.localhost");
    const companion = await startCompanion();
    const extension = await pairedExtension(companion, [{ origin: proxy.origin, site: "roundcube" }]);
    const profile = await mkdtemp(join(tmpdir(), "countersign-chaos-"));
    const chromium = await startChromium({ debugging: true, extensions: [extension], profile });
    await untilConnected(companion);
    const driver = await playwrightDriver(chromium.cdp);
    await signIn(driver, proxy.origin);
    return new Chaos({ stack, proxy, extension, profile, companion, chromium, driver });
  }

  async stop(): Promise<void> {
    await this.#driver.close().catch(() => undefined);
    await this.#chromium.stop();
    await this.companion.kill();
    await this.#proxy.stop();
    await this.stack.stop();
    for (const folder of [this.#extension, this.#profile, this.companion.home])
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  arrived(subject: string): number {
    return this.stack.sink.messages().filter((mail) => mail.subject === subject).length;
  }

  async #compose(subject: string): Promise<void> {
    const url = `${this.#proxy.origin}/?_task=mail&_action=compose`;
    // Once more when the application itself is just going elsewhere, as after a send, and when Roundcube has forgotten the
    // new compose, as it does when another request of the session, begun before, ends after it.
    for (let tries = 0; ; tries += 1) {
      try {
        await this.#driver.evaluate("(window.onbeforeunload = null, 0)");
        await this.#driver.goto(url);
        const written = "window.rcmail?.gui_objects?.messageform && !rcmail.busy";
        await until(this.#driver, written, "the message can be written", 4_000);
        break;
      } catch (error) {
        if (tries === 5) throw error;
        await new Promise((done) => setTimeout(done, 300));
      }
    }
    await this.#driver.evaluate(`(() => {
      const set = (id, value) => { const e = document.querySelector(id); e.value = value; e.dispatchEvent(new Event("change", { bubbles: true })); };
      set("#_to", "maria@northgate.example");
      set("#compose-subject", ${JSON.stringify(subject)});
      set("#composebody", ${JSON.stringify(`The text of ${subject}.`)});
      rcmail.command("savedraft");
    })()`);
    await poll("the draft is saved", () => this.#draftOf(subject));
    await until(this.#driver, "!rcmail.busy", "the draft's answer is read");
  }

  async #draftOf(subject: string): Promise<boolean> {
    return (await this.stack.mailbox("alice", "Drafts")).some((mail) => mail.subject === subject);
  }

  async #story(subject: string): Promise<ActionStory> {
    return actionsOf(await this.companion.records(), subject);
  }

  #question = () => poll("the question waits", async () => (await this.companion.questions())[0]);

  #press = (): Promise<void> => this.#driver.click(SEND);

  async #approve(): Promise<void> {
    await this.companion.answer(await this.#question(), "approve");
  }

  /** Brings a send of this subject to the point, and says how to undo what was done to hold it there. */
  async #reach(point: Point, subject: string): Promise<() => void> {
    const signal = (name: NodeJS.Signals, pid = 0): void => {
      try {
        process.kill(pid, name);
      } catch {
        // Killed meanwhile: nothing is left to wake.
      }
    };
    if (point === "before the intent") {
      const pid = this.companion.process.pid ?? 0;
      const port = Number(/127\.0\.0\.1:(\d+)/.exec(this.companion.output())?.[1]);
      signal("SIGSTOP", pid);
      await this.#press();
      await poll("the proposal lies unread at the companion's door", () => unreadAt(port) > PROPOSAL_BYTES);
      return () => signal("SIGCONT", pid);
    }
    if (point === "after the verdict" || point === "after the approval") {
      await this.#press();
      const question = await this.#question();
      if (point === "after the verdict") return () => undefined;
      const group = -this.#chromium.pid;
      signal("SIGSTOP", group);
      await this.companion.answer(question, "approve");
      await poll("the yes is on record", async () => (await this.#story(subject)).approved);
      return () => signal("SIGCONT", group);
    }
    const where = point === "after spending" ? "before the server" : "after the server";
    const stalled: Stalled = this.#proxy.stall(where);
    await this.#press();
    await this.#approve();
    await stalled.reached;
    return () => stalled.letGo();
  }

  async #kill(victim: Victim, thaw: () => void): Promise<void> {
    switch (victim) {
      case "companion":
        await this.companion.kill("SIGKILL");
        return thaw();
      case "browser":
        await this.#chromium.kill("SIGKILL");
        return thaw();
      case "extension process":
        process.kill(extensionProcess(this.#chromium), "SIGKILL");
        return thaw();
      case "worker": {
        const stopped = stopWorker(this.#chromium);
        // A frozen browser hears of it when it wakes.
        setTimeout(thaw, 50);
        await stopped;
      }
    }
  }

  /** Starts again what a person, or the system, would start again; never the extension by hand. */
  async #recover(victim: Victim): Promise<void> {
    if (victim === "companion") this.companion = await startCompanion({ home: this.companion.home });
    if (victim === "browser") {
      await this.#driver.close().catch(() => undefined);
      this.#chromium = await startChromium({ debugging: true, extensions: [this.#extension], profile: this.#profile });
      this.#driver = await playwrightDriver(this.#chromium.cdp);
    }
    await untilConnected(this.companion);
    if (victim === "browser") await signIn(this.#driver, this.#proxy.origin);
  }

  async #textInPage(subject: string): Promise<boolean> {
    const expression = `document.querySelector("#composebody")?.value.includes(${JSON.stringify(subject)}) === true && !rcmail.busy`;
    return this.#driver.evaluate<boolean>(expression).catch(() => false);
  }

  /** One kill; every sentence in the answer is a fault. */
  async round(point: Point, victim: Victim): Promise<string[]> {
    this.#round += 1;
    const subject = `Chaos ${this.#round}`;
    const faults: string[] = [];
    const note = (error: Error): void => void faults.push(error.message);
    const check = (good: boolean, what: string): void => void (good || faults.push(what));
    await this.#compose(subject);
    const thaw = await this.#reach(point, subject);
    if (point !== "before the intent") faults.push(...pointFaults(point, await this.#story(subject)));
    await this.#kill(victim, thaw);
    await this.#recover(victim);

    const settled = (): Promise<boolean> => this.#story(subject).then(({ open }) => !open);
    await poll("the record says what became of it", settled, 20_000).catch((error: Error) =>
      faults.push(error.message),
    );
    const story = await this.#story(subject);
    faults.push(...faultsOf(await this.companion.records(), story, this.arrived(subject)));
    const sent = this.arrived(subject) > 0;
    if (!sent) {
      const kept = () => (victim === "browser" ? this.#draftOf(subject) : this.#textInPage(subject));
      await poll("what was written is there", kept, 8_000).catch(note);
    }

    const after = `After ${this.#round}`;
    await this.#compose(after);
    await this.#press();
    await this.#approve();
    await poll("the next send arrives", () => this.arrived(after) > 0).catch(note);
    await poll("the record of the next send is closed", async () => !(await this.#story(after)).open).catch(note);
    check(this.arrived(after) === 1, `The next send arrived ${this.arrived(after)} times.`);
    check(this.arrived(subject) === Number(sent), "The killed send arrived again later.");
    return faults;
  }
}

/** Whether the send really stood where it was to be killed. */
function pointFaults(point: Point, { decided, approved, spent, outcome }: ActionStory): string[] {
  const wanted = {
    "before the intent": [false, false, false],
    "after the verdict": [true, false, false],
    "after the approval": [true, true, false],
    "after spending": [true, true, true],
    "after sending": [true, true, true],
  }[point];
  const found = [decided, approved, spent];
  const right = found.every((value, at) => value === wanted[at]) && outcome === null;
  return right ? [] : [`The send was not killed ${point}: ${JSON.stringify({ decided, approved, spent, outcome })}`];
}

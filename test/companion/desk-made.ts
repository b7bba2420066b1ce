// A desk on a real ledger in a folder of its own, with a hand clock, rules the test chooses and extensions that only listen.
import { expect, onTestFinished } from "vitest";
import type { GuardedAction } from "../../shared/action.ts";
import type { Push, Reply, Request } from "../../shared/protocol.ts";
import { Desk } from "../../companion/desk/desk.ts";
import type { DeskOptions } from "../../companion/desk/desk-parts.ts";
import type { BrowserLook, Peer } from "../../companion/door/peer.ts";
import type { Ruling, RulingInput } from "../../companion/profile/ruling.ts";
import { action, agent, folder, HandClock, WeakDisk } from "./made.ts";

export const ASK: Ruling = { verdict: "ask", rules: [{ id: "ask-send", say: "Sending is asked." }] };
export const ALLOW: Ruling = { verdict: "allow", rules: [{ id: "may", say: "You may." }] };
export const DENY: Ruling = { verdict: "deny", because: "Never.", rules: [{ id: "never", say: "Never." }] };

type Said = Request extends infer R ? (R extends Request ? Omit<R, "n"> : never) : never;

export class Extension implements Peer {
  readonly origin = "chrome-extension://countersign";
  readonly pushed: Push[] = [];
  seen: BrowserLook = { pid: 4711, program: "chromium", debugging: "", headless: false };
  #n = 0;

  constructor(
    readonly desk: Desk,
    readonly id = "browser",
  ) {}

  look(): Promise<BrowserLook> {
    return Promise.resolve(this.seen);
  }
  push(message: Push): void {
    this.pushed.push(message);
  }
  close(): void {}

  say(request: Said): Promise<Reply> {
    this.#n += 1;
    return this.desk.receive(this, { ...request, n: this.#n });
  }

  async greet(webdriver = false): Promise<Reply> {
    this.desk.connected(this);
    return this.say({ type: "hello", build: "1", browser: "Chromium 156", webdriver });
  }

  propose(what: GuardedAction = action(), deadlineMs = 150_000): Promise<Reply> {
    return this.say({ type: "propose", action: what, actor: { ...agent, evidence: [...agent.evidence] }, deadlineMs });
  }

  /** Proposes and insists on a question. */
  async ask(what: GuardedAction = action()) {
    const reply = await this.propose(what);
    if (reply.type !== "verdict" || reply.decision.verdict !== "ask")
      throw new Error(`Not asked but ${JSON.stringify(reply)}`);
    const { approvalId, until, channel } = reply.decision;
    return { approvalId, digest: reply.digest, actionId: what.id, until, channel };
  }

  of<T extends Push["type"]>(type: T): Extract<Push, { type: T }>[] {
    return this.pushed.filter((push): push is Extract<Push, { type: T }> => push.type === type);
  }
}

export class House {
  readonly clock = new HandClock();
  readonly disk = new WeakDisk();
  readonly home = folder();
  rule: (input: RulingInput) => Ruling = () => ASK;
  lives = true;

  async open(over: Partial<DeskOptions> = {}): Promise<Desk> {
    const desk = await Desk.open({
      home: this.home,
      build: "1",
      rule: (input) => this.rule(input),
      profile: () => ({ name: "Assistant", rules: [], proposal: null }),
      clock: this.clock,
      ledger: { openFile: this.disk.openFile },
      seesProcesses: true,
      lives: () => this.lives,
      ...over,
    });
    onTestFinished(() => desk.close());
    return desk;
  }

  async records(desk: Desk) {
    return desk.records({ after: 0, limit: 500 });
  }
}

/** What a refusing reply looks like. */
export const denied = (because: RegExp) => ({
  type: "verdict",
  decision: { verdict: "deny", because: expect.stringMatching(because) },
});

/** A desk with one extension that has said hello. */
export async function open(house = new House()) {
  const desk = await house.open();
  const ext = new Extension(desk);
  await ext.greet();
  return { house, desk, ext };
}

/** What names an approval's use on the wire. */
export function pick({ approvalId, actionId, digest }: { approvalId: string; actionId: string; digest: string }) {
  return { approvalId, actionId, digest };
}

// What the companion's tests are made of: folders, a clock that only moves when told, meanings, actions, disks that fail.
import { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Actor, GuardedAction } from "../../shared/action.ts";
import type { NewRecord } from "../../shared/audit.ts";
import { emptyMeaning, type Meaning } from "../../shared/meaning.ts";
import type { Clock } from "../../companion/desk/clock.ts";
import type { LedgerFile } from "../../companion/ledger/ledger.ts";

export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "countersign-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A clock that stands still until `pass` is called; what is due runs in order. */
export class HandClock implements Clock {
  #now = Date.parse("2026-03-02T09:00:00.000Z");
  #due: { at: number; run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const entry = { at: this.#now + ms, run };
    this.#due.push(entry);
    return () => {
      this.#due = this.#due.filter((other) => other !== entry);
    };
  }

  /** Lets time pass and everything that became due run, work on disk included. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#due.toSorted((one, other) => one.at - other.at)[0];
      if (next === undefined || next.at > end) break;
      this.#now = Math.max(this.#now, next.at);
      this.#due = this.#due.filter((entry) => entry !== next);
      next.run();
      await settled();
    }
    this.#now = end;
    await settled();
  }

  /** Somebody sets the machine's clock: nothing runs. */
  jump(ms: number): void {
    this.#now += ms;
  }
}

/** A few turns of the event loop; enough for what is already on its way in memory. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A real file whose disk can be told to fail. */
export class WeakDisk {
  /** Errors for the coming calls, e.g. "ENOSPC"; writes stop halfway first. */
  failWrite: string | null = null;
  failSync: string | null = null;
  failTruncate: string | null = null;
  /** A sync waits for this first. */
  slow: Promise<void> = Promise.resolve();
  syncs = 0;
  writes = 0;

  readonly openFile = async (path: string, flags: string, mode: number): Promise<LedgerFile> => {
    const file = await open(path, flags, mode);
    return {
      write: async (buffer, offset, length, position) => {
        this.writes += 1;
        if (this.failWrite === null) return file.write(buffer, offset, length, position);
        await file.write(buffer, offset, Math.floor(length / 2), position);
        throw trouble(this.failWrite);
      },
      datasync: async () => {
        this.syncs += 1;
        await this.slow;
        if (this.failSync !== null) throw trouble(this.failSync);
        await file.datasync();
      },
      truncate: async (length) => {
        if (this.failTruncate !== null) throw trouble(this.failTruncate);
        await file.truncate(length);
      },
      close: () => file.close(),
    };
  };
}

function trouble(code: string): Error {
  return Object.assign(new Error(code), { code });
}

export function guardRecord(what: string, detail = ""): NewRecord {
  return { kind: "guard", what, detail };
}

export function mail(over: Partial<Meaning> = {}): Meaning {
  return {
    ...emptyMeaning("roundcube", "erin@home.example", "mail.send"),
    people: [{ field: "to", address: "dana@work.example", name: "" }],
    title: "Lunch",
    text: "At noon?",
    ...over,
  };
}

let numbers = 0;
export function action(meaning: Meaning = mail(), over: Partial<GuardedAction> = {}): GuardedAction {
  numbers += 1;
  return {
    id: `action-${numbers}`,
    site: meaning.site,
    verb: meaning.verb,
    meaning,
    origin: "http://roundcube.localhost",
    tab: 1,
    frame: 0,
    seenAt: "2026-03-02T09:00:00.000Z",
    layer: "request",
    canonical: true,
    ...over,
  };
}

export const agent: Actor = {
  kind: "agent",
  name: null,
  evidence: [{ what: "profile.agent", weight: 100, say: "This is the agent's browser." }],
};

/** A promise that is kept when the test says so. */
export function later() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

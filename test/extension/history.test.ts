// The history: rows folded from records, searched, and holes that are shown.
import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AuditRecord, NewRecord } from "../../shared/audit.ts";
import type { Door } from "../../extension/background/link/door.ts";
import { createHistory } from "../../extension/background/history.ts";
import { HistoryDb, openHistory, type History } from "../../extension/history-store.ts";

let db: HistoryDb;
let read: History;
/** The companion's ledger. */
let ledger: AuditRecord[];
let count = 0;

const door: Door = {
  state: () => ({ state: "connected", profile: "Assistant", companion: "0.1.0" }),
  ensure: () => undefined,
  request: async (ask) => {
    if (ask.type !== "records") return { type: "done", re: 1 };
    const records = ledger.filter(({ seq }) => seq > ask.after).slice(0, ask.limit);
    return { type: "records", re: 1, records, size: Math.max(0, ...ledger.map(({ seq }) => seq)) };
  },
};

function add(record: NewRecord): AuditRecord {
  const seq = Math.max(0, ...ledger.map((each) => each.seq)) + 1;
  const whole: AuditRecord = { ...record, seq, at: new Date(1_700_000_000_000 + seq * 1000).toISOString() };
  ledger.push(whole);
  return whole;
}

function decided(action: string, to: string, title: string, verdict: "allow" | "ask" | "deny" = "ask"): AuditRecord {
  return add({
    kind: "decided",
    action,
    summary: {
      site: "roundcube",
      account: "alex@acme.example",
      verb: "mail.send",
      people: [{ field: "to", address: to, name: "Someone" }],
      title,
      place: null,
      items: [],
      count: 0,
      attachments: [],
      changes: [],
      links: [],
      doubts: [],
      text: null,
    },
    digest: "a".repeat(64),
    origin: "https://mail.acme.example",
    actor: { kind: "agent", name: null, evidence: [] },
    verdict,
    because: verdict === "deny" ? "Sending is off." : null,
    rules: [],
    approval: null,
    newPeople: [],
    browser: "Chromium",
  });
}

beforeEach(() => {
  db = new HistoryDb(`history-${(count += 1)}`);
  read = openHistory(db);
  ledger = [];
});
afterEach(() => db.close());

describe("rows", () => {
  it("one action is one row, whatever order its records are pushed in again", async () => {
    const history = createHistory(db);
    const records = [
      decided("a1", "kim@partner.example", "Lunch"),
      add({ kind: "answered", action: "a1", approval: "p1", state: "approved", channel: "popup" }),
      add({ kind: "spent", action: "a1", approval: "p1", digest: "a".repeat(64) }),
      add({ kind: "outcome", action: "a1", outcome: "sent", note: "The site answered 200." }),
    ];
    for (const record of [...records, ...records]) await history.heard(record, door);
    const rows = await read.queryRows({ limit: 10 });
    expect(rows.map(({ id, state }) => [id, state])).toEqual([["a1", "sent"]]);
    expect((await read.recordsOf("a1")).map(({ kind }) => kind)).toEqual(["decided", "answered", "spent", "outcome"]);
  });

  it("finds by verdict, verb, person and words, newest first, page by page", async () => {
    decided("a1", "kim@partner.example", "Lunch on Friday");
    decided("a2", "lee@other.example", "Quarterly figures", "deny");
    decided("a3", "kim@partner.example", "Figures again", "allow");
    await createHistory(db).catchUp(door);
    const ids = async (query: Omit<Parameters<History["queryRows"]>[0], "limit">, limit = 10) =>
      (await read.queryRows({ ...query, limit })).map(({ id }) => id);
    expect(await ids({})).toEqual(["a3", "a2", "a1"]);
    expect(await ids({ verdict: "deny" })).toEqual(["a2"]);
    expect(await ids({ verb: "mail.send" })).toHaveLength(3);
    expect(await ids({ verb: "mail.delete" })).toEqual([]);
    expect(await ids({ person: "KIM@" })).toEqual(["a3", "a1"]);
    expect(await ids({ text: "figu" })).toEqual(["a3", "a2"]);
    expect(await ids({ text: "figures kim" })).toEqual(["a3"]);
    const [first] = await read.queryRows({ limit: 1 });
    expect(await ids({ before: first?.order }, 1)).toEqual(["a2"]);
    expect(await read.countByState("2023-01-01T00:00:00.000Z")).toEqual({ waiting: 1, denied: 1, allowed: 1 });
  });

  it("tells who watches", async () => {
    const changed = vi.fn();
    const stop = read.watchRows(changed);
    await createHistory(db).heard(decided("a1", "kim@partner.example", "Lunch"), door);
    await vi.waitFor(() => expect(changed).toHaveBeenCalled());
    stop();
  });
});

describe("holes", () => {
  it("a jump is filled from the companion, over more than one page", async () => {
    for (let at = 1; at <= 1_200; at++) decided(`a${at}`, "kim@partner.example", "Lunch");
    const last = ledger.at(-1);
    if (!last) throw new Error("The ledger is empty.");
    await createHistory(db).heard(last, door);
    expect(await db.rows.count()).toBe(1_200);
  });

  it("what the companion cannot give becomes a row that says so", async () => {
    for (let at = 1; at <= 5; at++) decided(`a${at}`, "kim@partner.example", "Lunch");
    ledger = ledger.filter(({ seq }) => seq !== 2 && seq !== 3);
    const history = createHistory(db);
    await history.catchUp(door);
    const rows = await read.queryRows({ limit: 10 });
    expect(rows.map(({ id, kind }) => (kind === "gap" ? kind : id))).toEqual(["a5", "a4", "gap", "a1"]);
    await history.catchUp(door);
    expect(await db.rows.count()).toBe(4);
  });

  it("a time without a companion is a row between what came before and after", async () => {
    const history = createHistory(db);
    await history.heard(decided("a1", "kim@partner.example", "Lunch"), door);
    await history.gap("2023-11-14T22:14:00.000Z", "2023-11-14T22:20:00.000Z", "The companion could not be reached.");
    await history.heard(decided("a2", "kim@partner.example", "Lunch"), door);
    expect((await read.queryRows({ limit: 10 })).map(({ kind }) => kind)).toEqual(["action", "gap", "action"]);
  });

  it("another ledger does not overwrite what is here", async () => {
    const history = createHistory(db);
    decided("a1", "kim@partner.example", "Lunch");
    decided("a2", "kim@partner.example", "Lunch");
    await history.catchUp(door);
    ledger = [];
    decided("b1", "kim@partner.example", "Lunch");
    await history.catchUp(door);
    await history.catchUp(door);
    expect((await read.queryRows({ limit: 10 })).map(({ id, kind }) => (kind === "gap" ? kind : id))).toEqual([
      "b1",
      "gap",
      "a2",
      "a1",
    ]);
  });
});

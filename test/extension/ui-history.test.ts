// The history in words: nothing is said to be done before it is, nothing odd disappears in a run.
import { describe, expect, it } from "vitest";
import { fold, type AuditRecord, type NewRecord, type Row } from "../../shared/audit.ts";
import {
  byHour,
  classOf,
  happenings,
  howItWent,
  mattersMost,
  runs,
  tally,
  toWhom,
  verdictLine,
} from "../../extension/ui/history/row-words.ts";
import { decided, summary } from "../browser/ui/history-rows.ts";

const AT = new Date(2026, 10, 22, 14, 17, 6);
const after = (seconds: number): string => new Date(AT.getTime() + seconds * 1000).toISOString();

function rowOf(first: Parameters<typeof decided>[1], ...then: (NewRecord & { at: string })[]): Row {
  const record = decided(AT, first);
  let row = fold(undefined, record);
  for (const next of then) row = fold(row, { ...next, seq: record.seq + 1 } satisfies AuditRecord);
  if (!row) throw new Error("A decision makes a row.");
  return row;
}
const ask = {
  verdict: "ask" as const,
  summary: summary("mail.reply", { people: [{ field: "to", address: "ana@acme.example", name: "" }] }),
};
const answered = (state: "approved" | "refused" | "expired" | "lapsed", at = after(9)): NewRecord & { at: string } => ({
  kind: "answered",
  action: "x",
  approval: "a",
  state,
  channel: state === "expired" ? null : "popup",
  at,
});
const spent: NewRecord & { at: string } = { kind: "spent", action: "x", approval: "a", digest: "d", at: after(9) };
const outcome = (what: "sent" | "failed" | "may have been sent" | "not sent"): NewRecord & { at: string } => ({
  kind: "outcome",
  action: "x",
  outcome: what,
  note: "",
  at: after(10),
});

describe("one row", () => {
  it("says who let it through, and how long that took", () => {
    expect(howItWent(rowOf(ask, answered("approved"), spent, outcome("sent")))).toMatchObject({
      words: "approved by you, 9 s",
      tone: "yes",
    });
    expect(howItWent(rowOf({ summary: summary("mail.draft") }, spent, outcome("sent")))).toMatchObject({
      words: "let through by rule",
    });
    expect(howItWent(rowOf(ask))).toMatchObject({ words: "waiting for you", tone: "wait" });
    expect(howItWent(rowOf(ask, answered("expired")))).toMatchObject({ words: "no answer, refused", tone: "stop" });
  });
  it("claims that nothing left only where nothing was released", () => {
    for (const state of ["refused", "expired", "lapsed"] as const) {
      expect(verdictLine(rowOf(ask, answered(state)))).toContain("nothing left");
    }
    const released = [answered("approved"), spent];
    for (const end of [[], [outcome("sent")], [outcome("failed")], [outcome("may have been sent")]]) {
      expect(verdictLine(rowOf(ask, ...released, ...end))).not.toContain("nothing");
    }
  });
  it("tells what happened in order", () => {
    const words = happenings(rowOf(ask, answered("approved"), spent, outcome("may have been sent"))).map(
      (each) => each.words,
    );
    expect(words).toEqual([
      "held, and you were asked",
      "you said yes, in the popup",
      "the yes was used up, on disk, and it was released",
      "no word came back: it may have been sent",
    ]);
  });
  it("counts a refused, an expired and a denied one as stopped, an approved one as approved even when it failed", () => {
    expect(classOf(rowOf(ask, answered("refused")))).toBe("stopped");
    expect(classOf(rowOf({ ...ask, verdict: "deny" }))).toBe("stopped");
    expect(classOf(rowOf(ask, answered("approved"), spent, outcome("failed")))).toBe("approved");
    expect(classOf(rowOf(ask))).toBe("waiting");
  });
  it("puts strangers and doubts before anything else", () => {
    expect(mattersMost(rowOf({ ...ask, newPeople: ["a@new.test", "b@new.test"] }))).toEqual({
      words: "2 people you had never written to",
      hot: true,
    });
    expect(mattersMost(rowOf({ ...ask, summary: summary("mail.send", { doubts: ["x"] }) }))?.hot).toBe(true);
    expect(mattersMost(rowOf(ask))).toEqual({ words: "nobody new", hot: false });
    expect(toWhom(rowOf(ask))).toEqual({ first: "ana@acme.example", rest: "" });
  });
});

describe("many rows", () => {
  const read = () => rowOf({ summary: summary("mail.read") }, outcome("sent"));
  const gap: Row = { ...read(), kind: "gap", state: null, decided: null };

  it("draws plain ones together, and never across or over something else", () => {
    const sizes = (rows: Row[]) => runs(rows).map((run) => run.length);
    expect(sizes([read(), read(), read()])).toEqual([1, 1, 1]);
    expect(sizes([read(), read(), read(), read(), read()])).toEqual([5]);
    expect(sizes([read(), read(), gap, read(), read()])).toEqual([1, 1, 1, 1, 1]);
    const waiting = Array.from({ length: 5 }, () => rowOf(ask));
    expect(sizes(waiting)).toEqual([1, 1, 1, 1, 1]);
    const failed = Array.from({ length: 5 }, () => rowOf({ summary: summary("mail.draft") }, outcome("failed")));
    expect(sizes(failed)).toEqual([1, 1, 1, 1, 1]);
    const strange = Array.from({ length: 5 }, () =>
      rowOf({ summary: summary("mail.draft"), newPeople: ["x@new.test"] }, outcome("sent")),
    );
    expect(sizes(strange)).toEqual([1, 1, 1, 1, 1]);
  });
  it("counts them", () => {
    expect(tally([read(), rowOf(ask), rowOf(ask, answered("refused")), gap])).toEqual({
      all: 3,
      rule: 1,
      approved: 0,
      stopped: 1,
      waiting: 1,
      gaps: 1,
      incidents: 0,
    });
  });
  it("sorts them into hours of the person's own clock", () => {
    const bars = byHour([read(), rowOf(ask, answered("refused")), gap]);
    expect(bars.at(-1)).toEqual({ hour: 14, rule: 1, approved: 0, stopped: 1, odd: 1 });
    expect(bars).toHaveLength(8);
    expect(byHour([])).toEqual([]);
  });
});

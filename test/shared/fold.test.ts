// What the history shows of an action that was let through and then not sent: neither on its way nor sent.
import { expect, test } from "vitest";
import { fold, type NewRecord, type Row } from "../../shared/audit.ts";
import { emptyMeaning } from "../../shared/meaning.ts";

const {
  text: _text,
  hidden: _hidden,
  source: _source,
  thread: _thread,
  images: _images,
  ...kept
} = emptyMeaning("roundcube", "erin@home.example", "mail.send");
const { more: count, ...summary } = kept;
const decided = (verdict: "allow" | "ask"): NewRecord => ({
  kind: "decided",
  action: "a",
  summary: { ...summary, items: [], changes: [], links: [], count, text: null },
  digest: "0".repeat(64),
  origin: "https://mail.home.example",
  actor: { kind: "agent", name: null, evidence: [] },
  verdict,
  because: null,
  rules: [],
  approval: null,
  newPeople: [],
  browser: "Chromium",
});
const yes: NewRecord = { kind: "answered", action: "a", approval: "q", state: "approved", channel: "popup" };
const spent: NewRecord = { kind: "spent", action: "a", approval: "q", digest: "0".repeat(64) };
const outcome = (what: "sent" | "not sent" | "may have been sent"): NewRecord => ({
  kind: "outcome",
  action: "a",
  outcome: what,
  note: "",
});
const at = "2026-03-02T09:00:00.000Z";
function stateAfter(...records: NewRecord[]) {
  let row: Row | undefined;
  for (const [n, record] of records.entries()) row = fold(row, { ...record, seq: n + 1, at });
  return row?.state;
}

test.each([
  ["let through and taken back", [decided("allow"), spent, outcome("not sent")]],
  ["released and not sent", [decided("ask"), yes, spent, outcome("not sent")]],
  ["approved, and an equal one was sent", [decided("ask"), yes, outcome("not sent")]],
  [
    "feared sent, and known better later",
    [decided("ask"), yes, spent, outcome("may have been sent"), outcome("not sent")],
  ],
  [
    "the same records heard twice",
    [decided("ask"), yes, spent, outcome("not sent"), decided("ask"), yes, spent, outcome("not sent")],
  ],
] as const)("%s: taken back", (_name, records) => {
  expect(stateAfter(...records)).toBe("withdrawn");
});

test("what was sent stays sent, whatever is said afterwards", () => {
  expect(stateAfter(decided("ask"), yes, spent, outcome("sent"), outcome("not sent"))).toBe("sent");
});

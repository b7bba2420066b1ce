// Lines of ours that carry words of others: nothing in them may move the terminal's cursor or hide.
import { expect, test } from "vitest";
import type { AuditRecord } from "../../shared/audit.ts";
import { logLine } from "../../companion/terminal/log-line.ts";
import { readProfileText } from "../../companion/profile/profile-reader.ts";
import { isPlainLine } from "../../companion/terminal/quote.ts";
import { summarise } from "../../companion/desk/summary.ts";
import { mail } from "./made.ts";

const ESCAPE = "\u001b[2J";

test("a profile that cannot be read is quoted without its control characters", async () => {
  const reading = await readProfileText(`@id("a") @"b${ESCAPE}"("x") permit(principal, action, resource);`);
  if (reading.ok) throw new Error("This text is no profile.");
  expect(reading.problem.say).toContain("unexpected token");
  expect(isPlainLine(reading.problem.say)).toBe(true);
});

test("a reason in the log is printed, not obeyed", () => {
  const record: AuditRecord = {
    seq: 1,
    at: "2026-03-02T09:00:00.000Z",
    kind: "decided",
    action: "a",
    summary: summarise(mail(), false),
    digest: "0".repeat(64),
    origin: "https://mail.home.example",
    actor: { kind: "agent", name: null, evidence: [] },
    verdict: "deny",
    because: `Withdrawn. ${ESCAPE}`,
    rules: [],
    approval: null,
    newPeople: [],
    browser: "Chromium",
  };
  expect(logLine(record)).toContain("Withdrawn.");
  expect(isPlainLine(logLine(record))).toBe(true);
});

// What a record may say about a send that was killed, given what really arrived.
// Must never take the record's word for what arrived.
import type { AuditRecord } from "../../shared/audit.ts";

export interface ActionStory {
  /** Some action of this subject was judged. */
  readonly decided: boolean;
  readonly approved: boolean;
  readonly spent: boolean;
  readonly spentTimes: number;
  readonly outcome: string | null;
  /** Something is still said to wait or to be under way. */
  readonly open: boolean;
}

/** Everything the ledger says about the sends of one subject. */
export function actionsOf(records: readonly AuditRecord[], subject: string): ActionStory {
  const decided = records.filter(
    (it): it is Extract<AuditRecord, { kind: "decided" }> =>
      it.kind === "decided" && it.summary.title === subject && it.summary.verb === "mail.send",
  );
  const ids = new Set(decided.map((it) => it.action));
  const mine = records.filter((it) => "action" in it && ids.has(it.action));
  const approved = mine.some((it) => it.kind === "answered" && it.state === "approved");
  const spends = mine.filter((it) => it.kind === "spent");
  const outcomes = mine.flatMap((it) => (it.kind === "outcome" ? [it.outcome] : []));
  const open = decided
    .filter((it) => it.verdict !== "deny")
    .some(({ action }) => {
      const of = mine.filter((it) => "action" in it && it.action === action);
      const ended = of.some((it) => it.kind === "outcome" || (it.kind === "answered" && it.state !== "approved"));
      return !ended;
    });
  return {
    decided: decided.length > 0,
    approved,
    spent: spends.length > 0,
    spentTimes: spends.length,
    outcome: outcomes.at(-1) ?? null,
    open,
  };
}

export function faultsOf(records: readonly AuditRecord[], story: ActionStory, arrived: number): string[] {
  const faults: string[] = [];
  const check = (good: boolean, what: string): void => void (good || faults.push(what));
  check(arrived <= 1, `It arrived ${arrived} times.`);
  check(story.spent || arrived === 0, "It arrived and was never spent.");
  check(story.approved || arrived === 0, "It arrived and was never approved.");
  check(story.spentTimes <= 1, `It was spent ${story.spentTimes} times.`);
  check(
    !story.spent || story.outcome !== null,
    "It was spent, and the record does not say what may have become of it.",
  );
  check(story.outcome !== "sent" || arrived === 1, 'The record says "sent", and nothing arrived.');
  check(story.outcome !== "not sent" || arrived === 0, 'The record says "not sent", and it arrived.');
  check(
    arrived === 0 || story.outcome === "sent" || story.outcome === "may have been sent",
    `It arrived, and the record says ${story.outcome}.`,
  );
  const numbers = records.map(({ seq }) => seq);
  check(
    numbers.every((seq, at) => seq === at + 1),
    "The ledger has a hole.",
  );
  return faults;
}

// Approvals on their own, over a disk that can be slow or broken.
import type { NewRecord } from "../../shared/audit.ts";
import type { Approval, Proposal } from "../../companion/desk/approval.ts";
import { Approvals } from "../../companion/desk/approvals.ts";
import { Refusals } from "../../companion/desk/refusals.ts";
import { action, agent, HandClock, mail } from "./made.ts";

export const DIGEST = "a".repeat(64);
export const OTHER = "b".repeat(64);

/** Approvals over a disk that can be slow or broken. */
export function setting() {
  const clock = new HandClock();
  const refusals = new Refusals(clock);
  const records: NewRecord[] = [];
  const resolved: string[] = [];
  const disk = { broken: false, wait: Promise.resolve() };
  const write = async (wanted: readonly NewRecord[]) => {
    await disk.wait;
    if (disk.broken) throw new Error("The disk is full.");
    records.push(...wanted);
  };
  const approvals = new Approvals({
    clock,
    refusals,
    scribe: {
      must: write,
      note: (wanted) =>
        write(wanted).then(
          () => true,
          () => false,
        ),
    },
    changed: () => undefined,
    resolved: (approval) => resolved.push(approval.state),
  });
  const propose = (over: Partial<Proposal> = {}): Proposal => ({
    peer: "browser",
    digest: DIGEST,
    input: {
      action: action(mail()),
      actor: agent,
      newPeople: [],
      now: clock.now(),
      recent: { sending: 0, tidying: 0 },
    },
    rules: [{ id: "ask-send", say: "Sending is asked." }],
    channel: "popup",
    channelWhy: "",
    holdMs: 150_000,
    ...over,
  });
  const ask = (over: Partial<Proposal> = {}): Approval => {
    const approval = approvals.add(propose(over));
    if (approval === "full") throw new Error("full");
    approvals.show(approval);
    return approval;
  };
  const actionOf = (approval: Approval, index = 0) => [...approval.actions.keys()][index] ?? "";
  return { clock, refusals, records, resolved, disk, approvals, propose, ask, actionOf };
}

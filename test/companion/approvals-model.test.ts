// Random walks over the approvals against the transition table of shared/decision.ts: whatever is called in whatever order,
// over a disk that fails now and then, no state is left that may not be left, and nothing is spent twice or without a yes.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { NewRecord } from "../../shared/audit.ts";
import { mayBecome, type ApprovalState } from "../../shared/decision.ts";
import type { Approval, Trouble } from "../../companion/desk/approval.ts";
import { Approvals } from "../../companion/desk/approvals.ts";
import { Refusals } from "../../companion/desk/refusals.ts";
import { action, agent, HandClock, mail, settled } from "./made.ts";

const step = fc.record({
  what: fc.constantFrom("add", "approve", "spend", "refuse", "leave", "withdraw", "touch", "pass", "raise", "lapse"),
  which: fc.nat({ max: 3 }),
  rightDigest: fc.boolean(),
  by: fc.constantFrom("popup" as const, "terminal" as const),
  diskFails: fc.boolean(),
  /** Whether the next step is taken before this one is through. */
  overlap: fc.boolean(),
  ms: fc.constantFrom(1, 1_000, 30_000, 61_000, 130_000),
});

const digestOf = (which: number) => String(which).repeat(64);

test("random walks stay on the table", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const clock = new HandClock();
      const refusals = new Refusals(clock);
      const disk: NewRecord[] = [];
      let fails = false;
      const must = async (records: readonly NewRecord[]) => {
        const broken = fails;
        await Promise.resolve();
        if (broken) throw new Error("full");
        disk.push(...records);
      };
      const note = (records: readonly NewRecord[]) =>
        must(records).then(
          () => true,
          () => false,
        );
      const changed = () => undefined;
      const approvals = new Approvals({ clock, refusals, scribe: { must, note }, changed, resolved: changed });
      const seen = new Map<Approval, ApprovalState>();
      const yes = new Set<string>();
      const used = new Map<string, number>();
      const look = () => {
        for (const approval of approvals.list.all()) if (!seen.has(approval)) seen.set(approval, "waiting");
        for (const [approval, before] of seen) {
          if (approval.state === before) continue;
          // Two steps may lie between two looks.
          const through =
            mayBecome(before, "approved") && yes.has(approval.id) && mayBecome("approved", approval.state);
          expect(mayBecome(before, approval.state) || through).toBe(true);
          seen.set(approval, approval.state);
        }
      };
      for (const { what, which, rightDigest, by, diskFails, overlap, ms } of steps) {
        fails = diskFails;
        const digest = digestOf(which);
        const known = [...seen.keys()].findLast((approval) => approval.digest === digest);
        const id = known?.id ?? "nobody";
        const actionId = [...(known?.actions.keys() ?? [])][0] ?? "none";
        const named = rightDigest ? digest : digestOf(9);
        const approve = async (answer: Promise<Trouble | null>, wrongPlace: boolean) => {
          if ((await answer) !== null) return;
          expect(named).toBe(digest);
          expect(wrongPlace).toBe(false);
          const said = disk.some((it) => it.kind === "answered" && it.approval === id && it.state === "approved");
          expect(said).toBe(true);
          yes.add(id);
        };
        const spend = async (answer: Promise<Trouble | null>) => {
          if ((await answer) !== null) return;
          expect(named).toBe(digest);
          expect(yes.has(id)).toBe(true);
          expect(disk.filter((it) => it.kind === "spent" && it.approval === id)).toHaveLength(1);
          used.set(id, (used.get(id) ?? 0) + 1);
        };
        let work: Promise<unknown> = Promise.resolve();
        if (what === "add") {
          const input = {
            action: action(mail()),
            actor: agent,
            newPeople: [],
            now: clock.now(),
            recent: { sending: 0, tidying: 0 },
          };
          const made = approvals.add({
            peer: "p",
            digest,
            input,
            rules: [],
            channel: "popup",
            channelWhy: "",
            holdMs: 150_000,
          });
          if (made !== "full") approvals.show(made);
        } else if (what === "approve") {
          work = approve(approvals.approve(id, named, by), known?.channel === "terminal" && by === "popup");
        } else if (what === "spend") {
          work = spend(approvals.spend(id, actionId, named));
        } else if (what === "refuse") work = approvals.refuse(id, by);
        else if (what === "leave") work = approvals.leave(actionId, "gave up");
        else if (what === "withdraw") work = approvals.withdraw(id, "gone");
        else if (what === "touch") approvals.touch(id);
        else if (what === "raise") approvals.raise(id, "driven");
        else if (what === "lapse") work = approvals.lapse();
        else await clock.pass(ms);
        if (!overlap) await work;
        look();
      }
      await settled();
      look();
      expect([...used.values()].every((times) => times === 1)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

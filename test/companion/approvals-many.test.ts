// Equal requests, floods, and what is forgotten.
import { describe, expect, test } from "vitest";
import { action, agent, later, mail, settled } from "./made.ts";
import { DIGEST, setting } from "./approvals-made.ts";

describe("equal requests", () => {
  test("wait on one answer; one is sent, the others are closed as not sent", async () => {
    const { approvals, ask, actionOf, records } = setting();
    const first = ask();
    const second = ask({ rules: [{ id: "ask-new", say: "New people." }] });
    expect(second).toBe(first);
    expect(approvals.list.questions()).toMatchObject([{ joined: 1, rules: [{ id: "ask-send" }, { id: "ask-new" }] }]);
    await approvals.approve(first.id, DIGEST, "popup");
    const [one, other] = await Promise.all([
      approvals.spend(first.id, actionOf(first, 1), DIGEST),
      approvals.spend(first.id, actionOf(first, 0), DIGEST),
    ]);
    expect(one).toBeNull();
    expect(other).toMatchObject({ code: "not-approved" });
    expect(records.filter((record) => record.kind === "spent")).toHaveLength(1);
    expect(records.at(-1)).toMatchObject({ kind: "outcome", action: actionOf(first, 0), outcome: "not sent" });
    expect(approvals.list.alreadySent(DIGEST)).toBe(true);
  });

  test("of another browser are asked on their own", () => {
    const { ask } = setting();
    expect(ask({ peer: "one" })).not.toBe(ask({ peer: "two" }));
  });

  test("that need the terminal take the question there", async () => {
    const { approvals, ask } = setting();
    const approval = ask();
    ask({ channel: "terminal", channelWhy: "Driven." });
    expect(await approvals.approve(approval.id, DIGEST, "popup")).toMatchObject({ code: "channel" });
  });

  test("where the one being sent gives up at that moment: it does not count as sent", async () => {
    const { approvals, ask, actionOf, disk, records } = setting();
    const approval = ask();
    ask();
    await approvals.approve(approval.id, DIGEST, "popup");
    const slow = later();
    disk.wait = slow.promise;
    const first = actionOf(approval, 0);
    const spend = approvals.spend(approval.id, first, DIGEST);
    const leave = approvals.leave(first, "closed");
    slow.resolve();
    expect(await spend).toMatchObject({ code: "not-approved" });
    await leave;
    expect(records).toContainEqual({ kind: "outcome", action: first, outcome: "not sent", note: expect.any(String) });
  });

  test("that give up one by one leave the question to the rest; the last takes it along", async () => {
    const { approvals, ask, actionOf } = setting();
    const approval = ask();
    ask();
    const [one, two] = [actionOf(approval, 0), actionOf(approval, 1)];
    expect(await approvals.leave(one, "closed")).toBe(true);
    expect(approvals.list.questions()).toMatchObject([{ actionId: two, joined: 0 }]);
    await approvals.leave(two, "closed");
    expect(approval.state).toBe("withdrawn");
  });

  test("a moment after one was sent are retries; later they are not", async () => {
    const { approvals, ask, actionOf, clock } = setting();
    const approval = ask();
    await approvals.approve(approval.id, DIGEST, "popup");
    await approvals.spend(approval.id, actionOf(approval), DIGEST);
    await clock.pass(14_999);
    expect(approvals.list.alreadySent(DIGEST)).toBe(true);
    await clock.pass(1);
    expect(approvals.list.alreadySent(DIGEST)).toBe(false);
  });
});

describe("a flood", () => {
  test("ends at thirty questions of one browser; another browser still gets its own", () => {
    const { approvals, propose } = setting();
    const digest = (count: number) => count.toString(16).padStart(64, "0");
    for (let count = 0; count < 30; count += 1)
      expect(approvals.add(propose({ digest: digest(count) }))).not.toBe("full");
    expect(approvals.add(propose({ digest: digest(30) }))).toBe("full");
    expect(approvals.add(propose({ digest: digest(30), peer: "another" }))).not.toBe("full");
  });

  test("of long texts ends before the list outgrows one message", () => {
    const { approvals, clock, propose } = setting();
    const long = action(mail({ text: "x".repeat(400_000) }));
    const results = Array.from({ length: 10 }, (_, count) => {
      const input = {
        action: { ...long, id: `long-${count}` },
        actor: agent,
        newPeople: [],
        now: clock.now(),
        recent: { sending: 0, tidying: 0 },
      };
      return approvals.add(propose({ input, digest: count.toString(16).padStart(64, "0") }));
    });
    expect(results.filter((result) => result === "full").length).toBeGreaterThan(0);
    for (const approval of approvals.list.all()) approvals.show(approval);
    expect(approvals.list.questions().length).toBeGreaterThan(3);
    expect(Buffer.byteLength(JSON.stringify(approvals.list.questions()))).toBeLessThan(3_100_000);
  });

  test("of equal requests does not grow one question without end", () => {
    const { approvals, propose } = setting();
    const results = Array.from({ length: 40 }, () => approvals.add(propose()));
    expect(results.filter((result) => result === "full").length).toBeGreaterThan(10);
  });
});

test("what ended is forgotten after a while, and is unknown then", async () => {
  const { approvals, ask, clock } = setting();
  const approval = ask();
  await approvals.refuse(approval.id, "popup");
  await clock.pass(120_000);
  await settled();
  expect(await approvals.approve(approval.id, DIGEST, "popup")).toMatchObject({ code: "unknown-approval" });
});

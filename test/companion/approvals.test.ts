// What a yes is worth, and for how long.
import { describe, expect, test } from "vitest";
import { later } from "./made.ts";
import { DIGEST, OTHER, setting } from "./approvals-made.ts";

describe("a yes", () => {
  test("is on disk before it counts, is used once, and is on disk before it is used", async () => {
    const { approvals, ask, actionOf, records, resolved } = setting();
    const approval = ask();
    expect(await approvals.spend(approval.id, actionOf(approval), DIGEST)).toMatchObject({ code: "not-approved" });
    expect(await approvals.approve(approval.id, DIGEST, "popup")).toBeNull();
    expect(resolved).toEqual(["approved"]);
    expect(await approvals.spend(approval.id, actionOf(approval), DIGEST)).toBeNull();
    expect(records.map((record) => record.kind)).toEqual(["answered", "spent"]);
    expect(await approvals.spend(approval.id, actionOf(approval), DIGEST)).toMatchObject({ code: "not-approved" });
    expect(await approvals.approve(approval.id, DIGEST, "popup")).toMatchObject({ code: "not-approved" });
    expect(records).toHaveLength(2);
  });

  test("used twice at the same moment counts once", async () => {
    const { approvals, ask, actionOf, records } = setting();
    const approval = ask();
    await approvals.approve(approval.id, DIGEST, "popup");
    const spends = Array.from({ length: 8 }, () => approvals.spend(approval.id, actionOf(approval), DIGEST));
    expect((await Promise.all(spends)).filter((trouble) => trouble === null)).toHaveLength(1);
    expect(records.filter((record) => record.kind === "spent")).toHaveLength(1);
  });

  test("must name what was on the screen, and is used for nothing else", async () => {
    const { approvals, ask, actionOf } = setting();
    const approval = ask();
    expect(await approvals.approve(approval.id, OTHER, "popup")).toMatchObject({ code: "digest-differs" });
    expect(approval.state).toBe("waiting");
    await approvals.approve(approval.id, DIGEST, "popup");
    expect(await approvals.spend(approval.id, actionOf(approval), OTHER)).toMatchObject({ code: "digest-differs" });
    expect(await approvals.spend(approval.id, "another-action", DIGEST)).toMatchObject({ code: "unknown-action" });
    expect(await approvals.spend("another-approval", actionOf(approval), DIGEST)).toMatchObject({
      code: "unknown-approval",
    });
    expect(approval.state).toBe("approved");
  });

  test("in the popup does not count when only the terminal does; a no does", async () => {
    const { approvals, ask } = setting();
    const approval = ask({ channel: "terminal", channelWhy: "Remote debugging is on." });
    const trouble = await approvals.approve(approval.id, DIGEST, "popup");
    expect(trouble).toMatchObject({ code: "channel", message: expect.stringContaining("Remote debugging is on.") });
    expect(await approvals.approve(approval.id, DIGEST, "terminal")).toBeNull();
    const second = ask({ digest: OTHER, channel: "terminal" });
    expect(await approvals.refuse(second.id, "popup")).toBeNull();
  });

  test("does not count when it cannot be recorded; the question still waits", async () => {
    const { approvals, ask, disk, resolved } = setting();
    const approval = ask();
    disk.broken = true;
    expect(await approvals.approve(approval.id, DIGEST, "popup")).toMatchObject({ code: "disk" });
    expect(approval.state).toBe("waiting");
    expect(resolved).toEqual([]);
    disk.broken = false;
    expect(await approvals.approve(approval.id, DIGEST, "popup")).toBeNull();
  });

  test("whose use cannot be recorded is lost, not kept", async () => {
    const { approvals, ask, actionOf, disk } = setting();
    const approval = ask();
    await approvals.approve(approval.id, DIGEST, "popup");
    disk.broken = true;
    expect(await approvals.spend(approval.id, actionOf(approval), DIGEST)).toMatchObject({ code: "disk" });
    disk.broken = false;
    expect(await approvals.spend(approval.id, actionOf(approval), DIGEST)).toMatchObject({ code: "not-approved" });
  });

  test("loses to a no that comes while it is being written", async () => {
    const { approvals, ask, actionOf, disk } = setting();
    const approval = ask();
    const slow = later();
    disk.wait = slow.promise;
    const yes = approvals.approve(approval.id, DIGEST, "popup");
    const no = approvals.refuse(approval.id, "popup");
    slow.resolve();
    expect(await yes).toMatchObject({ code: "not-approved" });
    expect(await no).toBeNull();
    expect(approval.state).toBe("refused");
    expect(await approvals.spend(approval.id, actionOf(approval), DIGEST)).toMatchObject({ code: "not-approved" });
  });

  test("loses to a withdrawal that comes while its use is being written, and the record says that nothing was sent", async () => {
    const { approvals, ask, actionOf, disk, records } = setting();
    const approval = ask();
    await approvals.approve(approval.id, DIGEST, "popup");
    const slow = later();
    disk.wait = slow.promise;
    const spend = approvals.spend(approval.id, actionOf(approval), DIGEST);
    const leave = approvals.leave(actionOf(approval), "The tab was closed.");
    slow.resolve();
    expect(await spend).toMatchObject({ code: "not-approved" });
    await leave;
    expect(records).toContainEqual({
      kind: "outcome",
      action: actionOf(approval),
      outcome: "not sent",
      note: expect.any(String),
    });
  });
});

describe("time", () => {
  test("runs out once: a refusal, remembered for two minutes", async () => {
    const { approvals, ask, clock, refusals, resolved, records } = setting();
    const approval = ask();
    await clock.pass(119_999);
    expect(approval.state).toBe("waiting");
    await clock.pass(1);
    expect(resolved).toEqual(["expired"]);
    expect(records).toMatchObject([{ kind: "answered", state: "expired" }]);
    expect(await approvals.approve(approval.id, DIGEST, "popup")).toMatchObject({ code: "expired" });
    expect(refusals.find(DIGEST)?.words).toMatch(/Nobody answered/);
    await clock.pass(120_000);
    expect(refusals.find(DIGEST)).toBeUndefined();
  });

  test("touching gives as much again, never beyond what the request can be held", async () => {
    const { approvals, ask, clock } = setting();
    const approval = ask();
    await clock.pass(100_000);
    expect(approvals.touch(approval.id)).toBeNull();
    expect(approval.until - approval.askedAt).toBe(150_000);
    await clock.pass(49_999);
    expect(approval.state).toBe("waiting");
    approvals.touch(approval.id);
    await clock.pass(1);
    expect(approval.state).toBe("expired");
    expect(approvals.touch(approval.id)).toMatchObject({ code: "expired" });
  });

  test("is never more than ten minutes and never less than ten seconds", async () => {
    const { approvals, ask, clock } = setting();
    const long = ask({ holdMs: 2 ** 40 });
    const short = ask({ holdMs: 0, digest: OTHER });
    expect(short.until - short.askedAt).toBe(10_000);
    for (let minute = 0; minute < 9; minute += 1) {
      await clock.pass(60_000);
      approvals.touch(long.id);
    }
    expect(long.until - long.askedAt).toBe(600_000);
    await clock.pass(60_000);
    expect(long.state).toBe("expired");
  });

  test("a yes not used within a minute is void", async () => {
    const { approvals, ask, actionOf, clock } = setting();
    const approval = ask();
    await approvals.approve(approval.id, DIGEST, "popup");
    await clock.pass(60_000);
    expect(await approvals.spend(approval.id, actionOf(approval), DIGEST)).toMatchObject({ code: "expired" });
  });

  test("setting the machine's clock back gives nobody more time, setting it forward ends it", async () => {
    const { approvals, ask, clock, actionOf } = setting();
    const back = ask();
    clock.jump(-3_600_000);
    approvals.touch(back.id);
    const asked = back.until;
    expect(asked).toBe(back.askedAt + 120_000);
    const forward = ask({ digest: OTHER });
    await approvals.approve(forward.id, OTHER, "popup");
    clock.jump(3_600_000);
    expect(await approvals.spend(forward.id, actionOf(forward), OTHER)).toMatchObject({ code: "expired" });
    clock.jump(200_000);
    expect(await approvals.approve(back.id, DIGEST, "popup")).toMatchObject({ code: "expired" });
  });
});

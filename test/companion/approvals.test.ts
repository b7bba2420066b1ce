import { describe, expect, test } from "vitest";
import type { NewRecord } from "../../shared/audit.ts";
import type { Approval, Proposal } from "../../companion/approval.ts";
import { Approvals } from "../../companion/approvals.ts";
import { Refusals } from "../../companion/refusals.ts";
import { action, agent, HandClock, mail, settled } from "./made.ts";

const DIGEST = "a".repeat(64);
const OTHER = "b".repeat(64);

/** Approvals over a disk that can be slow or broken. */
function setting() {
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
    const sent = JSON.stringify(approvals.list.all().length);
    expect(Number(sent)).toBeGreaterThan(3);
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

function later() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

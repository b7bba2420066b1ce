// The desk fails closed: broken rules, remembered refusals, the person's stop.
import { describe, expect, test, vi } from "vitest";
import { action, later, mail } from "./made.ts";
import { ALLOW, ASK, DENY, denied, Extension, House, open } from "./desk-made.ts";

describe("fails closed", () => {
  test("a rule that throws denies", async () => {
    const { house, ext } = await open();
    house.rule = () => {
      throw new Error("broken rule");
    };
    expect(await ext.propose()).toMatchObject(denied(/rule failed/));
  });

  test("a verb that is not the meaning's verb denies, even as housekeeping", async () => {
    const { house, ext } = await open();
    house.rule = () => ALLOW;
    expect(await ext.propose(action(mail(), { verb: "site.housekeeping" }))).toMatchObject(denied(/not the same kind/));
  });

  test("a meaning that cannot be written down is no question", async () => {
    const { ext } = await open();
    expect(await ext.propose(action(mail({ title: "\ud800" })))).toMatchObject({ type: "error", code: "malformed" });
  });

  test("nothing before hello, nothing from another build", async () => {
    const house = new House();
    const desk = await house.open();
    const ext = new Extension(desk);
    desk.connected(ext);
    expect(await ext.propose()).toMatchObject({ type: "error", code: "malformed" });
    const hello = await ext.say({ type: "hello", build: "2", browser: "Chromium", webdriver: false });
    expect(hello).toMatchObject({ type: "error", code: "build", message: expect.stringMatching(/build 2.*build 1/) });
    expect(await ext.propose()).toMatchObject({ type: "error", code: "malformed" });
  });

  test("an action's name is used once", async () => {
    const { house, ext } = await open();
    house.rule = () => ALLOW;
    const what = action();
    expect(await ext.propose(what)).toMatchObject({ decision: { verdict: "allow" } });
    expect(await ext.propose(what)).toMatchObject({ type: "error", code: "malformed" });
  });

  test("a profile that changed since the question counts when the yes is used", async () => {
    const { house, ext } = await open();
    const { approvalId, actionId, digest } = await ext.ask();
    await ext.say({ type: "answer", approvalId, answer: "approve", digest });
    house.rule = () => DENY;
    expect(await ext.say({ type: "spend", approvalId, actionId, digest })).toMatchObject({
      code: "not-approved",
      message: expect.stringMatching(/Never/),
    });
    const again = await ext.ask(action(mail({ title: "x" }))).catch(() => null);
    expect(again).toBeNull();
    house.rule = () => ASK;
    const second = await ext.ask(action(mail({ title: "y" })));
    await ext.say({ type: "answer", approvalId: second.approvalId, answer: "approve", digest: second.digest });
    house.rule = () => ({ verdict: "ask", rules: [...ASK.rules, { id: "outside", say: "Outside people." }] });
    expect(
      await ext.say({ type: "spend", approvalId: second.approvalId, actionId: second.actionId, digest: second.digest }),
    ).toMatchObject({
      code: "not-approved",
      message: expect.stringMatching(/Outside people/),
    });
  });
});

describe("refusals", () => {
  test("are remembered by meaning: an app's own retry brings no second question until the person asks for one", async () => {
    const { house, ext } = await open();
    const { approvalId, digest } = await ext.ask();
    await ext.say({ type: "answer", approvalId, answer: "refuse", digest });
    const questions = ext.of("questions").length;
    expect(await ext.propose()).toMatchObject(denied(/You refused this at .*Do not resend/));
    expect(ext.of("questions")).toHaveLength(questions);
    expect(await ext.say({ type: "refusals" })).toMatchObject({ refusals: [{ digest }] });
    expect((await ext.propose(action(mail({ title: "Dinner" })))).type).toBe("verdict");
    await ext.say({ type: "forget", digest });
    expect(await ext.propose()).toMatchObject({ decision: { verdict: "ask" } });
    await house.clock.pass(120_000);
    expect(await ext.propose()).toMatchObject(denied(/Nobody answered/));
  });

  test("end after ten minutes", async () => {
    const { house, ext } = await open();
    const { approvalId, digest } = await ext.ask();
    await ext.say({ type: "answer", approvalId, answer: "refuse", digest });
    await house.clock.pass(599_999);
    expect(await ext.propose()).toMatchObject(denied(/You refused/));
    await house.clock.pass(1);
    expect(await ext.propose()).toMatchObject({ decision: { verdict: "ask" } });
  });

  test("refuse all closes every question of this browser", async () => {
    const { desk, ext } = await open();
    await ext.ask();
    await ext.ask(action(mail({ title: "second" })));
    const other = new Extension(desk, "other");
    await other.greet();
    await other.ask();
    await ext.say({ type: "refuseAll" });
    expect(desk.questions()).toHaveLength(1);
    expect(ext.of("resolved").map((push) => push.state)).toEqual(["refused", "refused"]);
  });

  test("what was sent a moment ago is not asked about again", async () => {
    const { ext } = await open();
    const { approvalId, actionId, digest } = await ext.ask();
    await ext.say({ type: "answer", approvalId, answer: "approve", digest });
    expect(await ext.propose()).toMatchObject(denied(/already sent once/));
    await ext.say({ type: "spend", approvalId, actionId, digest });
    expect(await ext.propose()).toMatchObject(denied(/already sent once/));
  });
});

describe("stopping all agents", () => {
  test("refuses what waits, voids what was approved, denies everything, outlives a restart; only the terminal ends it", async () => {
    const { house, desk, ext } = await open();
    await ext.ask();
    const { approvalId, actionId, digest } = await ext.ask(action(mail({ title: "second" })));
    await ext.say({ type: "answer", approvalId, answer: "approve", digest });
    expect(await ext.say({ type: "stopAgents" })).toMatchObject({ type: "done" });
    expect(ext.of("stopped")).toMatchObject([{ stopped: true }]);
    expect(desk.questions()).toEqual([]);
    expect(await ext.say({ type: "spend", approvalId, actionId, digest })).toMatchObject({ code: "not-approved" });
    house.rule = () => ALLOW;
    const fresh = () => action(mail({ title: String(Math.random()) }));
    expect(await ext.propose(fresh())).toMatchObject(denied(/stopped by the person/));
    await desk.close();
    const after = await open(house);
    expect(await after.ext.propose(fresh())).toMatchObject(denied(/stopped by the person/));
    await after.desk.resume();
    expect(await after.ext.propose(fresh())).toMatchObject({ decision: { verdict: "allow" } });
    await after.desk.close();
    expect((await open(house)).desk.stopped).toBe(false);
  });

  test("in the moment an action is being allowed, or its browser looked at, still wins", async () => {
    const { house, desk, ext } = await open();
    const looking = later();
    ext.look = async () => {
      await looking.promise;
      return ext.seen;
    };
    const look = vi.spyOn(ext, "look");
    const asked = ext.propose();
    await vi.waitFor(() => expect(look).toHaveBeenCalled());
    const disk = later();
    house.disk.slow = disk.promise;
    house.rule = () => ALLOW;
    const syncs = house.disk.syncs;
    const allowed = ext.propose(action(mail({ title: "allowed" })));
    await vi.waitFor(() => expect(house.disk.syncs).toBe(syncs + 1));
    const stop = ext.say({ type: "stopAgents" });
    looking.resolve();
    disk.resolve();
    await stop;
    expect(await asked).toMatchObject(denied(/stopped by the person/));
    expect(await allowed).toMatchObject(denied(/stopped before it was sent/));
    expect(desk.questions()).toEqual([]);
    expect((await house.records(desk)).filter((record) => record.kind === "outcome")).toMatchObject([
      { outcome: "not sent" },
    ]);
  });

  test("works although the disk fails; resuming does not", async () => {
    const { house, desk, ext } = await open();
    house.disk.failWrite = "EIO";
    await ext.say({ type: "stopAgents" });
    expect(desk.stopped).toBe(true);
    await expect(desk.resume()).rejects.toThrow(/cannot be written/);
    expect(desk.stopped).toBe(true);
  });
});

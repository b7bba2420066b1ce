// Where a yes counts, and what becomes of questions whose browser goes away.
import { describe, expect, test } from "vitest";
import { action, mail, settled } from "./made.ts";
import { denied, Extension, House, open, pick } from "./desk-made.ts";

describe("where a yes counts", () => {
  test.each([
    ["remote debugging", { debugging: "Started with remote debugging." }, false],
    ["headless", { headless: true }, false],
    ["a process that cannot be seen", { pid: null, program: "unknown" }, false],
    ["WebDriver", {}, true],
  ])("%s: only in the terminal", async (_, look, webdriver) => {
    const house = new House();
    const desk = await house.open();
    const ext = new Extension(desk);
    Object.assign(ext.seen, look);
    await ext.greet(webdriver);
    const { approvalId, digest, channel, actionId } = await ext.ask();
    expect(channel).toBe("terminal");
    expect(await ext.say({ type: "answer", approvalId, answer: "approve", digest })).toMatchObject({ code: "channel" });
    expect(await ext.say({ type: "spend", approvalId, actionId, digest })).toMatchObject({ code: "not-approved" });
    expect(await desk.answerFromTerminal(approvalId, "approve", digest)).toBeNull();
    expect(await ext.say({ type: "spend", approvalId, actionId, digest })).toMatchObject({ type: "done" });
  });

  test("a browser that comes under remote debugging after the question cannot say yes", async () => {
    const { desk, ext } = await open();
    const { approvalId, digest } = await ext.ask();
    ext.seen = { ...ext.seen, debugging: "Remote debugging is on." };
    expect(await ext.say({ type: "answer", approvalId, answer: "approve", digest })).toMatchObject({ code: "channel" });
    expect(desk.questions()).toMatchObject([{ channel: "terminal", channelWhy: "Remote debugging is on." }]);
  });

  test("a look that fails counts as driven", async () => {
    const { ext } = await open();
    ext.look = () => Promise.reject(new Error("no /proc"));
    expect((await ext.ask()).channel).toBe("terminal");
  });

  test("one browser neither sees, answers nor spends another's questions; its no counts", async () => {
    const { desk, ext } = await open();
    const other = new Extension(desk, "other");
    await other.greet();
    const { approvalId, actionId, digest } = await ext.ask();
    expect(other.of("questions").every((push) => push.questions.length === 0)).toBe(true);
    expect(await other.say({ type: "waiting" })).toMatchObject({ questions: [] });
    expect(await other.say({ type: "answer", approvalId, answer: "approve", digest })).toMatchObject({
      code: "unknown-approval",
    });
    await ext.say({ type: "answer", approvalId, answer: "approve", digest });
    expect(await other.say({ type: "spend", approvalId, actionId, digest })).toMatchObject({
      code: "unknown-approval",
    });
    expect(await other.say({ type: "withdraw", actionId, because: "" })).toMatchObject({ code: "unknown-action" });
    expect(await other.say({ type: "answer", approvalId, answer: "refuse", digest })).toMatchObject({ type: "done" });
    expect(await ext.say({ type: "spend", approvalId, actionId, digest })).toMatchObject({ code: "not-approved" });
  });

  test("the terminal hears of each question once", async () => {
    const { desk, ext } = await open();
    const heard: string[] = [];
    desk.onQuestion((question) => heard.push(question.approvalId));
    const one = await ext.ask();
    await ext.ask(action());
    const two = await ext.ask(action(mail({ title: "second" })));
    expect(heard).toEqual([one.approvalId, two.approvalId]);
  });
});

describe("an extension that goes away", () => {
  test("for a moment keeps its questions and is told what it missed; for longer it loses them", async () => {
    const { house, desk, ext } = await open();
    const { approvalId, digest } = await ext.ask();
    desk.gone(ext, "dropped");
    await house.clock.pass(9_000);
    await desk.answerFromTerminal(approvalId, "approve", digest);
    const back = new Extension(desk);
    await back.greet();
    await house.clock.pass(0);
    expect(back.of("resolved")).toMatchObject([{ approvalId, state: "approved" }]);
    const second = await back.ask(action(mail({ title: "second" })));
    desk.gone(ext, "an older line ends late");
    desk.gone(back, "dropped");
    await house.clock.pass(10_000);
    await settled();
    expect(desk.questions()).toEqual([]);
    const last = new Extension(desk);
    await last.greet();
    expect(await last.say({ type: "spend", ...pick(second) })).toMatchObject({ code: "not-approved" });
    expect(await last.propose(action(mail({ title: "second" })))).toMatchObject(denied(/browser was gone/));
  });

  test("while its browser runs on is an incident, and the time without it a gap; a closed browser is neither", async () => {
    const { house, desk, ext } = await open();
    desk.gone(ext, "closed");
    await house.clock.pass(60_000);
    const back = new Extension(desk);
    await back.greet();
    expect((await house.records(desk)).slice(2)).toMatchObject([
      { kind: "guard", what: "Extension gone" },
      { kind: "incident", what: "The guard went dark" },
      { kind: "gap", from: "2026-03-02T09:00:00.000Z", until: "2026-03-02T09:01:00.000Z" },
      { kind: "guard", what: "Extension connected" },
    ]);
    house.lives = false;
    const size = (await desk.status()).records;
    desk.gone(back, "closed");
    await house.clock.pass(60_000);
    await new Extension(desk).greet();
    const more = await desk.records({ after: size, limit: 10 });
    expect(more.map((record) => record.kind)).toEqual(["guard", "guard"]);
  });

  test("a page that gives up takes its question along, also while it is still being judged", async () => {
    const { desk, ext } = await open();
    const { actionId, approvalId } = await ext.ask();
    await ext.say({ type: "withdraw", actionId, because: "The tab was closed." });
    expect(ext.of("resolved")).toMatchObject([{ approvalId, state: "withdrawn", words: "The tab was closed." }]);
    expect((await ext.ask()).approvalId).not.toBe(approvalId);
    const what = action(mail({ title: "second" }));
    const proposed = ext.propose(what);
    const left = ext.say({ type: "withdraw", actionId: what.id, because: "gone" });
    await left;
    expect(await proposed).toMatchObject({ decision: { verdict: expect.any(String) } });
    await settled();
    expect(desk.questions().map((question) => question.actionId)).not.toContain(what.id);
  });
});

import { cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { emptyMeaning, meaningDigest } from "../../shared/meaning.ts";
import { Desk } from "../../companion/desk.ts";
import { action, folder, mail, settled } from "./made.ts";
import { ALLOW, ASK, DENY, Extension, House } from "./desk-made.ts";

const denied = (because: RegExp) => ({
  type: "verdict",
  decision: { verdict: "deny", because: expect.stringMatching(because) },
});

async function open(house = new House()) {
  const desk = await house.open();
  const ext = new Extension(desk);
  await ext.greet();
  return { house, desk, ext };
}

describe("the way through", () => {
  test("asked, approved, spent, sent: every step is a record, in order, pushed to the extension", async () => {
    const { house, desk, ext } = await open();
    const what = action();
    const asked = await ext.ask(what);
    expect(asked.digest).toBe(await meaningDigest(what.meaning));
    expect(ext.of("questions").at(-1)?.questions).toMatchObject([
      {
        approvalId: asked.approvalId,
        digest: asked.digest,
        meaning: what.meaning,
        newPeople: ["dana@work.example"],
        channel: "popup",
      },
    ]);
    const { approvalId, digest, actionId } = asked;
    expect(await ext.say({ type: "answer", approvalId, answer: "approve", digest })).toMatchObject({ type: "done" });
    expect(ext.of("resolved")).toMatchObject([{ approvalId, actionIds: [actionId], state: "approved" }]);
    expect(ext.of("questions").at(-1)?.questions).toEqual([]);
    expect(await ext.say({ type: "spend", approvalId, actionId, digest })).toMatchObject({ type: "done" });
    expect(await ext.say({ type: "outcome", actionId, outcome: "sent", note: "200" })).toMatchObject({ type: "done" });
    const kinds = (await house.records(desk)).map((record) => record.kind);
    expect(kinds).toEqual(["guard", "guard", "decided", "answered", "spent", "outcome"]);
    expect(ext.of("record").map((push) => push.record.kind)).toEqual(kinds.slice(1));
    const read = await ext.say({ type: "records", after: 2, limit: 2 });
    expect(read).toMatchObject({
      type: "records",
      size: 6,
      records: [
        { kind: "decided", seq: 3 },
        { kind: "answered", seq: 4 },
      ],
    });
  });

  test("texts stay out of the ledger unless the person keeps them", async () => {
    const house = new House();
    const { ext } = await open(house);
    await ext.ask(
      action(
        mail({
          text: "the secret plan",
          hidden: "a hidden plan",
          links: [{ href: "https://a.example/plan", host: "a.example" }],
        }),
      ),
    );
    const ledger = join(house.home, "ledger");
    const written = readdirSync(ledger)
      .map((name) => readFileSync(join(ledger, name), "utf8"))
      .join("");
    expect(written).toContain("a.example");
    expect(written).not.toMatch(/plan/);

    const keeping = new House();
    const desk = await keeping.open({ keepText: true });
    const other = new Extension(desk);
    await other.greet();
    await other.ask(action(mail({ text: "the secret plan" })));
    expect((await keeping.records(desk)).at(-1)).toMatchObject({ summary: { text: "the secret plan" } });
  });

  test("whom the person has written to is known afterwards, also after a restart; drafts, failures and denials teach nothing", async () => {
    const { house, desk, ext } = await open();
    house.rule = ({ newPeople, action: it }) => (it.verb === "mail.draft" || newPeople.length === 0 ? ALLOW : ASK);
    const to = (address: string) => mail({ people: [{ field: "to", address, name: "" }] });
    const draft = action({ ...to("drafted@x.example"), verb: "mail.draft" });
    await ext.propose(draft);
    await ext.say({ type: "outcome", actionId: draft.id, outcome: "sent", note: "" });
    const send = async (address: string, outcome: "sent" | "failed" | "may have been sent") => {
      const { approvalId, actionId, digest } = await ext.ask(action(to(address)));
      await ext.say({ type: "answer", approvalId, answer: "approve", digest });
      await ext.say({ type: "spend", approvalId, actionId, digest });
      await ext.say({ type: "outcome", actionId, outcome, note: "" });
    };
    await send("written@x.example", "sent");
    await send("failed@x.example", "failed");
    await send("perhaps@x.example", "may have been sent");
    const check = async (from: Extension) => {
      expect(await from.propose(action({ ...to("Written@x.example"), title: "again" }))).toMatchObject({
        decision: { verdict: "allow" },
      });
      for (const name of ["drafted", "failed", "perhaps"])
        expect(await from.propose(action({ ...to(`${name}@x.example`), title: "again" }))).toMatchObject({
          decision: { verdict: "ask" },
        });
    };
    await check(ext);
    await desk.close();
    const after = await open(house);
    await house.clock.pass(120_000);
    await check(after.ext);
  });
});

describe("record before release", () => {
  test("with a disk that fails nothing is allowed, asked or spent; refusals still work; afterwards it goes on and what was owed is written", async () => {
    const { house, desk, ext } = await open();
    const waiting = await ext.ask();
    const approved = await ext.ask(action(mail({ title: "second" })));
    await ext.say({ type: "answer", approvalId: approved.approvalId, answer: "approve", digest: approved.digest });
    house.disk.failSync = "ENOSPC";
    const disk = { type: "error", code: "disk", message: expect.stringMatching(/disk is full/) };
    house.rule = () => ALLOW;
    expect(await ext.propose(action(mail({ title: "allowed" })))).toMatchObject(disk);
    house.rule = () => ASK;
    expect(await ext.propose(action(mail({ title: "asked" })))).toMatchObject(disk);
    expect(ext.of("questions").at(-1)?.questions).toHaveLength(1);
    const { approvalId, digest } = waiting;
    expect(await ext.say({ type: "answer", approvalId, answer: "approve", digest })).toMatchObject(disk);
    const { approvalId: yes, actionId, digest: its } = approved;
    expect(await ext.say({ type: "spend", approvalId: yes, actionId, digest: its })).toMatchObject(disk);
    house.rule = () => DENY;
    expect(await ext.propose(action(mail({ title: "denied" })))).toMatchObject(denied(/Never/));
    expect(await ext.say({ type: "answer", approvalId, answer: "refuse", digest })).toMatchObject({ type: "done" });
    expect((await desk.status()).owed).toBeGreaterThan(0);

    house.disk.failSync = null;
    expect(await ext.say({ type: "spend", approvalId: yes, actionId, digest: its })).toMatchObject({
      code: "not-approved",
    });
    await ext.propose(action(mail({ title: "after" })));
    const records = await house.records(desk);
    expect(
      records.filter((record) => record.kind === "decided").map((record) => [record.summary.title, record.verdict]),
    ).toEqual([
      ["Lunch", "ask"],
      ["second", "ask"],
      ["denied", "deny"],
      ["after", "deny"],
    ]);
    expect(records.filter((record) => record.kind === "spent")).toEqual([]);
    expect(records.map((record) => record.seq)).toEqual(records.map((_, index) => index + 1));
    expect((await desk.status()).owed).toBe(0);
  });

  test("an allowed action has its verdict and its use on disk when the answer comes", async () => {
    const { house, ext } = await open();
    house.rule = () => ALLOW;
    const what = action();
    await ext.propose(what);
    const ledger = join(house.home, "ledger");
    const lines = readFileSync(join(ledger, "0000000001.log"), "utf8");
    expect(lines).toMatch(new RegExp(`"action":"${what.id}".*"verdict":"allow"`));
    expect(lines).toMatch(new RegExp(`"action":"${what.id}".*"kind":"spent"`));
  });

  test("what nobody allowed but is reported as sent is an incident", async () => {
    const { house, desk, ext } = await open();
    const { actionId } = await ext.ask();
    await ext.say({ type: "outcome", actionId, outcome: "sent", note: "" });
    expect((await house.records(desk)).at(-2)).toMatchObject({
      kind: "incident",
      what: "Something left without permission",
    });
    expect(await ext.say({ type: "outcome", actionId: "never-seen", outcome: "sent", note: "" })).toMatchObject({
      code: "unknown-action",
    });
  });
});

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

  test("works although the disk fails; resuming does not", async () => {
    const { house, desk, ext } = await open();
    house.disk.failWrite = "EIO";
    await ext.say({ type: "stopAgents" });
    expect(desk.stopped).toBe(true);
    await expect(desk.resume()).rejects.toThrow(/cannot be written/);
    expect(desk.stopped).toBe(true);
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

describe("housekeeping", () => {
  test("passes without touching the disk, and is summed up", async () => {
    const { house, desk, ext } = await open();
    house.rule = () => ALLOW;
    const [writes, size] = [house.disk.writes, (await desk.status()).records];
    const keep = () => action(emptyMeaning("roundcube", "erin@home.example", "site.housekeeping"));
    for (let count = 0; count < 50; count += 1) {
      const what = keep();
      expect(await ext.propose(what)).toMatchObject({ decision: { verdict: "allow" } });
      expect(await ext.say({ type: "outcome", actionId: what.id, outcome: "sent", note: "" })).toMatchObject({
        type: "done",
      });
    }
    expect(house.disk.writes).toBe(writes);
    await house.clock.pass(600_000);
    await vi.waitFor(async () =>
      expect(await desk.records({ after: size, limit: 10 })).toMatchObject([
        { kind: "guard", what: "Routine requests", detail: expect.stringMatching(/roundcube: 50/) },
      ]),
    );
  });

  test("that is not read canonically is recorded like anything else", async () => {
    const { house, desk, ext } = await open();
    house.rule = () => ALLOW;
    const size = (await desk.status()).records;
    await ext.propose(
      action(emptyMeaning("roundcube", "erin@home.example", "site.housekeeping"), { canonical: false }),
    );
    expect((await desk.records({ after: size, limit: 10 })).map((record) => record.kind)).toEqual(["decided", "spent"]);
  });
});

describe("budgets", () => {
  test("count what is let through from the moment it is decided, also many at once and after a restart", async () => {
    const { house, desk, ext } = await open();
    house.rule = ({ recent }) => (recent.sending < 3 ? ALLOW : DENY);
    const many = await Promise.all(
      Array.from({ length: 8 }, (_, index) => ext.propose(action(mail({ title: String(index) })))),
    );
    const allowed = (replies: readonly unknown[]) =>
      replies.filter((it) => JSON.stringify(it).includes('"allow"')).length;
    expect(allowed(many)).toBe(3);
    await desk.close();
    const after = await open(house);
    expect(allowed([await after.ext.propose(action(mail({ title: "later" })))])).toBe(0);
    await house.clock.pass(3_600_000);
    expect(allowed([await after.ext.propose(action(mail({ title: "an hour later" })))])).toBe(1);
  });
});

describe("after a crash", () => {
  /** What a killed companion leaves: its files as they are, without a goodbye. */
  async function crash(house: House): Promise<House> {
    const next = new House();
    rmSync(next.home, { recursive: true });
    cpSync(house.home, next.home, { recursive: true });
    rmSync(join(next.home, "ledger", "lock"), { force: true });
    await next.clock.pass(house.clock.now() - next.clock.now() + 1_000);
    return next;
  }

  test("questions lapse, unused approvals lapse, and what was released may have been sent; none of it is taken up again", async () => {
    const { house, ext } = await open();
    const waiting = await ext.ask();
    const approved = await ext.ask(action(mail({ title: "approved" })));
    await ext.say({ type: "answer", approvalId: approved.approvalId, answer: "approve", digest: approved.digest });
    const spent = await ext.ask(action(mail({ title: "spent" })));
    await ext.say({ type: "answer", approvalId: spent.approvalId, answer: "approve", digest: spent.digest });
    await ext.say({ type: "spend", ...pick(spent) });
    const after = await open(await crash(house));
    const records = await after.house.records(after.desk);
    expect(records.filter((record) => record.kind === "gap")).toMatchObject([
      { why: expect.stringMatching(/without a word/) },
    ]);
    expect(records.filter((record) => record.kind === "answered" && record.state === "lapsed")).toMatchObject([
      { action: waiting.actionId },
      { action: approved.actionId },
    ]);
    expect(records.filter((record) => record.kind === "outcome")).toMatchObject([
      { action: spent.actionId, outcome: "may have been sent" },
    ]);
    for (const old of [waiting, approved, spent])
      expect(await after.ext.say({ type: "spend", ...pick(old) })).toMatchObject({ code: "unknown-approval" });
    expect(await after.ext.propose()).toMatchObject(denied(/restarted while this waited/));
    expect(await after.ext.propose(action(mail({ title: "approved" })))).toMatchObject(
      denied(/restarted while this waited/),
    );
    expect(await after.ext.propose(action(mail({ title: "spent" })))).toMatchObject(denied(/may have been sent/));
    // The extension lived on and knows better.
    expect(await after.ext.say({ type: "outcome", actionId: spent.actionId, outcome: "sent", note: "" })).toMatchObject(
      { type: "done" },
    );
    await after.house.clock.pass(120_000);
    expect(await after.ext.propose(action(mail({ title: "spent" })))).toMatchObject({ decision: { verdict: "ask" } });
    const third = await open(await crash(after.house));
    const outcomes = (await third.house.records(third.desk)).filter((record) => record.kind === "outcome");
    expect(outcomes.map((record) => record.outcome)).toEqual(["may have been sent", "sent"]);
  });

  test("a refusal is still remembered", async () => {
    const { house, ext } = await open();
    const { approvalId, digest } = await ext.ask();
    await ext.say({ type: "answer", approvalId, answer: "refuse", digest });
    const after = await open(await crash(house));
    expect(await after.ext.propose()).toMatchObject(denied(/You refused this/));
  });

  test("a goodbye in good order leaves no gap", async () => {
    const { house, desk, ext } = await open();
    await ext.ask();
    await desk.close();
    const after = await open(house);
    const records = await house.records(after.desk);
    expect(records.filter((record) => record.kind === "gap")).toEqual([]);
    expect(records.find((record) => record.kind === "answered")).toMatchObject({ state: "lapsed" });
  });

  test("a folder that is in use is not opened twice", async () => {
    const { house } = await open();
    await expect(house.open()).rejects.toThrow(/Another Countersign/);
  });

  test("a state folder whose ledger cannot be written is refused with a sentence", async () => {
    const house = new House();
    house.disk.failWrite = "ENOSPC";
    await expect(
      Desk.open({
        home: folder(),
        build: "1",
        rule: () => ASK,
        profile: () => ({ name: "", rules: [], proposal: null }),
        ledger: { openFile: house.disk.openFile },
      }),
    ).rejects.toThrow(/disk is full/);
  });
});

function pick({ approvalId, actionId, digest }: { approvalId: string; actionId: string; digest: string }) {
  return { approvalId, actionId, digest };
}

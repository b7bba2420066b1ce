// The way through the desk, each step on disk before it counts.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { emptyMeaning, meaningDigest } from "../../shared/meaning.ts";
import { action, mail } from "./made.ts";
import { ALLOW, ASK, DENY, denied, Extension, House, open, pick } from "./desk-made.ts";

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
    // Nor does such a word make anybody known.
    await ext.propose(action(mail({ title: "another" })));
    expect(ext.of("questions").at(-1)?.questions.at(-1)?.newPeople).toEqual(["dana@work.example"]);
    expect(await ext.say({ type: "outcome", actionId: "never-seen", outcome: "sent", note: "" })).toMatchObject({
      code: "unknown-action",
    });
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

test("a yes is not used when what was let through meanwhile makes the rules refuse it", async () => {
  const { house, ext } = await open();
  house.rule = ({ recent }) => (recent.sending < 1 ? ASK : DENY);
  const first = await ext.ask(action(mail({ title: "One" })));
  const second = await ext.ask(action(mail({ title: "Two" })));
  for (const { approvalId, digest } of [first, second])
    await ext.say({ type: "answer", approvalId, answer: "approve", digest });
  expect(await ext.say({ type: "spend", ...pick(first) })).toMatchObject({ type: "done" });
  expect(await ext.say({ type: "spend", ...pick(second) })).toMatchObject({ type: "error", code: "not-approved" });
});

test("a yes is used although a question about numbers would be put by now", async () => {
  const { house, ext } = await open();
  const more: typeof ASK = { verdict: "ask", rules: [{ id: "ask-hourly", say: "Many are asked about." }] };
  house.rule = ({ recent }) => (recent.sending < 1 ? ASK : more);
  const first = await ext.ask(action(mail({ title: "One" })));
  const second = await ext.ask(action(mail({ title: "Two" })));
  for (const { approvalId, digest } of [first, second])
    await ext.say({ type: "answer", approvalId, answer: "approve", digest });
  for (const each of [first, second])
    expect(await ext.say({ type: "spend", ...pick(each) })).toMatchObject({ type: "done" });
});

// What a companion that was killed leaves, and what the next one makes of it.
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Desk } from "../../companion/desk/desk.ts";
import { action, folder, mail } from "./made.ts";
import { ASK, denied, House, open, pick } from "./desk-made.ts";

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

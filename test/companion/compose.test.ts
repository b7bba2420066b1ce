// The whole companion in one process, used through its control socket: rules, questions, answers, profile, record.
import { stat, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Companion } from "../../companion/compose.ts";
import { composeCompanion } from "../../companion/compose.ts";
import { askCompanion, hearAll, NotRunning } from "../../companion/terminal/control-client.ts";
import { controlPath } from "../../companion/terminal/control-path.ts";
import { PRESETS } from "../../companion/profile/presets.ts";
import { Extension } from "./desk-made.ts";
import { action, folder, mail } from "./made.ts";

const open: Companion[] = [];
afterEach(async () => {
  for (const companion of open.splice(0)) await companion.stop();
});
async function compose(home = folder()) {
  const companion = await composeCompanion({ home, port: 0, build: "1" });
  open.push(companion);
  const ext = new Extension(companion.desk);
  await ext.greet();
  return { companion, ext, home };
}
const letter = () => action(mail(), { canonical: false });

describe("rules and answers", () => {
  test("a send is asked under Assistant, answered over the socket, and spent once", async () => {
    const { ext, home } = await compose();
    const asked = await ext.ask(letter());
    const { questions } = await askCompanion<"questions">(home, { ask: "questions" });
    expect(questions.map((it) => [it.approvalId, it.digest, it.rules.map((rule) => rule.id)])).toEqual([
      [asked.approvalId, asked.digest, ["ask-sending", "builtin-not-canonical"]],
    ]);
    const answer = { ask: "answer", approvalId: asked.approvalId, answer: "approve" } as const;
    await expect(askCompanion<"answer">(home, { ...answer, digest: "0".repeat(64) })).rejects.toThrow(/./);
    const spend = {
      type: "spend",
      approvalId: asked.approvalId,
      actionId: asked.actionId,
      digest: asked.digest,
    } as const;
    expect((await ext.say(spend)).type).toBe("error");
    await askCompanion<"answer">(home, { ...answer, digest: asked.digest });
    expect((await ext.say(spend)).type).toBe("done");
    expect((await ext.say(spend)).type).toBe("error");
  });

  test("a profile narrowed between the yes and its use counts", async () => {
    const { ext, home } = await compose();
    const asked = await ext.ask(letter());
    await askCompanion<"answer">(home, {
      ask: "answer",
      approvalId: asked.approvalId,
      answer: "approve",
      digest: asked.digest,
    });
    await writeFile(join(home, "profile.cedar"), PRESETS[0]?.text ?? "");
    expect((await askCompanion<"profile">(home, { ask: "profile" })).name).toBe("Read only");
    const spent = await ext.say({
      type: "spend",
      approvalId: asked.approvalId,
      actionId: asked.actionId,
      digest: asked.digest,
    });
    expect(spent).toMatchObject({ type: "error", message: expect.stringContaining("Nothing may be written, sent") });
  });

  test("what the profile never allows is denied with its sentence, and stands in the log", async () => {
    const { ext, home } = await compose();
    const filter = action(mail({ verb: "mail.set-filter" }));
    expect(await ext.propose(filter)).toMatchObject({
      decision: { verdict: "deny", rules: [{ id: "never-lasting" }] },
    });
    const kinds: string[] = [];
    for await (const line of hearAll<"log">(home, { ask: "log", after: 0, follow: false })) {
      if ("record" in line) kinds.push(line.record.kind);
    }
    expect(kinds).toContain("decided");
  });
});

describe("the profile over the socket", () => {
  test("what widens is accepted by its digest only, and the record names it", async () => {
    const { companion, home } = await compose();
    await writeFile(join(home, "profile.cedar"), PRESETS[2]?.text ?? "");
    const report = await askCompanion<"profile">(home, { ask: "profile" });
    expect(report.name).not.toBe("Ask about settings too");
    expect(report.proposal?.name).toBe("Ask about settings too");
    await expect(askCompanion<"accept">(home, { ask: "accept", digest: "0".repeat(64) })).rejects.toThrow(
      "Look at it again.",
    );
    const accepted = await askCompanion<"accept">(home, { ask: "accept", digest: report.proposal?.digest ?? "" });
    expect(accepted.name).toBe("Ask about settings too");
    const records = await companion.desk.records({ after: 0, limit: 500 });
    expect(records.at(-1)).toMatchObject({ kind: "profile", what: "The profile was changed and accepted" });
  });

  test("an extension hears the name, the sentences and the waiting difference, and cannot accept it", async () => {
    const { companion, ext, home } = await compose();
    await writeFile(join(home, "profile.cedar"), PRESETS[2]?.text ?? "");
    await companion.profile.latest();
    const reply = await ext.say({ type: "profile" });
    expect(reply).toMatchObject({ type: "profile", proposal: expect.stringContaining("New, allows: ") });
  });
});

describe("the socket", () => {
  test("is its owner's only, and gone after the end", async () => {
    const { companion, home } = await compose();
    expect((await stat(controlPath(home))).mode & 0o777).toBe(0o600);
    expect((await stat(home)).mode & 0o777).toBe(0o700);
    await companion.stop();
    await expect(askCompanion<"status">(home, { ask: "status" })).rejects.toBeInstanceOf(NotRunning);
  });

  test.each([
    ["not JSON", "hello"],
    ["an unknown ask", '{"ask":"approveAll"}'],
    ["an extra key", '{"ask":"status","force":true}'],
    ["an answer without a digest", '{"ask":"answer","approvalId":"x","answer":"approve"}'],
    ["an accept without a digest", '{"ask":"accept"}'],
    ["a digest that is none", '{"ask":"accept","digest":"yes"}'],
  ])("refuses %s and goes on", async (_what, line) => {
    const { home } = await compose();
    const said = await new Promise<string>((resolve, reject) => {
      const socket = connect(controlPath(home), () => socket.write(`${line}\n`));
      socket.once("error", reject).once("data", (data) => {
        socket.destroy();
        resolve(data.toString());
      });
    });
    expect(JSON.parse(said)).toMatchObject({ ok: false });
    expect((await askCompanion<"status">(home, { ask: "status" })).questions).toBe(0);
  });

  test("cuts off who sends without end", async () => {
    const { home } = await compose();
    await new Promise<void>((resolve) => {
      const socket = connect(controlPath(home), () => socket.write("x".repeat(100_000)));
      socket.once("error", () => undefined).once("close", () => resolve());
    });
    expect((await askCompanion<"status">(home, { ask: "status" })).questions).toBe(0);
  });

  test("following the log brings what was and what comes, each once", async () => {
    const { companion, home } = await compose();
    const before = (await companion.desk.records({ after: 0, limit: 500 })).length;
    const seen: number[] = [];
    for await (const line of hearAll<"log">(home, { ask: "log", after: 0, follow: true })) {
      if (!("record" in line)) break;
      seen.push(line.record.seq);
      if (seen.length === before) void companion.desk.recordProfile("Something", "New.");
      if (seen.length === before + 1) break;
    }
    expect(seen).toEqual(Array.from({ length: before + 1 }, (_, at) => at + 1));
  });
});

test("a companion that cannot start leaves nothing behind", async () => {
  const { companion, home } = await compose();
  await expect(composeCompanion({ home, port: 0 })).rejects.toThrow("Another Countersign companion");
  // The first one still answers, and its folder is free after it.
  expect((await askCompanion<"status">(home, { ask: "status" })).port).toBe(companion.port);
  await companion.stop();
  const other = folder();
  await expect(composeCompanion({ home: other, port: companion.port === 1 ? 2 : 1 })).rejects.toThrow(/whole number/);
  const again = await composeCompanion({ home: other, port: 0 });
  open.push(again);
  expect(again.profile.current().name).toBe("Assistant");
});

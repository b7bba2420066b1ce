// The profile file and the accepted rules: what loads at once, what waits, and what happens when either is damaged.
import { chmod, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { decide } from "../../../companion/profile/decide.ts";
import { PRESETS } from "../../../companion/profile/presets.ts";
import { Profile } from "../../../companion/profile/profile.ts";
import { edit, fileIn, newHome, openIn } from "./folder.ts";
import type { Opened } from "./folder.ts";
import { request } from "./request.ts";
import type { Verb } from "../../../shared/action.ts";

const [READ_ONLY, ASSISTANT, ASK_LASTING, LOCKED] = PRESETS.map((preset) => preset.text);
if (!READ_ONLY || !ASSISTANT || !ASK_LASTING || !LOCKED) throw new Error("The presets are not what they were.");

const open: Profile[] = [];
afterEach(async () => {
  for (const profile of open.splice(0)) await profile.close();
});
async function fresh(): Promise<Opened> {
  const opened = await openIn(await newHome());
  open.push(opened.profile);
  return opened;
}
async function again(home: string): Promise<Opened> {
  const opened = await openIn(home);
  open.push(opened.profile);
  return opened;
}
const verdict = (profile: Profile, verb: Verb, wanted = {}) => decide(request(verb, wanted), profile.current()).verdict;
const ann = { to: ["ann@firm.example"] };

/** The text without one rule, found by its id. */
function without(text: string, id: string): string {
  const from = text.indexOf(`@id("${id}")`);
  const to = text.indexOf(";\n", from) + 2;
  if (from < 0 || to < 2) throw new Error(`There is no rule ${id}.`);
  return text.slice(0, from) + text.slice(to);
}
const NEVER_EVIL =
  '\n@id("never-evil")\n@say("Nothing goes to evil.example.")\nforbid (principal, action, resource)\nwhen { context.recipientDomains.contains(CS::Domain::"evil.example") };\n';
const FREE_SENDING =
  '\n@id("free-sending")\n@say("My firm may be written to.")\npermit (principal, action in CS::Action::"sending", resource);\n';

describe("the first start", () => {
  test("writes Assistant, both as text and as the accepted set, for the owner only", async () => {
    const { home, profile } = await fresh();
    expect(profile.current().name).toBe("Assistant");
    expect(await fileIn(home, "profile.cedar")).toBe(ASSISTANT);
    expect((await stat(join(home, "accepted.json"))).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await fileIn(home, "accepted.json"))).toMatchObject({ format: 1, name: "Assistant" });
    expect([profile.problem, profile.fallback, profile.proposal]).toEqual(["", "", null]);
  });

  test("takes a profile that already lies there as a proposal", async () => {
    const home = await newHome();
    await writeFile(join(home, "profile.cedar"), ASK_LASTING, { mode: 0o600 });
    const { profile } = await again(home);
    await profile.review();
    expect(verdict(profile, "mail.set-filter")).toBe("deny");
    expect(profile.proposal?.name).toBe("Ask about settings too");
    expect(await fileIn(home, "profile.cedar")).toBe(ASK_LASTING);
  });

  test("comes only once: in a used folder a missing accepted set locks everything", async () => {
    const { home } = await fresh();
    await rm(join(home, "accepted.json"));
    await rm(join(home, "profile.cedar"));
    await writeFile(join(home, "keys.json"), "{}", { mode: 0o600 });
    const { profile } = await again(home);
    expect(profile.current().name).toBe("Locked");
    expect(profile.fallback).toMatch(/missing, so everything is locked\. Run `countersign profile accept`/);
    expect(verdict(profile, "mail.read")).toBe("deny");
  });
});

describe("what narrows loads at once", () => {
  test("a new forbid", async () => {
    const opened = await fresh();
    const eve = { to: ["eve@evil.example"] };
    expect(verdict(opened.profile, "mail.send", eve)).toBe("ask");
    await edit(opened, ASSISTANT + NEVER_EVIL);
    expect(verdict(opened.profile, "mail.send", eve)).toBe("deny");
    expect(opened.profile.proposal).toBeNull();
    expect(opened.recorded).toEqual(["The profile was narrowed: New, forbids: Nothing goes to evil.example."]);
    // And it holds after a restart, though the file says otherwise by then.
    await writeFile(join(opened.home, "profile.cedar"), ASSISTANT);
    const { profile } = await again(opened.home);
    expect(verdict(profile, "mail.send", eve)).toBe("deny");
  });

  test("a removed permit", async () => {
    const opened = await fresh();
    expect(verdict(opened.profile, "mail.draft")).toBe("allow");
    await edit(opened, without(ASSISTANT, "drafting"));
    expect(verdict(opened.profile, "mail.draft")).toBe("deny");
    expect(opened.profile.proposal).toBeNull();
  });

  test("an asking rule that becomes a forbidding one", async () => {
    const opened = await fresh();
    const text = ASSISTANT.replace(
      '@effect("ask")\nforbid (principal, action in CS::Action::"sending", resource)\nunless { context.approvals.contains("ask-sending") };',
      'forbid (principal, action in CS::Action::"sending", resource);',
    );
    expect(text).not.toBe(ASSISTANT);
    await edit(opened, text);
    expect(verdict(opened.profile, "mail.send", ann)).toBe("deny");
    expect(opened.profile.proposal).toBeNull();
  });

  test.each([
    ["Read only", READ_ONLY, "mail.draft"],
    ["Locked", LOCKED, "mail.read"],
  ] as const)("the preset %s after Assistant, whole and by its name", async (name, text, verb) => {
    const opened = await fresh();
    expect(verdict(opened.profile, verb)).toBe("allow");
    await edit(opened, text);
    expect(verdict(opened.profile, verb)).toBe("deny");
    expect(opened.profile.current().name).toBe(name);
    expect(opened.profile.proposal).toBeNull();
  });
});

describe("what widens waits", () => {
  test.each([
    ["a new permit", ASSISTANT + FREE_SENDING, /^New, allows: My firm may be written to\.$/],
    ["a removed ask", without(ASSISTANT, "ask-sending"), /^You would no longer be asked: /],
    [
      "another sentence",
      ASSISTANT.replace("You are asked before anything is sent to anyone.", "All is well."),
      /changes its words, it asks: All is well\. \(It said: You are asked/,
    ],
    [
      "another condition",
      ASSISTANT.replace("context.items > 20", "context.items > 2000"),
      /changes its reach, it asks: /,
    ],
    [
      "a forbid that becomes an ask",
      ASSISTANT.replace(
        'forbid (principal, action in CS::Action::"lasting", resource);',
        '@effect("ask") forbid (principal, action in CS::Action::"lasting", resource) unless { context.approvals.contains("never-lasting") };',
      ),
      /forbids no more, it asks: /,
    ],
  ])("%s", async (_what, text, sentence) => {
    const opened = await fresh();
    const before = opened.profile.current();
    await edit(opened, text);
    expect(opened.profile.current()).toBe(before);
    expect(opened.profile.proposal?.changes.map((change) => change.sentence)).toEqual([
      expect.stringMatching(sentence),
    ]);
    expect(opened.recorded).toEqual([]);
    const { profile } = await again(opened.home);
    await profile.review();
    expect(profile.current().digest).toBe(before.digest);
  });

  test("a removed forbid waits where a permit could come through", async () => {
    const opened = await fresh();
    await edit(opened, ASK_LASTING);
    expect(verdict(opened.profile, "mail.set-filter")).toBe("deny");
    const sentences = opened.profile.proposal?.changes.map((change) => change.sentence) ?? [];
    expect(sentences.some((it) => it.startsWith("No longer forbidden: "))).toBe(true);
    expect(sentences.some((it) => it.startsWith("New, allows: "))).toBe(true);
  });

  test("a mixed change: the narrowing part is in force, the rest waits and is accepted by its digest", async () => {
    const opened = await fresh();
    const { profile } = opened;
    await edit(opened, without(ASSISTANT, "ask-sending") + NEVER_EVIL);
    expect(verdict(profile, "mail.send", { to: ["eve@evil.example"] })).toBe("deny");
    expect(verdict(profile, "mail.send", ann)).toBe("ask");
    expect(profile.proposal?.changes).toHaveLength(1);
    await expect(profile.accept("0".repeat(64))).rejects.toThrow("has changed since you looked");
    expect(verdict(profile, "mail.send", ann)).toBe("ask");
    await profile.accept(profile.proposal?.digest ?? "");
    expect(verdict(profile, "mail.send", ann)).toBe("allow");
    expect(opened.recorded.at(-1)).toMatch(/^The profile was changed and accepted: You would no longer be asked/);
    const later = await again(opened.home);
    expect(verdict(later.profile, "mail.send", ann)).toBe("allow");
  });

  test("what was shown is what is accepted: a file changed meanwhile is refused", async () => {
    const opened = await fresh();
    await edit(opened, ASSISTANT + FREE_SENDING);
    const shown = opened.profile.proposal?.digest ?? "";
    await writeFile(join(opened.home, "profile.cedar"), without(ASSISTANT, "ask-delete") + FREE_SENDING);
    await expect(opened.profile.accept(shown)).rejects.toThrow("has changed since you looked");
    expect(opened.profile.current().name).toBe("Assistant");
  });

  test("nothing widens when it cannot be put on record", async () => {
    const home = await newHome();
    const profile = await Profile.open({
      home,
      firstStart: true,
      now: () => 0,
      record: () => Promise.reject(new Error("The disk is full.")),
    });
    open.push(profile);
    await edit({ home, profile, recorded: [] }, ASSISTANT + FREE_SENDING);
    await expect(profile.accept(profile.proposal?.digest ?? "")).rejects.toThrow("The disk is full.");
    expect(profile.current().name).toBe("Assistant");
    // Narrowing does not wait for the record.
    await edit({ home, profile, recorded: [] }, LOCKED);
    expect(profile.current().name).toBe("Locked");
  });
});

describe("what cannot be used", () => {
  test("a syntax error keeps the old rules and names file and line", async () => {
    const opened = await fresh();
    await edit(opened, "// mine\n\npermit (principal, action resource);\n");
    expect(opened.profile.current().name).toBe("Assistant");
    expect(opened.profile.problem).toMatch(
      /profile\.cedar:3: unexpected token `resource`.* The rules before it stay in force\.$/,
    );
    await edit(opened, ASSISTANT);
    expect(opened.profile.problem).toBe("");
  });

  test("a missing file, a folder in its place and a huge file keep the old rules", async () => {
    const opened = await fresh();
    await rm(join(opened.home, "profile.cedar"));
    await opened.profile.latest();
    expect(opened.profile.problem).toMatch(/profile\.cedar is missing/);
    await edit(opened, `//${"x".repeat(70_000)}\n${LOCKED}`);
    expect(opened.profile.problem).toMatch(/longer than 64 kB/);
    expect(opened.profile.current().name).toBe("Assistant");
  });

  test.each([
    ["torn", (text: string) => text.slice(0, text.length / 2)],
    ["empty", () => ""],
    ["not JSON", () => "Assistant"],
    ["a permit put in by hand", (text: string) => text.replace('"forbid"', '"permit"')],
    ["a sentence changed by hand", (text: string) => text.replace("never made by an agent", "often made by an agent")],
    ["an effect changed by hand", (text: string) => text.replace('"effect": "deny"', '"effect": "ask"')],
    ["a rule taken out by hand", (text: string) => JSON.stringify({ ...JSON.parse(text), rules: [] })],
    ["an extra field", (text: string) => JSON.stringify({ ...JSON.parse(text), more: 1 })],
  ])("an accepted set that is %s locks everything, and accepting the file opens it again", async (_what, harm) => {
    const { home } = await fresh();
    const text = await fileIn(home, "accepted.json");
    const harmed = harm(text);
    expect(harmed).not.toBe(text);
    await writeFile(join(home, "accepted.json"), harmed);
    const { profile } = await again(home);
    expect(profile.current().name).toBe("Locked");
    expect(profile.fallback).toMatch(/damaged, so everything is locked/);
    expect(verdict(profile, "mail.read")).toBe("deny");
    await profile.accept(profile.proposal?.digest ?? "");
    expect(verdict(profile, "mail.read")).toBe("allow");
    expect(profile.fallback).toBe("");
    expect((await again(home)).profile.current().name).toBe("Assistant");
  });

  test("an accepted set that others can read is not trusted", async () => {
    const { home } = await fresh();
    await chmod(join(home, "accepted.json"), 0o644);
    const { profile } = await again(home);
    expect(profile.current().name).toBe("Locked");
  });
});

test("a change is seen without anybody asking for it", async () => {
  const opened = await fresh();
  const seen = new Promise<void>((resolve) => opened.profile.onChange(resolve));
  await writeFile(join(opened.home, "profile.cedar"), LOCKED);
  await seen;
  expect(opened.profile.current().name).toBe("Locked");
});

test("a rule that forbids, written while another change is being accepted, is in force afterwards", async () => {
  const home = await newHome();
  let meanwhile = () => Promise.resolve();
  const profile = await Profile.open({
    home,
    firstStart: true,
    now: () => Date.UTC(2026, 10, 22, 10),
    record: (what) => (what.includes("accepted") ? meanwhile() : Promise.resolve()),
  });
  open.push(profile);
  await edit({ home, profile, recorded: [] }, ASSISTANT + FREE_SENDING);
  let reviewed = Promise.resolve();
  meanwhile = async () => {
    await writeFile(join(home, "profile.cedar"), ASSISTANT + FREE_SENDING + NEVER_EVIL, { mode: 0o600 });
    reviewed = profile.review();
    // A slow disk: were the two not in line, the review would be over first.
    await Promise.race([reviewed, new Promise((done) => setTimeout(done, 400))]);
  };
  await profile.accept(profile.proposal?.digest ?? "");
  await reviewed;
  expect(verdict(profile, "mail.send", { to: ["eve@evil.example"] })).toBe("deny");
});

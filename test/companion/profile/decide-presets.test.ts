// What each preset answers, case by case. The expected answers are written by hand, one letter a preset:
// a = allow, ? = ask, x = deny, in the order Read only, Assistant, Ask about settings too, Locked.
import { beforeAll, describe, expect, test } from "vitest";
import { VERBS } from "../../../shared/action.ts";
import type { Verb } from "../../../shared/action.ts";
import { decide } from "../../../companion/profile/decide.ts";
import { PRESETS } from "../../../companion/profile/presets.ts";
import type { LoadedProfile } from "../../../companion/profile/rule-set.ts";
import { request, rules } from "./request.ts";
import type { Wanted } from "./request.ts";

const ann = { to: ["ann@firm.example"] };
const grantee = { to: ["ann@firm.example"], field: "grantee" } as const;
const twenty = { items: 20 };
const unclear = { canonical: false };

const CASES: readonly (readonly [answers: string, verb: Verb, wanted?: Wanted])[] = [
  // reading and running
  ["aaax", "mail.read"],
  ["aaax", "mail.search"],
  ["aaax", "mail.download"],
  ["aaax", "calendar.read"],
  ["???x", "site.sign-in"],
  ["aaax", "site.sign-in", { knownAccount: true }],
  ["aaax", "site.sign-out"],
  ["aaax", "site.housekeeping"],
  // the same, not read with certainty
  ["???x", "mail.read", unclear],
  ["???x", "mail.search", unclear],
  ["???x", "calendar.read", unclear],
  ["???x", "site.sign-in", unclear],
  ["???x", "site.housekeeping", unclear],
  ["???x", "mail.read", { doubts: ["Two fields of the same name."] }],
  // drafting
  ["xaax", "mail.draft", ann],
  ["xaax", "mail.draft"],
  ["xaax", "mail.upload"],
  ["x??x", "mail.draft", { ...ann, ...unclear }],
  ["x??x", "mail.upload", unclear],
  ["x??x", "mail.draft", { to: ["not an address"] }],
  // sending
  ["x??x", "mail.send", ann],
  ["x??x", "mail.send", { ...ann, ...unclear }],
  ["x??x", "mail.send", { to: ["ann@firm.example", "bob@firm.example"], newPeople: ["bob@firm.example"] }],
  ["x??x", "mail.send", { to: ["<b>not an address</b>"] }],
  ["xxxx", "mail.send"],
  ["xxxx", "mail.send", unclear],
  ["xxxx", "mail.send", { to: ["  "] }],
  ["xxxx", "mail.send", { to: ["ann@firm.example"], field: "replyTo" }],
  ["x??x", "mail.send", { to: ["ann@firm.example"], field: "bcc" }],
  ["x??x", "mail.send", { ...ann, unseen: 1 }],
  ["x??x", "mail.reply", ann],
  ["xxxx", "mail.reply"],
  ["x??x", "mail.forward", ann],
  ["xxxx", "mail.forward"],
  ["x??x", "mail.schedule-send", ann],
  ["xxxx", "mail.schedule-send"],
  ["x??x", "calendar.invite", { to: ["ann@firm.example"], field: "guest" }],
  ["xxxx", "calendar.invite"],
  ["x??x", "calendar.respond"],
  ["x??x", "calendar.respond", unclear],
  // tidying
  ["xaax", "mail.mark", { items: 1 }],
  ["xaax", "mail.mark", twenty],
  ["x??x", "mail.mark", { items: 21 }],
  ["x??x", "mail.mark"],
  ["x??x", "mail.mark", { items: 20, more: 1 }],
  ["x??x", "mail.mark", { items: 1, ...unclear }],
  ["xaax", "mail.move", { items: 1 }],
  ["xaax", "mail.move", twenty],
  ["x??x", "mail.move", { items: 21 }],
  ["x??x", "mail.move", { items: 500, more: 9_000 }],
  ["x??x", "mail.move", { items: 2, ...unclear }],
  ["xaax", "mail.archive", twenty],
  ["x??x", "mail.archive", { items: 21 }],
  ["xaax", "mail.label", { items: 3 }],
  ["x??x", "mail.label", { items: 30 }],
  ["xaax", "mail.move", { items: 1, tidying: 199 }],
  ["x??x", "mail.move", { items: 1, tidying: 200 }],
  ["x??x", "mail.delete", { items: 1 }],
  ["x??x", "mail.delete", { items: 21 }],
  ["x??x", "mail.delete", { items: 1, ...unclear }],
  ["x??x", "mail.report-spam", { items: 1 }],
  ["x??x", "calendar.create", { items: 1 }],
  ["x??x", "calendar.create"],
  ["x??x", "calendar.update", { items: 1 }],
  ["x??x", "calendar.delete", { items: 1 }],
  // lasting
  ["xx?x", "mail.redirect", { to: ["ann@firm.example"], field: "redirect" }],
  ["xxxx", "mail.redirect"],
  ["xx?x", "mail.purge", { items: 1 }],
  ["xx?x", "mail.set-filter"],
  ["xx?x", "mail.set-filter", unclear],
  ["xx?x", "mail.set-forwarding"],
  ["xx?x", "mail.delegate"],
  ["xx?x", "mail.change-settings"],
  ["xx?x", "calendar.share", grantee],
  ["xxxx", "calendar.share"],
  ["xx?x", "calendar.publish"],
  ["xx?x", "calendar.delegate"],
  ["xx?x", "calendar.change-settings"],
  ["xx?x", "account.consent"],
  ["xx?x", "account.app-password"],
  ["xx?x", "account.recovery"],
  ["xx?x", "account.export"],
  ["xx?x", "account.sending-address"],
  ["xx?x", "account.protocol-access"],
  // what nobody understood
  ["x??x", "site.unknown"],
  ["x??x", "site.unknown", unclear],
];

const ANSWER: Readonly<Record<string, string>> = { a: "allow", "?": "ask", x: "deny" };

let profiles: readonly LoadedProfile[] = [];
beforeAll(async () => {
  profiles = await Promise.all(PRESETS.map((preset) => rules(preset.text, preset.name)));
});

test("the table speaks about every verb, and about the four presets in this order", () => {
  expect(PRESETS.map((preset) => preset.name)).toEqual(["Read only", "Assistant", "Ask about settings too", "Locked"]);
  const missing = VERBS.filter((verb) => !CASES.some((row) => row[1] === verb));
  expect(missing).toEqual([]);
});

describe.each([...PRESETS.entries()].map(([at, preset]) => [preset.key, at, preset] as const))(
  "preset %s",
  (_key, at, preset) => {
    test.each(CASES.map((row) => [row[1], JSON.stringify(row[2] ?? {}), row] as const))(
      `${preset.name}: %s %s`,
      (_verb, _wanted, [answers, verb, wanted]) => {
        const profile = profiles[at];
        if (!profile) throw new Error("This preset was not loaded.");
        const ruling = decide(request(verb, wanted), profile);
        expect(ruling.verdict).toBe(ANSWER[answers[at] ?? ""]);
        // Every answer says why: by a rule, or, where none decided, by its own sentence.
        if (ruling.verdict === "deny") expect(ruling.because).toMatch(/\.$/);
        else expect(ruling.rules.length).toBeGreaterThan(0);
      },
    );
  },
);

test("a question under Assistant names the rule that asks, and adds the built-in doubt", () => {
  const assistant = profiles[1];
  if (!assistant) throw new Error("This preset was not loaded.");
  const plain = decide(request("mail.send", ann), assistant);
  expect(plain.rules).toEqual([{ id: "ask-sending", say: "You are asked before anything is sent to anyone." }]);
  const doubtful = decide(request("mail.send", { ...ann, canonical: false }), assistant);
  expect(doubtful.rules.map((rule) => rule.id)).toEqual(["ask-sending", "builtin-not-canonical"]);
  const both = decide(request("mail.delete", { items: 30 }), assistant);
  expect(both.rules.map((rule) => rule.id)).toEqual(["ask-many", "ask-delete"]);
});

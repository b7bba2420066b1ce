// For any two sets of rules and any request: what loads without being accepted never makes the request fare better.
// And whatever the rules say, the built-in laws hold.
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { OUTGOING, VERB_GROUPS, VERBS } from "../../../shared/action.ts";
import type { Verb } from "../../../shared/action.ts";
import { decide } from "../../../companion/profile/decide.ts";
import { PRESETS } from "../../../companion/profile/presets.ts";
import { differenceOf, narrowed } from "../../../companion/profile/profile-difference.ts";
import type { Change } from "../../../companion/profile/profile-difference.ts";
import { makeProfile } from "../../../companion/profile/rule-set.ts";
import type { ProfileRule } from "../../../companion/profile/rule-set.ts";
import type { Ruling } from "../../../companion/profile/ruling.ts";
import { request, rules } from "./request.ts";

/** Rules of one id in several forms: a set takes at most one of each id. */
const FORMS = [
  '@id("x") @say("X.") permit (principal, action, resource);',
  '@id("x") @say("X.") permit (principal, action in CS::Action::"sending", resource);',
  '@id("x") @say("X.") forbid (principal, action in CS::Action::"sending", resource);',
  '@id("x") @say("X.") @effect("ask") forbid (principal, action in CS::Action::"sending", resource) unless { context.approvals.contains("x") };',
  '@id("x") @say("X.") @effect("ask") forbid (principal, action in CS::Action::"sending", resource) when { context.recipientCount > 1 } unless { context.approvals.contains("x") };',
  '@id("y") @say("Y.") permit (principal, action == CS::Action::"mail.send", resource) when { context.newPeople.isEmpty() };',
  '@id("y") @say("Y.") permit (principal, action in [CS::Action::"mail.send", CS::Action::"tidying"], resource);',
  '@id("y") @say("Y.") forbid (principal, action, resource) when { context.items > 3 };',
  '@id("z") @say("Z.") forbid (principal, action == CS::Action::"mail.send", resource) unless { context.canonical };',
  '@id("z") @say("Z.") @effect("ask") forbid (principal, action, resource) unless { context.approvals.contains("z") };',
] as const;

let pool: ProfileRule[] = [];
beforeAll(async () => {
  const presets = await Promise.all(PRESETS.map((preset) => rules(preset.text)));
  const forms = await Promise.all(FORMS.map((text) => rules(text)));
  pool = [...presets, ...forms].flatMap((profile) => profile.rules);
});

const anySet = () =>
  fc.array(fc.nat(), { maxLength: 12 }).map((picks) => {
    const byId = new Map<string, ProfileRule>();
    for (const pick of picks) {
      const rule = pool[pick % pool.length];
      if (rule) byId.set(rule.id, rule);
    }
    return Array.from(byId.values());
  });
const anyRequest = () =>
  fc
    .record({
      // Half of them sends, where most rules of the pool meet.
      verb: fc.oneof(fc.constant<Verb>("mail.send"), fc.constantFrom<Verb>(...VERBS)),
      to: fc.subarray(["ann@firm.example", "eve@evil.example", "not an address"]),
      fresh: fc.boolean(),
      items: fc.nat({ max: 30 }),
      canonical: fc.boolean(),
    })
    .map(({ verb, to, fresh, items, canonical }) =>
      request(verb, { to, newPeople: fresh ? to : [], items, canonical }),
    );

const RANK = { deny: 0, ask: 1, allow: 2 } as const;
const asks = (ruling: Ruling) => (ruling.verdict === "ask" ? ruling.rules.map((rule) => rule.id) : []);

/** True when a request fares better by `after` than by `before`. */
function better(before: Ruling, after: Ruling): boolean {
  if (RANK[after.verdict] !== RANK[before.verdict]) return RANK[after.verdict] > RANK[before.verdict];
  return after.verdict === "ask" && asks(before).some((id) => !asks(after).includes(id));
}

const as = (change: Change, narrows: boolean): Change => ({ ...change, narrows });

type Case = readonly [ProfileRule[], ProfileRule[], ReturnType<typeof request>];
function holds(pick: (change: Change) => boolean) {
  return ([before, after, input]: Case) => {
    const changes = differenceOf(before, after).map((change) => as(change, pick(change)));
    const loaded = makeProfile("Loaded", narrowed(before, changes));
    return !better(decide(input, makeProfile("Before", before)), decide(input, loaded));
  };
}

test("what loads at once never makes a request fare better", () => {
  fc.assert(
    fc.property(
      fc.tuple(anySet(), anySet(), anyRequest()),
      holds((change) => change.narrows),
    ),
    { numRuns: 1_500 },
  );
});

test("the property can fail: loading every change at once is found out", () => {
  const result = fc.check(
    fc.property(
      fc.tuple(anySet(), anySet(), anyRequest()),
      holds(() => true),
    ),
    { numRuns: 1_500 },
  );
  expect(result.failed).toBe(true);
});

test("making every change ends in the set the file describes", () => {
  fc.assert(
    fc.property(anySet(), anySet(), (before, after) => {
      const changes = differenceOf(before, after).map((change) => as(change, true));
      expect(makeProfile("", narrowed(before, changes)).digest).toBe(makeProfile("", after).digest);
      expect(differenceOf(after, after)).toEqual([]);
    }),
  );
});

test("no rules allow what is not canonical, unknown, lasting or unreadable, nor judge a send to nobody", () => {
  fc.assert(
    fc.property(anySet(), anyRequest(), (set, input) => {
      const { action } = input;
      const ruling = decide(input, makeProfile("Any", set));
      const never: readonly Verb[] = [...VERB_GROUPS.lasting, ...VERB_GROUPS.unknown];
      const unreadable = action.meaning.people.some((person) => person.address.includes(" "));
      if (!action.canonical || unreadable || never.includes(action.verb)) expect(ruling.verdict).not.toBe("allow");
      if (OUTGOING.includes(action.verb) && action.meaning.people.length === 0) expect(ruling.verdict).toBe("deny");
      expect(ruling.verdict !== "deny" || ruling.because.length > 0).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

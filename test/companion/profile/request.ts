// Makes rulings for tests: an action from few words, and rule sets read by the real reader.
import { emptyMeaning } from "../../../shared/meaning.ts";
import type { Person } from "../../../shared/meaning.ts";
import type { Verb } from "../../../shared/action.ts";
import { readProfileText } from "../../../companion/profile/profile-reader.ts";
import { makeProfile } from "../../../companion/profile/rule-set.ts";
import type { LoadedProfile } from "../../../companion/profile/rule-set.ts";
import type { RulingInput } from "../../../companion/profile/ruling.ts";

export interface Wanted {
  readonly to?: readonly string[];
  readonly field?: Person["field"];
  readonly items?: number;
  readonly more?: number;
  readonly canonical?: boolean;
  readonly doubts?: readonly string[];
  readonly newPeople?: readonly string[];
  readonly sending?: number;
  readonly tidying?: number;
  readonly now?: number;
  readonly unseen?: number;
  readonly account?: string;
  readonly knownAccount?: boolean;
}

export function request(verb: Verb, wanted: Wanted = {}): RulingInput {
  const meaning = emptyMeaning("roundcube", wanted.account ?? "me@firm.example", verb);
  meaning.people = (wanted.to ?? []).map((address) => ({ field: wanted.field ?? "to", address, name: "" }));
  meaning.items = Array.from({ length: wanted.items ?? 0 }, (_, at) => ({ label: `Letter ${at}`, detail: "" }));
  meaning.more = wanted.more ?? 0;
  meaning.doubts = [...(wanted.doubts ?? [])];
  meaning.attachments = Array.from({ length: wanted.unseen ?? 0 }, () => ({ name: "a.pdf", size: 1, sha256: null }));
  return {
    action: {
      id: "6f1c0f6e-0000-4000-8000-000000000001",
      site: "roundcube",
      verb,
      meaning,
      origin: "http://roundcube.localhost",
      tab: 1,
      frame: 0,
      seenAt: "2026-11-22T10:00:00.000Z",
      layer: "request",
      canonical: wanted.canonical ?? true,
    },
    actor: { kind: "agent", name: null, evidence: [] },
    newPeople: wanted.newPeople ?? [],
    ...(wanted.knownAccount === undefined ? {} : { knownAccount: wanted.knownAccount }),
    now: wanted.now ?? Date.UTC(2026, 10, 22, 10),
    recent: { sending: wanted.sending ?? 0, tidying: wanted.tidying ?? 0 },
  };
}

/** Reads rules the way the companion does; fails the test when they are refused. */
export async function rules(text: string, name = "Test"): Promise<LoadedProfile> {
  const reading = await readProfileText(text);
  if (!reading.ok) throw new Error(`${reading.problem.line}: ${reading.problem.say}`);
  return makeProfile(name, reading.rules);
}

// The profile in the form commands and the extension show it: sentences, no Cedar.
import type { ProfileReport } from "../terminal/control-words.ts";
import type { ProfileView } from "../desk/desk-parts.ts";
import { profilePath } from "./profile.ts";
import type { Profile } from "./profile.ts";
import { LOCKED } from "./rule-set.ts";
import type { ProfileRule } from "./rule-set.ts";

/** Longest text the wire carries for the proposal. */
const LONGEST = 2_000;

const bare = (rules: readonly ProfileRule[]) => rules.map(({ id, say, effect }) => ({ id, say, effect }));

export function reportProfile(profile: Profile, home: string): ProfileReport {
  const { name, digest, rules } = profile.current();
  const { proposal, problem, fallback } = profile;
  return {
    file: profilePath(home),
    name,
    digest,
    rules: bare(rules),
    proposal: proposal && {
      digest: proposal.digest,
      name: proposal.name,
      changes: proposal.changes.map((change) => change.sentence),
    },
    problem,
    fallback,
  };
}

/** As the extension may see it. Before the profile is open, everything is locked. */
export function profileView(profile: Profile | null): ProfileView {
  const { name, rules } = profile?.current() ?? LOCKED;
  const words = profile?.proposal?.changes.map((change) => change.sentence).join(" ") ?? null;
  return { name, rules: bare(rules), proposal: words === null ? null : shortened(words) };
}

function shortened(words: string): string {
  return words.length <= LONGEST ? words : `${words.slice(0, LONGEST - 20)}... and more.`;
}

// The profile in the form commands and the extension show it: sentences, no Cedar.
import type { ProfileReport } from "./control-words.ts";
import { profilePath } from "./profile.ts";
import type { Profile } from "./profile.ts";

export function reportProfile(profile: Profile, home: string): ProfileReport {
  const { name, digest, rules } = profile.current();
  const { proposal, problem, fallback } = profile;
  return {
    file: profilePath(home),
    name,
    digest,
    rules: rules.map(({ id, say, effect }) => ({ id, say, effect })),
    proposal: proposal && {
      digest: proposal.digest,
      name: proposal.name,
      changes: proposal.changes.map((change) => change.sentence),
    },
    problem,
    fallback,
  };
}

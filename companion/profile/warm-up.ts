// Runs the rules once on a made-up action shortly after the start, so that the first real question does not wait for the engine.
// Must never reach the desk: nothing is asked, allowed or recorded by it.
import { emptyMeaning } from "../../shared/meaning.ts";
import { decide } from "./decide.ts";
import type { LoadedProfile } from "./rule-set.ts";

export function warmUp(profile: () => LoadedProfile): void {
  const timer = setImmediate(() => {
    const meaning = emptyMeaning("warm-up", "nobody@countersign.example", "mail.draft");
    const action = {
      id: "warm-up",
      site: "warm-up",
      verb: meaning.verb,
      meaning,
      origin: "null",
      tab: null,
      frame: null,
      seenAt: "",
      layer: "request" as const,
      canonical: false,
    };
    const actor = { kind: "unknown" as const, name: null, evidence: [] };
    decide({ action, actor, newPeople: [], now: 0, recent: { sending: 0, tidying: 0 } }, profile());
  });
  timer.unref();
}

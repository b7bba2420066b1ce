// Puts right what an earlier companion left open when it ended: questions lapse, and what was released without a known
// outcome "may have been sent". Must never take up an old approval again.
import { OUTGOING } from "../../shared/action.ts";
import type { NewRecord } from "../../shared/audit.ts";
import { iso, type Clock } from "./clock.ts";
import type { OpenActions } from "./open-actions.ts";
import { SAID, type Recollection } from "./recollection.ts";
import { MISSED_FOR, type Refusals } from "./refusals.ts";
import type { Scribe } from "./scribe.ts";

interface Rooms {
  readonly clock: Clock;
  readonly scribe: Pick<Scribe, "must">;
  readonly actions: OpenActions;
  readonly refusals: Refusals;
}

export async function putRight({ clock, scribe, actions, refusals }: Rooms, before: Recollection, build: string) {
  const now = iso(clock.now());
  const records: NewRecord[] = [];
  if (before.running)
    records.push({
      kind: "gap",
      from: before.lastAt,
      until: now,
      why: "Countersign ended without a word, by a crash or because it was killed. The extension lets nothing through meanwhile.",
    });
  for (const [action, { stage, approval, digest, verb }] of actions.open) {
    if (stage === "released") {
      records.push({
        kind: "outcome",
        action,
        outcome: "may have been sent",
        note: "Countersign ended between the release and the word of what came of it.",
      });
      // An app that saves the same draft again, or marks the same message, does no harm by it.
      if (!OUTGOING.includes(verb)) continue;
      refusals.remember(
        digest,
        "This may have been sent already, just before Countersign restarted. Look in Sent before you send it again.",
        MISSED_FOR,
      );
    } else if (stage !== "unsure") {
      records.push({ kind: "answered", action, approval: approval ?? action, state: "lapsed", channel: null });
      const words = "Countersign restarted while this waited, which counts as a refusal once; it was not sent.";
      refusals.remember(digest, words, MISSED_FOR);
    }
  }
  records.push({ kind: "guard", what: SAID.started, detail: `Build ${build}.` });
  await scribe.must(records);
}

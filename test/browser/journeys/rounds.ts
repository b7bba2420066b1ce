// One round: five agents, each with another action, all to the same end. What one of them does wrong does not stop the rest.
// Must never let two rounds say the same: a refusal is remembered by meaning.
import { eventually } from "./eventually.ts";
import { Journey } from "./journey.ts";
import { PATIENCE_SECONDS, type DriverName, type Place } from "./place.ts";
import { ASKING, DRAFTS_ONLY, READ_ONLY } from "./profiles.ts";
import { effects, VERB_NAMES, VERBS, type VerbName } from "./verbs.ts";

export const ENDS = ["guard off", "denied", "approved", "refused", "timed out", "companion killed"] as const;
export type End = (typeof ENDS)[number];

export interface Cell {
  readonly driver: DriverName;
  readonly verb: VerbName;
  readonly end: End;
}
export interface Told extends Cell {
  /** One sentence for each thing that was not as it must be. */
  readonly wrong: readonly string[];
}

type Step = (journey: Journey) => Promise<void>;

/** Takes a step with every journey that has come so far, all at once; what one throws ends that one alone. */
type Walk = (step: Step) => Promise<void>;

const AFTERWARDS: Record<End, (walk: Walk, place: Place, drafts: boolean) => Promise<void>> = {
  "guard off": (walk) =>
    walk(async (journey) => {
      await journey.press();
      await eventually("it happens", 15_000, async () => (await journey.effect()) === 1);
    }),

  denied: (walk, _place, drafts) =>
    walk(async (journey) => {
      await journey.press();
      const { verdict } = await journey.decided();
      journey.expect(verdict === "deny", `it was decided "${verdict}"`);
      await journey.kept();
      await (drafts ? journey.draftSaved() : journey.autosaves());
      await journey.nothingAsked();
      await journey.nothingArrived();
    }),

  approved: (walk) =>
    walk(async (journey) => {
      await journey.press();
      await journey.approve();
    }),

  refused: async (walk, place) => {
    await walk(async (journey) => {
      await journey.press();
      await place.companion().answer(await journey.question(), "refuse");
      await journey.stopped("refused");
    });
    await walk((journey) => journey.againInSilence());
  },

  "timed out": async (walk, place) => {
    await walk(async (journey) => {
      await journey.press();
      await journey.question();
    });
    const late = (PATIENCE_SECONDS + 10) * 1_000;
    await eventually("no question left", late, async () => (await place.companion().questions()).length === 0);
    await walk((journey) => journey.stopped("expired"));
    await walk((journey) => journey.againInSilence());
  },

  "companion killed": async (walk, place) => {
    await walk(async (journey) => {
      await journey.press();
      await journey.question();
    });
    await place.killCompanion();
    await walk(async (journey) => {
      await journey.kept();
      await journey.autosaves();
      await journey.nothingArrived();
      await journey.againWithoutCompanion();
    });
    await place.startAgain();
    await walk(async (journey) => {
      await journey.nothingAsked();
      await journey.againInSilence();
    });
  },
};

/** `number` makes this round's words its own. */
export async function runRound(
  place: Place,
  end: End,
  pairs: readonly (readonly [DriverName, VerbName])[],
  number: number,
): Promise<Told[]> {
  const mark = `Mark-${end.replace(/\W/g, "")}-${number}`;
  const journeys = pairs.map(([driver, verb]) => new Journey(place, driver, verb, mark));
  const broken = new Set<Journey>();
  const step = async (journey: Journey, take: Step): Promise<void> => {
    if (broken.has(journey)) return;
    try {
      await take(journey);
    } catch (error) {
      broken.add(journey);
      journey.wrong.push(error instanceof Error ? error.message : String(error));
    }
  };
  const walk: Walk = async (take) => {
    await Promise.all(journeys.map((journey) => step(journey, take)));
  };
  // Denied by turns under rules that let a letter be kept as a draft, and under the preset that lets nothing be written.
  const drafts = number % 2 === 0;
  if (place.guarded) await place.profile(end !== "denied" ? ASKING : drafts ? DRAFTS_ONLY : READ_ONLY);
  await place.reset(`Garden Post: ${mark}`);
  await walk((each) => each.prepare());
  await AFTERWARDS[end](walk, place, drafts);
  const happened = await effects(place.stack);
  const waiting = place.guarded ? (await place.companion().questions()).length : 0;
  const should = end === "guard off" || end === "approved";
  for (const journey of journeys) {
    const times = happened[journey.verb];
    journey.expect(waiting === 0, `${waiting} questions were left at the end of the round`);
    journey.expect(times === (should ? 1 : 0), `at the end of the round it had happened ${times} times`);
  }
  const letters = VERB_NAMES.filter((verb) => VERBS[verb].draft !== "");
  const known = letters.reduce((sum, verb) => sum + happened[verb], 0);
  if (place.stack.sink.count() !== known)
    for (const journey of journeys) journey.wrong.push("another mail than these left in this round");
  return journeys.map(({ driverName, verb, wrong }) => ({ driver: driverName, verb, end, wrong }));
}

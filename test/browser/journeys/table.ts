// The matrix as a page of Markdown: one row for each agent and action, one column for each end.
// Must never show a cell as good that was not walked.
import { DRIVER_NAMES } from "./place.ts";
import { ENDS, type End, type Told } from "./rounds.ts";
import { VERB_NAMES } from "./verbs.ts";

const GOOD: Readonly<Record<End, string>> = {
  "guard off": "happens",
  denied: "stopped",
  approved: "once, as shown",
  refused: "stopped",
  "timed out": "stopped",
  "companion killed": "stopped",
};

const MEANS: readonly (readonly [End, string])[] = [
  [
    "guard off",
    "without Countersign the same press really does it: mail at the sink, message in Trash, rule in the Sieve script",
  ],
  [
    "denied",
    "the profile forbids it: nothing arrives, nobody is asked, the work stands in the page; a letter is among the drafts too where the profile allows drafts (the other half is walked under Read only)",
  ],
  [
    "approved",
    "exactly one arrives; read again from the server it is what the question showed (people, subject, text, files by SHA-256); the record has the verdict, the answer and the use of the approval before it arrived",
  ],
  ["refused", "nothing arrives, the work is kept, and a second press is answered without a second question"],
  ["timed out", "nobody answers: the same, and the record says expired"],
  [
    "companion killed",
    "SIGKILL while the question waits: the same, a press without companion is stopped with a sentence, and a press after it started again brings no question",
  ],
];

function cell(told: readonly Told[], end: End, driver: string, verb: string): string {
  const found = told.find((each) => each.end === end && each.driver === driver && each.verb === verb);
  if (!found) return "not walked";
  return found.wrong.length === 0
    ? GOOD[end]
    : `**wrong:** ${found.wrong.join(" ").replaceAll("|", "/").replaceAll("\n", " ")}`;
}

/** `about` says where and when. */
export function matrixPage(told: readonly Told[], about: string): string {
  const rows = DRIVER_NAMES.flatMap((driver) =>
    VERB_NAMES.map(
      (verb) => `| ${driver} | ${verb} | ${ENDS.map((end) => cell(told, end, driver, verb)).join(" | ")} |`,
    ),
  );
  const good = told.filter((each) => each.wrong.length === 0).length;
  return [
    "# Journeys",
    "",
    "Five agents, each with five actions, each to six ends, in a real Roundcube in real Chromium. `npm run journeys` walks all",
    "of it and writes this page; `npm test` walks a slice.",
    "",
    `${good} of ${told.length} as they must be. ${about}`,
    "",
    ...MEANS.map(([end, words]) => `- **${end}**: ${words}.`),
    "",
    `| agent | action | ${ENDS.join(" | ")} |`,
    `|---|---|${ENDS.map(() => "---|").join("")}`,
    ...rows,
    "",
  ].join("\n");
}

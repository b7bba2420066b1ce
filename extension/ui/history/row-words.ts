// A row of the history in words: what was wanted, to whom, how it ended. Pure.
// Must never say that something was done before its outcome is known.
import type { Row, RowState } from "../../../shared/audit.ts";
import { exactTime, span } from "../clock.ts";
import type { IconName } from "../icons.tsx";
import { plural, STATE_WORDS, type Tone } from "../words.ts";

const RECEIVING = new Set(["to", "cc", "bcc", "redirect", "forwardTo", "guest", "grantee"]);

/** How a row came out: by whose decision it went, or that it did not. */
export type Class = "rule" | "approved" | "stopped" | "waiting" | "guard";

export function classOf(row: Row): Class {
  if (row.kind !== "action") return "guard";
  if (row.answered?.state === "approved" || row.state === "approved") return "approved";
  if (row.decided?.verdict === "allow") return "rule";
  return row.state === "waiting" ? "waiting" : "stopped";
}

export const receiversOf = (row: Row): string[] => [
  ...new Set(
    (row.decided?.summary.people ?? []).filter(({ field }) => RECEIVING.has(field)).map(({ address }) => address),
  ),
];

/** " to ana@acme.example and 2 others"; "" when nobody receives anything. */
export function toWhom(row: Row): { readonly first: string; readonly rest: string } | null {
  const [first, ...others] = receiversOf(row);
  if (first === undefined) return null;
  return { first, rest: others.length === 0 ? "" : ` and ${plural(others.length, "other")}` };
}

export function howItWent(row: Row): { readonly words: string; readonly tone: Tone; readonly icon: IconName } {
  const state = row.state ?? "waiting";
  const { words, tone } = STATE_WORDS[state];
  const icons: Readonly<Record<Tone, IconName>> = { wait: "wait", rule: "rule", yes: "yes", stop: "stop", odd: "odd" };
  if (state !== "sent") return { words, tone, icon: icons[tone] };
  if (row.answered?.state !== "approved") return { words: "let through by rule", tone: "rule", icon: "rule" };
  const took = Date.parse(row.answered.at) - Date.parse(row.decided?.at ?? "");
  return { words: Number.isNaN(took) ? "approved by you" : `approved by you, ${span(took)}`, tone: "yes", icon: "yes" };
}

/** The second line: the one thing that matters most about it. */
export function mattersMost(row: Row): { readonly words: string; readonly hot: boolean } | null {
  const { decided } = row;
  if (!decided) return null;
  const { summary, newPeople, because } = decided;
  if (row.state === "may have been sent") return { words: "look into the account's Sent folder", hot: true };
  if (decided.verdict === "deny" && because !== null && because !== "") return { words: because, hot: false };
  if (summary.doubts.length > 0) return { words: "could not be read with certainty", hot: true };
  if (newPeople.length > 0) {
    const many = newPeople.length === 1 ? "somebody" : `${newPeople.length} people`;
    return { words: `${many} you had never written to`, hot: true };
  }
  if (summary.attachments.length > 0)
    return { words: `with ${plural(summary.attachments.length, "file")}`, hot: false };
  if (summary.count > 0) {
    const thing = decided.summary.verb.startsWith("calendar.") ? "event" : "message";
    return {
      words: plural(summary.count, thing) + (summary.place === null ? "" : `, to ${summary.place}`),
      hot: false,
    };
  }
  return receiversOf(row).length > 0 ? { words: "nobody new", hot: false } : null;
}

const LAST: Readonly<Record<RowState, string>> = {
  waiting: "Waits for your answer; nothing has left",
  allowed: "Let through by your rules",
  approved: "Approved; not sent yet",
  refused: "Refused by you, nothing left",
  denied: "Stopped by your rules, nothing left",
  expired: "No answer in time, refused; nothing left",
  withdrawn: "Taken back, nothing left",
  sending: "Being sent",
  sent: "Done",
  failed: "Allowed, but the site said no",
  "may have been sent": "May have been sent",
};
export const verdictLine = (row: Row): string => LAST[row.state ?? "waiting"];

export interface Happening {
  readonly at: string;
  readonly words: string;
}

/** What happened to an action, in order, with times. */
export function happenings(row: Row): Happening[] {
  const { decided, answered, outcome } = row;
  const out: Happening[] = [];
  if (decided) {
    const words = { allow: "let through by rule", ask: "held, and you were asked", deny: "stopped by rule" };
    out.push({ at: decided.at, words: words[decided.verdict] });
  }
  if (answered) {
    const where =
      answered.channel === null ? "" : answered.channel === "popup" ? ", in the popup" : ", in the terminal";
    const words = {
      approved: `you said yes${where}`,
      refused: `you said no${where}`,
      expired: "the time was up: refused, this once",
      withdrawn: "the page took it back",
      lapsed: "the companion stopped while it waited",
      waiting: "waiting",
      spent: "used",
    };
    out.push({ at: answered.at, words: words[answered.state] });
  }
  if (row.spentAt !== null) out.push({ at: row.spentAt, words: "the yes was used up, on disk, and it was released" });
  if (outcome) {
    const words = {
      sent: "the site took it",
      failed: "the site said no",
      "not sent": "it was not sent",
      "may have been sent": "no word came back: it may have been sent",
    };
    out.push({ at: outcome.at, words: words[outcome.outcome] + (outcome.note === "" ? "" : `: ${outcome.note}`) });
  }
  return out;
}

export const timeOf = (happening: Happening): string => exactTime(happening.at);

/** Fewer than these in a row stand each by themselves. */
const RUN = 4;

/** Rows that passed by rule, one after the other, with the same verb and nothing to remark: shown as one line that opens. */
export function runs<R extends Row>(rows: readonly R[]): R[][] {
  const plain = (row: R | undefined): string | undefined =>
    row &&
    classOf(row) === "rule" &&
    (row.state === "sent" || row.state === "allowed") &&
    mattersMost(row)?.hot !== true
      ? row.decided?.summary.verb
      : undefined;
  const out: R[][] = [];
  for (const row of rows) {
    const last = out.at(-1);
    const verb = plain(row);
    if (last && verb !== undefined && plain(last[0]) === verb) last.push(row);
    else out.push([row]);
  }
  return out.flatMap((run) => (run.length < RUN ? run.map((row) => [row]) : [run]));
}

export interface Tally {
  readonly all: number;
  readonly rule: number;
  readonly approved: number;
  readonly stopped: number;
  readonly waiting: number;
  readonly gaps: number;
  readonly incidents: number;
}

export function tally(rows: readonly Row[]): Tally {
  const count = (fits: (row: Row) => boolean) => rows.filter(fits).length;
  const byClass = (name: Class) => count((row) => classOf(row) === name);
  return {
    all: count((row) => row.kind === "action"),
    rule: byClass("rule"),
    approved: byClass("approved"),
    stopped: byClass("stopped"),
    waiting: byClass("waiting"),
    gaps: count((row) => row.kind === "gap"),
    incidents: count((row) => row.kind === "incident"),
  };
}

export interface Bar {
  /** 0..23, the person's own clock. */
  readonly hour: number;
  readonly rule: number;
  readonly approved: number;
  readonly stopped: number;
  readonly odd: number;
}

/** Fewer hours than these would make bars too broad to compare. */
const LEAST_BARS = 8;

/** One bar for each hour from the first with anything in it to the last. */
export function byHour(rows: readonly Row[]): Bar[] {
  const bars = new Map<number, { rule: number; approved: number; stopped: number; odd: number }>();
  for (const row of rows) {
    const hour = new Date(row.at).getHours();
    const bar = bars.get(hour) ?? { rule: 0, approved: 0, stopped: 0, odd: 0 };
    const name = classOf(row);
    if (name === "rule" || name === "approved" || name === "stopped") bar[name] += 1;
    if (row.kind === "gap" || row.kind === "incident") bar.odd += 1;
    bars.set(hour, bar);
  }
  if (bars.size === 0) return [];
  const first = Math.max(0, Math.min(...bars.keys(), Math.max(...bars.keys()) - LEAST_BARS + 1));
  const last = Math.max(...bars.keys(), LEAST_BARS - 1);
  return Array.from({ length: last - first + 1 }, (_, n) => ({
    hour: first + n,
    ...(bars.get(first + n) ?? { rule: 0, approved: 0, stopped: 0, odd: 0 }),
  }));
}

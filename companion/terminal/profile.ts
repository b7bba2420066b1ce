// `countersign profile show | check [FILE] | use PRESET | accept`.
// Must never load what widens without a person at a terminal who was shown the difference.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ProfileReport } from "./control-words.ts";
import { presetByKey, PRESETS } from "../profile/presets.ts";
import { profilePath, writePreset } from "../profile/profile.ts";
import { readProfileText } from "../profile/profile-reader.ts";
import { readArguments } from "./arguments.ts";
import { homeFolder } from "./home.ts";
import { openProfileDesk } from "./profile-desk.ts";
import type { ProfileDesk } from "./profile-desk.ts";
import { askYes, Refusal, UsageError } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";

const EFFECT_WORDS = { allow: "allow", ask: "ask  ", deny: "never" } as const;
const KEYS = PRESETS.map((preset) => preset.key).join(", ");

export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { words } = readArguments(args, {}, 2);
  const [what = "show", more] = words;
  if (what === "check") return check(more ?? profilePath(homeFolder()), terminal);
  if (what === "use") return use(more, terminal);
  if (more !== undefined) throw new UsageError(`Nothing can be done with "${more}" here. See \`countersign --help\`.`);
  if (what === "show") return withDesk((desk) => show(desk, terminal));
  if (what === "accept") return withDesk((desk) => accept(desk, terminal));
  throw new UsageError(`"profile ${what}" is not known. It is show, check [FILE], use PRESET or accept.`);
}

async function withDesk(work: (desk: ProfileDesk) => Promise<number>): Promise<number> {
  const desk = await openProfileDesk(homeFolder());
  try {
    return await work(desk);
  } finally {
    await desk.close();
  }
}

function troubles(report: ProfileReport, terminal: Terminal): void {
  for (const line of [report.fallback, report.problem]) if (line !== "") terminal.print(line);
}

async function show(desk: ProfileDesk, terminal: Terminal): Promise<number> {
  const report = await desk.report();
  terminal.print(`${report.name} (${report.file})`);
  for (const rule of report.rules) terminal.print(`  ${EFFECT_WORDS[rule.effect]}  ${rule.say} [${rule.id}]`);
  terminal.print("  What no rule allows is refused. What cannot be read with certainty is always asked about.");
  troubles(report, terminal);
  if (report.proposal) {
    terminal.print("The file says something else. Waiting for `countersign profile accept`:");
    for (const change of report.proposal.changes) terminal.print(`  ${change}`);
  }
  return 0;
}

async function check(file: string, terminal: Terminal): Promise<number> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new Refusal(`${file} cannot be read. Check the name.`);
  });
  const reading = await readProfileText(text);
  if (reading.ok) {
    terminal.print(`${file}: ${reading.rules.length} rules, all good.`);
    return 0;
  }
  const { line, say } = reading.problem;
  throw new Refusal(`${file}${line > 0 ? `:${line}` : ""}: ${say}`);
}

async function use(key: string | undefined, terminal: Terminal): Promise<number> {
  const preset = key === undefined ? undefined : presetByKey(key);
  if (!preset) {
    const wrong = key === undefined ? "Name a preset" : `There is no preset "${key}"`;
    throw new UsageError(`${wrong}: ${KEYS}.`);
  }
  const home = homeFolder();
  return withDesk(async (desk) => {
    await keepOwnText(home, terminal);
    await writePreset(home, preset);
    const report = await desk.report();
    if (report.problem === "" && report.fallback === "" && !report.proposal) {
      terminal.print(`${preset.name} is in force. ${preset.about}`);
      return 0;
    }
    return accept(desk, terminal);
  });
}

/** Rules the person wrote are not overwritten by a preset without leaving them a copy. */
async function keepOwnText(home: string, terminal: Terminal): Promise<void> {
  const text = await readFile(profilePath(home), "utf8").catch(() => null);
  if (text === null || PRESETS.some((preset) => preset.text.trim() === text.trim())) return;
  const copy = join(home, `profile-${new Date().toISOString().replaceAll(":", "-")}.cedar`);
  await writeFile(copy, text, { mode: 0o600, flag: "wx" });
  terminal.print(`Your own rules are kept in ${copy}.`);
}

async function accept(desk: ProfileDesk, terminal: Terminal): Promise<number> {
  const report = await desk.report();
  troubles(report, terminal);
  const { proposal } = report;
  if (!proposal) {
    terminal.print("Nothing waits to be accepted.");
    return report.problem === "" && report.fallback === "" ? 0 : 1;
  }
  terminal.print(`In force: ${report.name}. The file describes: ${proposal.name}. The difference:`);
  for (const change of proposal.changes) terminal.print(`  ${change}`);
  const elsewhere =
    "Only a person at a terminal can accept what gives more permission. Run `countersign profile accept` in one.";
  if (!(await askYes(terminal, "Accept this?", elsewhere))) {
    terminal.print("Nothing was accepted; the change still waits.");
    return 1;
  }
  const now = await desk.accept(proposal.digest);
  terminal.print(`${now.name} is in force.`);
  return 0;
}

// Reads profile text: sizes and nesting first, then parsing in a thread that ends, then our own rules about rules.
// Must never hand text to the engine of this process, and never return a set that is only partly good.
import { Worker } from "node:worker_threads";
import { ENGINE_PATH } from "./cedar-engine.ts";
import { CEDAR_SCHEMA } from "./cedar-schema.ts";
import { deepestNesting } from "./nesting.ts";
import { readInThread } from "./profile.worker.ts";
import type { Job, Trouble, WorkerAnswer } from "./profile.worker.ts";
import { inOneLine } from "../terminal/quote.ts";
import { lintRules } from "./rule-lint.ts";
import type { ProfileRule } from "./rule-set.ts";

const TEXT_BYTES = 64 * 1024;
const RULE_BYTES = 16 * 1024;
const NESTING = 32;
const RULES = 200;
/** A hundred rules take well under a second; a text that takes this long is not a profile. */
const PATIENCE_MS = 20_000;

/** `line` counts from 1; 0 when no line can be named. */
export interface Problem {
  readonly line: number;
  readonly say: string;
}

export type Reading =
  | { readonly ok: true; readonly rules: readonly ProfileRule[] }
  | { readonly ok: false; readonly problem: Problem };

const no = (say: string, line = 0): Reading => ({ ok: false, problem: { line, say } });
const bytes = (text: string) => Buffer.byteLength(text, "utf8");
const lineAt = (text: string, offset: number) => text.slice(0, offset).split("\n").length;

/** Where each rule begins: the texts are verbatim pieces of the whole, in order. */
function linesOf(text: string, parts: readonly string[]): number[] {
  let from = 0;
  return parts.map((part) => {
    const at = text.indexOf(part, from);
    if (at < 0) return 0;
    from = at + part.length;
    return lineAt(text, at);
  });
}

/** Runs the thread once. Never rejects: a thread that dies is an answer too. Exported for the test that shows what it is for. */
export async function runThread(text: string): Promise<WorkerAnswer> {
  const gone: Trouble = { at: null, rule: null, message: "this text stops the rule engine", hint: null, parts: [] };
  const job: Job = { engine: ENGINE_PATH, schema: CEDAR_SCHEMA, text };
  const source = `(${readInThread.toString()})(require("node:worker_threads"), require)`;
  return new Promise((resolve) => {
    const thread = new Worker(source, {
      eval: true,
      workerData: job,
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 128 },
    });
    const done = (answer: WorkerAnswer) => {
      clearTimeout(patience);
      resolve(answer);
      void thread.terminate();
    };
    const patience = setTimeout(() => done({ ok: false, trouble: gone }), PATIENCE_MS);
    thread.on("message", (answer: WorkerAnswer) => done(answer));
    thread.on("error", () => done({ ok: false, trouble: gone }));
    thread.on("exit", () => done({ ok: false, trouble: gone }));
  });
}

function troubleIn(text: string, trouble: Trouble): Reading {
  const { at, rule, message, hint, parts } = trouble;
  let line = rule === null ? 0 : (linesOf(text, parts)[rule] ?? 0);
  if (at !== null) line = lineAt(text, Buffer.from(text, "utf8").subarray(0, at).toString("utf8").length);
  const more = hint === null ? "" : ` (${hint})`;
  // Cedar calls the rules by number here; the number means nothing to the person.
  const plain = `${message}${more}`.replaceAll(/\bfor policy `\d+`,?\s*/g, "").replaceAll(/\s+/g, " ");
  const where = rule === null ? "" : `In rule ${rule + 1}: `;
  // It may quote the text, and whoever can write that file is not to write to the person's terminal.
  return no(`${where}${inOneLine(plain)}. Correct the text and save it again.`, line);
}

export async function readProfileText(text: string): Promise<Reading> {
  if (bytes(text) > TEXT_BYTES) return no(`The profile is longer than ${TEXT_BYTES / 1024} kB. Shorten it.`);
  const deepest = deepestNesting(text);
  if (deepest.depth > NESTING) {
    return no(`Brackets are nested more than ${NESTING} deep here. Split this rule into simpler ones.`, deepest.line);
  }
  const answer = await runThread(text);
  if (!answer.ok) return troubleIn(text, answer.trouble);
  const parts = answer.rules.map((rule) => rule.text);
  const lines = linesOf(text, parts);
  if (parts.length > RULES) return no(`The profile has more than ${RULES} rules. Merge some of them.`, lines[RULES]);
  const long = parts.findIndex((part) => bytes(part) > RULE_BYTES);
  if (long >= 0) return no(`This rule is longer than ${RULE_BYTES / 1024} kB. Split it.`, lines[long]);
  const checked = lintRules(answer.rules);
  return checked.ok ? checked : no(checked.say, lines[checked.rule] ?? 0);
}

// Puts waiting questions to the person at a terminal, one at a time; the answer belongs to the one that is on the screen.
// Must never answer a question that was not shown whole, and never take silence or an empty line for a yes.
import type { Question } from "../../shared/protocol.ts";
import { questionText } from "./question-text.ts";
import type { Terminal } from "./terminal.ts";

export interface Answering {
  /** Throws with a sentence when the answer did not count. */
  answer(question: Question, answer: "approve" | "refuse"): Promise<string>;
}

/** How a question is written; whatever the way, the whole of what would be approved. */
export type Show = (question: Question) => string;

const ANSWERS: ReadonlyMap<string, "approve" | "refuse"> = new Map([
  ["y", "approve"],
  ["yes", "approve"],
  ["n", "refuse"],
  ["no", "refuse"],
]);
const PROMPT = "Let exactly this happen, once?  y = yes   n = refuse   Enter = decide later: ";

/** Shows one question and carries the answer over. False when the person gave none. `gone` fires when it was settled elsewhere. */
export async function putQuestion(
  terminal: Terminal,
  question: Question,
  to: Answering,
  gone?: AbortSignal,
  show: Show = questionText,
): Promise<boolean> {
  terminal.print();
  terminal.print(show(question));
  const typed = (await terminal.ask(PROMPT, gone))?.toLowerCase() ?? "";
  if (gone?.aborted === true) {
    terminal.print("\nThis question was settled elsewhere.");
    return false;
  }
  const meant = ANSWERS.get(typed);
  if (meant === undefined) {
    terminal.print("Nothing was decided; it still waits.");
    return false;
  }
  try {
    terminal.print(await to.answer(question, meant));
    return true;
  } catch (error) {
    terminal.print(error instanceof Error ? error.message : "The answer did not count.");
    return false;
  }
}

/** Puts questions as they come, until `stop` fires. `arrived` is called with each full list of waiting questions. */
export class Asker {
  #waiting: readonly Question[] = [];
  #left = new Set<string>();
  #current: { id: string; gone: AbortController } | null = null;

  readonly #terminal: Terminal;
  readonly #to: Answering;
  readonly #show: Show;
  constructor(terminal: Terminal, to: Answering, show: Show = questionText) {
    this.#terminal = terminal;
    this.#to = to;
    this.#show = show;
  }

  /** The whole list of waiting questions, after every change. */
  arrived(questions: readonly Question[]): void {
    this.#waiting = questions;
    const current = this.#current;
    if (current && !questions.some((question) => question.approvalId === current.id)) current.gone.abort();
    if (!current) void this.#next();
  }

  /** Lets go of the question on the screen without an answer. */
  stop(): void {
    this.#waiting = [];
    this.#current?.gone.abort();
  }

  async #next(): Promise<void> {
    const question = this.#waiting.find((it) => !this.#left.has(it.approvalId));
    if (!question) return;
    const gone = new AbortController();
    this.#current = { id: question.approvalId, gone };
    // Put once: what the person leaves for later stays with `countersign approve` and the popup.
    this.#left.add(question.approvalId);
    await putQuestion(this.#terminal, question, this.#to, gone.signal, this.#show);
    this.#current = null;
    await this.#next();
  }
}

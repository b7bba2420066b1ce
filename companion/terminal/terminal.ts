// The terminal a command talks to, and the few ways a command may end.
// Must never take a yes from anything but a person's terminal, and never a yes that was typed before the question was shown.
import { createInterface } from "node:readline";

/** The person typed something we cannot do: one sentence, exit code 2. */
export class UsageError extends Error {}
/** It cannot be done now: one sentence, exit code 1. */
export class Refusal extends Error {}

export interface Terminal {
  /** A person sits here: input and output are both a terminal. */
  readonly person: boolean;
  print(line?: string): void;
  /** One line typed at least ARM_MS after the prompt was shown; null when the input ends or `gaveUp` fires. */
  ask(prompt: string, gaveUp?: AbortSignal): Promise<string | null>;
}

/** As long as the buttons of the popup stay unarmed. What was typed ahead is thrown away. */
export const ARM_MS = 600;

type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };
type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

export function systemTerminal(
  stdin: Input = process.stdin,
  stdout: Output = process.stdout,
  clock: () => number = () => performance.now(),
): Terminal {
  return {
    person: stdin.isTTY === true && stdout.isTTY === true,
    print: (line = "") => void stdout.write(`${line}\n`),
    ask(prompt, gaveUp) {
      const lines = createInterface({ input: stdin, output: stdout, terminal: false });
      stdout.write(prompt);
      const shownAt = clock();
      return new Promise((resolve) => {
        const done = (answer: string | null) => {
          gaveUp?.removeEventListener("abort", abort);
          // First of all: closing says "close", which would count as no answer.
          resolve(answer);
          lines.close();
        };
        const abort = () => done(null);
        gaveUp?.addEventListener("abort", abort, { once: true });
        lines.on("line", (line) => {
          if (clock() - shownAt >= ARM_MS) done(line.trim());
          else stdout.write(`That was typed before the question could be read.\n${prompt}`);
        });
        lines.on("close", () => done(null));
        if (gaveUp?.aborted === true) abort();
      });
    },
  };
}

/** A plain yes or no; anything but "y" or "yes" is a no. Throws Refusal where no person sits. */
export async function askYes(terminal: Terminal, prompt: string, elsewhere: string): Promise<boolean> {
  if (!terminal.person) throw new Refusal(elsewhere);
  const answer = await terminal.ask(`${prompt} [y/N] `);
  return answer !== null && /^y(es)?$/i.test(answer);
}

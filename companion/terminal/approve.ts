// `countersign approve`: goes through the waiting questions, each shown whole, each answered by a person at a terminal.
// Must never answer for somebody who is not there: without a terminal it refuses to start.
import { askCompanion } from "./control-client.ts";
import { readArguments } from "./arguments.ts";
import { putQuestion } from "./asker.ts";
import { homeFolder } from "./home.ts";
import { Refusal } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";

export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  readArguments(args, {});
  if (!terminal.person) {
    throw new Refusal("Questions are only answered by a person at a terminal. Run `countersign approve` in one.");
  }
  const home = homeFolder();
  const seen = new Set<string>();
  for (;;) {
    const { questions } = await askCompanion<"questions">(home, { ask: "questions" });
    const question = questions.find((it) => !seen.has(it.approvalId));
    if (!question) break;
    seen.add(question.approvalId);
    await putQuestion(terminal, question, {
      async answer({ approvalId, digest }, answer) {
        const { words } = await askCompanion<"answer">(home, { ask: "answer", approvalId, answer, digest });
        return words;
      },
    });
  }
  terminal.print(seen.size === 0 ? "Nothing waits for an answer." : "No other question waits.");
  return 0;
}

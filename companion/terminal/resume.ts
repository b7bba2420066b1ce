// `countersign resume`: lets agents go on after they were all stopped. A widening, so only from a person's terminal.
import { askCompanion } from "./control-client.ts";
import { readArguments } from "./arguments.ts";
import { homeFolder } from "./home.ts";
import { askYes } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";

export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  readArguments(args, {});
  const home = homeFolder();
  const status = await askCompanion<"status">(home, { ask: "status" });
  if (!status.stopped) {
    terminal.print("Agents are not stopped; there is nothing to resume.");
    return 0;
  }
  const elsewhere = "Only a person at a terminal can let agents go on. Run `countersign resume` in one.";
  if (!(await askYes(terminal, "Let agents go on under your profile?", elsewhere))) {
    terminal.print("Agents stay stopped.");
    return 1;
  }
  const { words } = await askCompanion<"resume">(home, { ask: "resume" });
  terminal.print(words);
  return 0;
}

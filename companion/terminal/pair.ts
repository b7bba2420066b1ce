// `countersign pair`: asks the running companion for a one-time code and prints it.
// Must never make a code itself: only the program that will check it may.
import { askCompanion } from "./control-client.ts";
import { readArguments } from "./arguments.ts";
import { homeFolder } from "./home.ts";
import type { Terminal } from "./terminal.ts";

export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  readArguments(args, {});
  const { code, until } = await askCompanion<"pair">(homeFolder(), { ask: "pair" });
  terminal.print("Paste this code into Countersign's welcome page in your browser:");
  terminal.print();
  terminal.print(`  ${code}`);
  terminal.print();
  terminal.print(`It works once, until ${new Date(until).toLocaleTimeString()}. Show it to nobody.`);
  return 0;
}

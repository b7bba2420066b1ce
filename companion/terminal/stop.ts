// `countersign stop`: ends the running companion. While it is down, every guarded write is blocked.
import { askCompanion } from "./control-client.ts";
import { readArguments } from "./arguments.ts";
import { homeFolder } from "./home.ts";
import type { Terminal } from "./terminal.ts";

export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  readArguments(args, {});
  const { words } = await askCompanion<"stop">(homeFolder(), { ask: "stop" });
  terminal.print(words);
  return 0;
}

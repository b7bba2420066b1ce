// `countersign demo`: hands over to the playground, which is a part of its own.
import type { Terminal } from "./terminal.ts";

export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { demo } = await import("../demo/demo.ts");
  return demo(args, terminal);
}

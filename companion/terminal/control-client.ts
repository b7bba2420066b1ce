// The command line's end of the control socket.
// Must never start a companion, and must tell "none is running" apart from every other trouble.
import { connect } from "node:net";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import { controlPath } from "./control-path.ts";
import type { Ask, ControlLine, ControlReplies, ControlRequest } from "./control-words.ts";

export class NotRunning extends Error {
  constructor() {
    super("Countersign is not running. Start it with `countersign start`.");
  }
}

function reach(home: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(controlPath(home));
    socket.once("connect", () => resolve(socket));
    socket.once("error", (error: NodeJS.ErrnoException) => {
      const none = ["ENOENT", "ECONNREFUSED", "ENOTDIR"].includes(error.code ?? "");
      reject(
        none ? new NotRunning() : new Error(`The running companion cannot be reached (${error.code ?? "unknown"}).`),
      );
    });
  });
}

/** Every answer to one request, until the companion ends or `end` is told. Throws NotRunning, or the companion's sentence. */
export async function* hearAll<A extends Ask>(
  home: string,
  request: Extract<ControlRequest, { ask: A }>,
): AsyncGenerator<ControlReplies[A]> {
  const socket = await reach(home);
  try {
    socket.on("error", () => socket.destroy());
    socket.write(`${JSON.stringify(request)}\n`);
    for await (const line of createInterface({ input: socket })) {
      const said = JSON.parse(line) as ControlLine<A>;
      if (!said.ok) throw new Error(said.say);
      yield said.reply;
      if ("end" in said.reply) return;
    }
  } finally {
    socket.destroy();
  }
}

/** The one answer to one request. */
export async function askCompanion<A extends Exclude<Ask, "log">>(
  home: string,
  request: Extract<ControlRequest, { ask: A }>,
): Promise<ControlReplies[A]> {
  for await (const reply of hearAll<A>(home, request)) return reply;
  throw new Error("The companion ended before it answered. Start it again with `countersign start`.");
}

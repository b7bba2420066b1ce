// The companion's ear for its own command line: a socket only this user can open, JSON lines, one answer a line.
// Must never be reachable by a browser or another user, and never do more for a line than the schema lets it say.
import { chmod, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { Socket } from "node:net";
import * as v from "valibot";
import type { AuditRecord } from "../../shared/audit.ts";
import { controlPath } from "./control-path.ts";
import { ControlRequestSchema } from "./control-words.ts";
import type { Ask, ControlLine, ControlReplies, ControlRequest } from "./control-words.ts";

const LONGEST_LINE = 64 * 1024;
const CONNECTIONS = 32;
const LOG_BATCH = 200;

type Simple = Exclude<Ask, "log">;

/** What the rest of the companion offers. Each may throw an Error whose message is the sentence to print. */
export type ControlSide = {
  readonly [A in Simple]: (request: Extract<ControlRequest, { ask: A }>) => Promise<ControlReplies[A]>;
} & {
  readonly records: (wanted: { after: number; limit: number }) => Promise<readonly AuditRecord[]>;
  readonly onRecord: (hear: (record: AuditRecord) => void) => () => void;
};

export interface Control {
  readonly path: string;
  close(): Promise<void>;
}

/** The caller holds the ledger's lock: a socket file that is already there is a dead one. */
export async function openControl(home: string, side: ControlSide): Promise<Control> {
  const path = controlPath(home);
  const windows = process.platform === "win32";
  if (!windows) await rm(path, { force: true });
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    if (open.size >= CONNECTIONS) return void socket.destroy();
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    serve(socket, side);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  if (!windows) await chmod(path, 0o600);
  return {
    path,
    async close() {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      // What was just answered (the answer to "stop", above all) goes out before the line is cut.
      for (const socket of open) socket.destroySoon();
      await closed;
    },
  };
}

function serve(socket: Socket, side: ControlSide): void {
  let heard = "";
  let working = Promise.resolve();
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    heard += chunk;
    if (heard.length > LONGEST_LINE) return void socket.destroy();
    const lines = heard.split("\n");
    heard = lines.pop() ?? "";
    for (const line of lines) working = working.then(() => answer(socket, side, line));
  });
}

async function answer(socket: Socket, side: ControlSide, line: string): Promise<void> {
  const say = (words: ControlLine<Ask>) => {
    if (socket.writable) socket.write(`${JSON.stringify(words)}\n`);
  };
  try {
    const request = v.safeParse(ControlRequestSchema, JSON.parse(line));
    if (!request.success)
      throw new Error("This command line does not fit the running companion. Restart the companion.");
    if (request.output.ask === "log") await log(socket, side, request.output, say);
    else say({ ok: true, reply: await dispatch(side, request.output) });
  } catch (error) {
    say({ ok: false, say: error instanceof Error ? error.message : "The companion could not do that." });
  }
}

function dispatch(
  side: ControlSide,
  request: Exclude<ControlRequest, { ask: "log" }>,
): Promise<ControlReplies[Simple]> {
  switch (request.ask) {
    case "status":
      return side.status(request);
    case "pair":
      return side.pair(request);
    case "questions":
      return side.questions(request);
    case "answer":
      return side.answer(request);
    case "profile":
      return side.profile(request);
    case "accept":
      return side.accept(request);
    case "resume":
      return side.resume(request);
    case "stop":
      return side.stop(request);
  }
}

/** All records from `after` on, each once and in order, though new ones are written while the old ones are read. */
async function log(
  socket: Socket,
  side: ControlSide,
  request: Extract<ControlRequest, { ask: "log" }>,
  say: (words: ControlLine<"log">) => void,
): Promise<void> {
  let last = request.after;
  const tell = (record: AuditRecord) => {
    if (record.seq <= last) return;
    last = record.seq;
    say({ ok: true, reply: { record } });
  };
  let early: AuditRecord[] | null = [];
  const stop = request.follow ? side.onRecord((record) => (early ? void early.push(record) : tell(record))) : () => {};
  socket.on("close", stop);
  for (;;) {
    const batch = await side.records({ after: last, limit: LOG_BATCH });
    for (const record of batch) tell(record);
    if (batch.length === 0 || !socket.writable) break;
    if (socket.writableNeedDrain) await new Promise((resolve) => socket.once("drain", resolve).once("close", resolve));
  }
  for (const record of early) tell(record);
  early = null;
  if (!request.follow) say({ ok: true, reply: { end: true } });
}

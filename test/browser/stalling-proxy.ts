// A reverse proxy in front of the tests' webmail that stops one send at a chosen place: before the server has it, or after
// the server has answered. Must never lose a request it has taken: a real network delivers what it took, too.
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Where = "before the server" | "after the server";

export interface Stalled {
  /** The send stands at the place. */
  readonly reached: Promise<void>;
  /** It goes on, whoever is still there to hear of it. */
  letGo(): void;
}

export interface StallingProxy {
  readonly origin: string;
  /** The next send stops there. */
  stall(where: Where): Stalled;
  /** How many sends came by. */
  sends(): number;
  stop(): Promise<void>;
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

const isSend = (body: string): boolean => /(^|&)_action=send(&|$)/.test(body) && /(^|&)_draft=(&|$)/.test(body);

export async function startStallingProxy(target: string, name: string): Promise<StallingProxy> {
  const { hostname, port } = new URL(target);
  let next: { where: Where; reached(): void; free: Promise<void> } | null = null;
  let sends = 0;

  function forward(incoming: IncomingMessage, body: Buffer): Promise<{ answer: IncomingMessage; text: Buffer }> {
    return new Promise((resolve, reject) => {
      const { method = "GET", url = "/", headers } = incoming;
      const onward = ask(
        { hostname, port, method, path: url, headers: { ...headers, connection: "close" } },
        (answer) => {
          bodyOf(answer).then((text) => resolve({ answer, text }), reject);
        },
      );
      onward.once("error", reject);
      onward.end(body);
    });
  }

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming);
    const send = incoming.method === "POST" && isSend(body.toString("latin1"));
    const stop = send ? next : null;
    if (send) {
      next = null;
      sends += 1;
    }
    if (stop?.where === "before the server") {
      stop.reached();
      await stop.free;
    }
    const { answer, text } = await forward(incoming, body);
    if (stop?.where === "after the server") {
      stop.reached();
      await stop.free;
    }
    const { "transfer-encoding": _chunked, connection: _connection, ...headers } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, { ...headers, "content-length": text.length });
    response.end(incoming.method === "HEAD" ? undefined : text);
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", () => done()));
  return {
    origin: `http://${name}:${(server.address() as AddressInfo).port}`,
    stall(where) {
      let reached: () => void = () => undefined;
      let letGo: () => void = () => undefined;
      const there = new Promise<void>((done) => (reached = done));
      const free = new Promise<void>((done) => (letGo = done));
      next = { where, reached, free };
      return { reached: there, letGo };
    },
    sends: () => sends,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

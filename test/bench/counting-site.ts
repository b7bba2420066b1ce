// The site the gate is measured on: the playground's addresses, nothing behind them but a counter.
// Must never do more work for one browser than for another.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const PAGE = `<!doctype html><meta name="generator" content="Countersign playground"><title>Bench</title><p>Bench</p>`;

export interface CountingSite {
  /** Under the name that is guarded. */
  readonly origin: string;
  /** How often each subject was sent. */
  counted(): ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

export async function startCountingSite(): Promise<CountingSite> {
  const counted = new Map<string, number>();
  const server = createServer((request, response) => {
    const post = request.method === "POST";
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      if (post) {
        const { subject } = JSON.parse(Buffer.concat(parts).toString("utf8")) as { subject: string };
        counted.set(subject, (counted.get(subject) ?? 0) + 1);
      }
      response.writeHead(200, { "content-type": post ? "application/json" : "text/html", "cache-control": "no-store" });
      response.end(post ? '{"ok":true}' : PAGE);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", () => done()));
  return {
    origin: `http://playground.localhost:${(server.address() as AddressInfo).port}`,
    counted: () => counted,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

// The playground's web server: one page and five writing addresses on loopback, under its own name.
// Must never listen beyond 127.0.0.1 and never touch a real mailbox.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { seedMailbox, type Mailbox } from "./mailbox.ts";
import PLAYGROUND_HTML from "./page/index.html?raw";
import PLAYGROUND_CSS from "./page/playground.css?raw";
import PLAYGROUND_JS from "./page/playground.js?raw";
import PLAYGROUND_SVG from "./page/playground.svg?raw";

const HOST = "playground.localhost";
const BODY_LIMIT = 64 * 1024;

export interface Playground {
  /** e.g. http://playground.localhost:40123 */
  readonly origin: string;
  /** What really happened to the mailbox, one line a change. */
  readonly effects: readonly string[];
  readonly mailbox: Mailbox;
  /** What the person has to do before the agent can work; the page shows it. */
  steps: readonly string[];
  /** The scripted agent has tried everything. */
  finished(): boolean;
  stop(): Promise<void>;
}

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.filter((v) => typeof v === "string") : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Apply one write; returns the line for `effects`, or null when the address is not known. */
function apply(mailbox: Mailbox, path: string, body: Record<string, unknown>): string | null {
  const next = `x${mailbox.letters.length + mailbox.events.length + 1}`;
  const written = {
    id: next,
    from: mailbox.owner,
    to: strings(body.to),
    subject: text(body.subject),
    text: text(body.text),
    at: "Now",
  };
  switch (path) {
    case "/api/draft":
      mailbox.letters.push({ ...written, folder: "drafts" });
      return `saved a draft "${written.subject}"`;
    case "/api/send":
      mailbox.letters.push({ ...written, folder: "sent" });
      return `sent "${written.subject}" to ${written.to.join(", ")}`;
    case "/api/delete": {
      const ids = new Set(strings(body.ids));
      mailbox.letters = mailbox.letters.map((l) => (ids.has(l.id) ? { ...l, folder: "trash" } : l));
      return `deleted ${ids.size} letters`;
    }
    case "/api/forwarding":
      mailbox.forwardTo = strings(body.to);
      return `forwards all new mail to ${mailbox.forwardTo.join(", ")}`;
    case "/api/share":
      mailbox.sharedWith.push(...strings(body.with));
      return `shared the calendar with ${strings(body.with).join(", ")}`;
    default:
      return null;
  }
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown> | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > BODY_LIMIT) return null;
    parts.push(part);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(parts).toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    "content-type": `${type}; charset=utf-8`,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'self'; frame-ancestors 'self'; worker-src 'self' blob:",
  });
  response.end(body);
}

const FILES: Record<string, readonly [string, string]> = {
  "/": ["text/html", PLAYGROUND_HTML],
  "/playground.js": ["text/javascript", PLAYGROUND_JS],
  "/playground.css": ["text/css", PLAYGROUND_CSS],
  "/playground.svg": ["image/svg+xml", PLAYGROUND_SVG],
};

/** Starts the playground on `port`, or on any free one when that is taken or 0. `guarded` tells the page that it may begin. */
export async function startPlayground(port: number, guarded: () => boolean): Promise<Playground> {
  const mailbox = seedMailbox();
  const effects: string[] = [];
  /** How many of them the mailbox as it stands has seen. */
  let before = 0;
  let steps: readonly string[] = [];
  let finished = false;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? "/", `http://${HOST}`);
    // Only under its own name: another name for loopback would stand outside the wall.
    if (!request.headers.host?.startsWith(`${HOST}:`)) return send(response, 421, "text/plain", "Wrong host.");
    const file = FILES[url.pathname];
    if (request.method === "GET" && file) {
      const [type, content] = file;
      // A page that was served before the guard stood has none of its scripts, and must begin again.
      const mark = url.pathname === "/" && guarded() ? content.replace("<html", "<html data-guarded") : content;
      return send(response, 200, type, mark);
    }
    if (request.method === "GET" && url.pathname === "/api/finished") {
      finished = true;
      return send(response, 200, "application/json", "{}");
    }
    if (request.method === "GET" && url.pathname === "/api/again") {
      Object.assign(mailbox, seedMailbox());
      before = effects.length;
      return send(response, 200, "application/json", "{}");
    }
    if (request.method === "GET" && url.pathname === "/api/state") {
      const state = { ...mailbox, changes: effects.length - before, guarded: guarded(), steps };
      return send(response, 200, "application/json", JSON.stringify(state));
    }
    if (request.method !== "POST") return send(response, 404, "text/plain", "Not here.");
    const body = await readJson(request);
    const done = body && apply(mailbox, url.pathname, body);
    if (!done) return send(response, 400, "application/json", JSON.stringify({ ok: false, say: "Not understood." }));
    effects.push(done);
    return send(response, 200, "application/json", JSON.stringify({ ok: true }));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const listen = (at: number) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(at, "127.0.0.1", () => {
        server.off("error", reject);
        resolve();
      });
    });
  await listen(port).catch(() => listen(0));
  const { port: bound } = server.address() as AddressInfo;
  return {
    get steps() {
      return steps;
    },
    set steps(given) {
      steps = given;
    },
    origin: `http://${HOST}:${bound}`,
    effects,
    mailbox,
    finished: () => finished,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

// Judges an HTTP upgrade before anything is answered: one list of rules, each with its status. Plain web requests get nothing.
// Must never let a web page through, whatever name it reached us by.
import type { IncomingMessage } from "node:http";
import { LINK_PATH, PAIR_PATH, SUB_PROTOCOL } from "../../shared/greeting.ts";

export interface Door {
  readonly port: number;
  /** Origins of the paired extensions, exactly as the browser stamps them. */
  readonly origins: ReadonlySet<string>;
  readonly pairingOpen: boolean;
}

export interface Rule {
  readonly name: "method" | "path" | "host" | "origin" | "sub-protocol";
  readonly status: number;
  readonly admits: (request: IncomingMessage, door: Door) => boolean;
}

const EXTENSION =
  /^(chrome-extension:\/\/[a-p]{32}|moz-extension:\/\/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

/** Every value of a header, as sent: Node itself keeps only one of two. */
export function headerValues(request: IncomingMessage, name: string): string[] {
  return request.rawHeaders.filter((_, at) => at % 2 === 1 && request.rawHeaders[at - 1]?.toLowerCase() === name);
}

function only(request: IncomingMessage, name: string): string | null {
  const [value, ...more] = headerValues(request, name);
  return more.length === 0 ? (value ?? null) : null;
}

/** In this order; the first that does not admit decides. */
export const ADMISSION: readonly Rule[] = [
  { name: "method", status: 405, admits: (request) => request.method === "GET" },
  { name: "path", status: 404, admits: (request) => request.url === LINK_PATH || request.url === PAIR_PATH },
  {
    // A page that made its own name point at this machine still sends that name.
    name: "host",
    status: 421,
    admits: (request, door) => {
      const host = only(request, "host");
      return host === `127.0.0.1:${door.port}` || host === `localhost:${door.port}`;
    },
  },
  {
    // A page cannot choose its Origin; a local program can, and has to prove itself like everybody.
    name: "origin",
    status: 403,
    admits: (request, door) => {
      const origin = only(request, "origin");
      if (origin === null) return false;
      return request.url === PAIR_PATH ? door.pairingOpen && EXTENSION.test(origin) : door.origins.has(origin);
    },
  },
  {
    name: "sub-protocol",
    status: 400,
    admits: (request) => only(request, "sec-websocket-protocol") === SUB_PROTOCOL,
  },
];

/** The rule that refuses this request, or null when all admit it. */
export function refusedBy(request: IncomingMessage, door: Door, rules: readonly Rule[] = ADMISSION): Rule | null {
  return rules.find((rule) => !rule.admits(request, door)) ?? null;
}

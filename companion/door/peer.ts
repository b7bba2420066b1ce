// A paired extension as the rest of the companion sees it: a proven key, the browser process behind it, a way to push.
// Only server.ts makes one, and only after both sides have proved themselves.
import type { Push, Reply, Request } from "../../shared/protocol.ts";

/** What the operating system says about the program at the other end of the socket. */
export interface BrowserLook {
  readonly pid: number | null;
  /** Program name, e.g. "chromium"; "unknown" where the system does not tell. */
  readonly program: string;
  /** "" or one sentence saying what lets others drive this whole browser (remote debugging, automation). */
  readonly debugging: string;
  readonly headless: boolean;
}

export interface Peer {
  /** Short name of the proven key, stable across connections. */
  readonly id: string;
  readonly origin: string;
  /** Looked up again at each question: flags do not change, processes do. */
  look(): Promise<BrowserLook>;
  push(message: Push): void;
  /** Ends the connection with a WebSocket close code (4000-4999) and one sentence. */
  close(code: number, why: string): void;
}

/** What the server hands decoded, validated requests to. */
export interface Receiver {
  connected(peer: Peer): void;
  gone(peer: Peer, why: string): void;
  /** Never throws: trouble becomes an `error` reply. */
  receive(peer: Peer, request: Request): Promise<Reply>;
}

// Ends a WebSocket with a code and a sentence, for certain.
// Must never wait for the other side's politeness.
import type { WebSocket } from "ws";

const PATIENCE_MS = 300;

export function hangUp(ws: WebSocket, code: number, why: string): void {
  ws.close(code, Buffer.byteLength(why) <= 123 ? why : "");
  setTimeout(() => ws.terminate(), PATIENCE_MS).unref();
}

// Stands in link.ts's place in the floor build: the same calls and the same round trips to a process on this machine, as
// plain JSON. Exists only in builds made by the bench; must never be reachable from the product's sources.
import type { LinkState } from "../../extension/messages.ts";
import type { Link, LinkParts } from "../../extension/background/link/link.ts";
import type { Reply } from "../../shared/protocol.ts";

export function createLink(parts: LinkParts): Link {
  const pending = new Map<number, (reply: Reply) => void>();
  let state: LinkState = { state: "unpaired" };
  let socket: WebSocket | null = null;
  let numbered = 0;

  const request: Link["request"] = (message) =>
    new Promise((resolve, reject) => {
      if (!socket) return reject(new Error("The floor's companion is not there."));
      const n = ++numbered;
      pending.set(n, resolve);
      socket.send(JSON.stringify({ ...message, n }));
    });

  return {
    state: () => state,
    ensure: () => Promise.resolve(),
    request,
    /** The code is the port of the floor's companion. */
    async pair(code) {
      const opened = new WebSocket(`ws://127.0.0.1:${code}/`);
      await new Promise<void>((done, failed) => {
        opened.addEventListener("open", () => done());
        opened.addEventListener("error", () => failed(new Error("The floor's companion does not answer.")));
      });
      opened.addEventListener("message", ({ data }: MessageEvent<string>) => {
        const reply = JSON.parse(data) as Reply;
        pending.get(reply.re)?.(reply);
        pending.delete(reply.re);
      });
      socket = opened;
      const { build, browser } = parts;
      await request({ type: "hello", build, browser, webdriver: parts.webdriver() });
      setInterval(() => void request({ type: "ping" }), 20_000);
      state = { state: "connected", profile: "Floor", companion: build };
      parts.onState(state);
    },
    unpair: () => Promise.resolve(),
  };
}

// The pages' line to the background: hears GuardState on the `ui` port, sends requests, keeps nothing.
// Must never decide anything, nor take a reply for granted that does not come.
import { useEffect, useState } from "preact/hooks";
import { UI_PORT, type GuardState, type UiReply, type UiRequest } from "../messages.ts";
import { browser } from "../platform.ts";

const SILENT = "The extension's background did not answer. Close this page and open it again.";

/** Ask the background. A lost or odd reply is a plain sentence, never a success. */
export async function ask<K extends UiRequest["name"]>(request: UiRequest & { name: K }): Promise<UiReply<K>> {
  try {
    const reply: unknown = await browser.runtime.sendMessage(request);
    if (typeof reply === "object" && reply !== null && "ok" in reply) return reply as UiReply<K>;
    return { ok: false, say: SILENT };
  } catch {
    return { ok: false, say: SILENT };
  }
}

/** Opens the port and opens it again when the background was stopped by the browser. Answers the closing function. */
function listen(tell: (state: GuardState | null) => void): () => void {
  let closed = false;
  let retry: ReturnType<typeof setTimeout> | undefined;
  const open = () => {
    if (closed) return;
    const port = browser.runtime.connect({ name: UI_PORT });
    port.onMessage.addListener((state: unknown) => tell(state as GuardState));
    port.onDisconnect.addListener(() => {
      tell(null);
      retry = setTimeout(open, 500);
    });
    close = () => port.disconnect();
  };
  let close = () => {};
  open();
  return () => {
    closed = true;
    clearTimeout(retry);
    close();
  };
}

/** The guard as it stands; null while nothing is known, and then nothing may be answered. */
export function useGuard(): GuardState | null {
  const [state, setState] = useState<GuardState | null>(null);
  useEffect(() => listen(setState), []);
  return state;
}

/** Our clock, renewed every `everyMs`. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

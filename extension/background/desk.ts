// The desk: where pages' ports come in. Takes requests, cancels and gestures; hands requests to the guard and answers back.
// Must never believe a page about who or where it is: that comes from the sender, and a frame inside another site gets nothing.
import type { Notice } from "../page/bridge.ts";
import { browser, ownId, senderOrigin } from "../platform.ts";
import type { Gestures } from "./actor.ts";
import type { Errand, Result } from "./errand.ts";
import { readFromPage } from "./courier/wire.ts";
import { TOO_MANY } from "./words.ts";

const BYTES_PER_TAB = 64 * 1024 * 1024;
const REQUESTS_PER_TAB = 50;

/** What the browser stamps on a port. */
export interface Stamp {
  readonly id?: string | undefined;
  readonly url?: string | undefined;
  readonly frameId?: number | undefined;
  readonly documentId?: string | undefined;
  readonly tab?: { readonly id?: number | undefined; readonly url?: string | undefined } | undefined;
}
export interface PagePort {
  readonly sender?: Stamp | undefined;
  postMessage(message: unknown): void;
  disconnect(): void;
  readonly onMessage: { addListener(hear: (message: unknown) => void): void };
  readonly onDisconnect: { addListener(gone: () => void): void };
}

export interface Place {
  readonly origin: string;
  readonly tab: number;
  readonly frame: number;
  readonly frameUrl: string;
}

/** Where a port comes from, or null when no request of it may be sent. */
export function placeOf(stamp: Stamp | undefined): Place | null {
  const origin = stamp && senderOrigin(stamp);
  if (!stamp || stamp.id !== ownId() || !origin || origin === "null" || !/^https?:/.test(origin)) return null;
  const { tab, frameId, url } = stamp;
  if (tab?.id === undefined || frameId === undefined) return null;
  // In a frame of another site the person's strict cookies would not travel; ours must not lift that.
  if (frameId !== 0 && (!tab.url || !URL.canParse(tab.url) || new URL(tab.url).origin !== origin)) return null;
  return { origin, tab: tab.id, frame: frameId, frameUrl: url ?? "" };
}

export interface DeskNeeds {
  readonly ready: Promise<unknown>;
  readonly gestures: Gestures;
  isGuarded(origin: string): boolean;
  handle(errand: Errand): Promise<Result>;
  /** The top frame of a tab opened a port; the document it stands in, where the browser names it. */
  loaded(tab: number, document: string | undefined): void;
}

export interface Desk {
  readonly connect: (port: PagePort) => void;
  /** Shows a line in the top frame of a tab. */
  readonly notice: (tab: number | null, line: Omit<Notice, "type">) => void;
}

/** Says something to the gate in a tab's top frame. False when there is none: the tab was open before it came. */
export async function tellTop(tab: number, message: Notice | { readonly type: "there" }): Promise<boolean> {
  try {
    await browser.tabs.sendMessage(tab, message, { frameId: 0 });
    return true;
  } catch {
    return false;
  }
}

export function createDesk(needs: DeskNeeds): Desk {
  const load = new Map<number, { bytes: number; requests: number }>();

  const post = (port: PagePort | undefined, message: unknown): void => {
    try {
      port?.postMessage(message);
    } catch {
      // The page went away meanwhile; nobody is left to be told.
    }
  };

  const notice: Desk["notice"] = (tab, line) => {
    if (tab !== null) void tellTop(tab, { type: "notice", ...line });
  };

  /** Counts what a tab has under way; returns how to give it back, or null when it has too much. */
  function admit(tab: number, bytes: number): (() => void) | null {
    const now = load.get(tab) ?? { bytes: 0, requests: 0 };
    if (now.requests >= REQUESTS_PER_TAB || now.bytes + bytes > BYTES_PER_TAB) return null;
    load.set(tab, { bytes: now.bytes + bytes, requests: now.requests + 1 });
    return () => {
      const then = load.get(tab);
      if (then && then.requests > 1) load.set(tab, { bytes: then.bytes - bytes, requests: then.requests - 1 });
      else load.delete(tab);
    };
  }

  function connect(port: PagePort): void {
    const place = placeOf(port.sender);
    if (!place) return port.disconnect();
    const { tab, frame } = place;
    if (frame === 0) needs.loaded(tab, port.sender?.documentId);
    const leaving = new Map<number, AbortController>();

    async function serve(message: unknown): Promise<void> {
      await needs.ready;
      const read = readFromPage(message);
      if (!read || !needs.isGuarded(place?.origin ?? "")) return refuseUnread(message);
      if (read.type === "cancel") return leaving.get(read.id)?.abort();
      if (read.type === "gesture") return needs.gestures.saw(tab, frame, read);
      const { type: _type, id, ...held } = read;
      const done = admit(tab, held.body?.byteLength ?? 0);
      if (!done) {
        notice(tab, { key: "many", tone: "refused", words: TOO_MANY, seconds: 20 });
        return post(port, { type: "answer", id, how: "network-error" });
      }
      const gone = new AbortController();
      leaving.set(id, gone);
      try {
        const errand: Errand = {
          ...(place as Place),
          held,
          gesture: needs.gestures.take(tab, frame),
          gone: gone.signal,
          notice: (line) => notice(tab, line),
        };
        post(port, { type: "answer", id, ...(await needs.handle(errand)) });
      } finally {
        leaving.delete(id);
        done();
      }
    }

    /** What cannot be read still gets its no, so that the page does not wait for ever. */
    function refuseUnread(message: unknown): void {
      const id = typeof message === "object" && message !== null && "id" in message ? message.id : null;
      if (typeof id === "number") post(port, { type: "answer", id, how: "network-error" });
    }

    port.onMessage.addListener((message) => {
      serve(message).catch((error: unknown) => {
        console.error("A page's message could not be served:", error);
        refuseUnread(message);
      });
    });
    port.onDisconnect.addListener(() => {
      for (const each of leaving.values()) each.abort();
      needs.gestures.forget(tab, frame);
    });
  }

  return { connect, notice };
}

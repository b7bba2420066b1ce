// The second look: webRequest sees every request of a guarded host, whatever the page's side claims.
// Must never release anything: it records what passed beside us, closes the tab's gate, and offers blocked writes to the guard.
import { browser, headerOptions, ownOrigin, requestInitiator } from "../../platform.ts";
import { learnAccept } from "../courier/disguise.ts";

/** A write that ran into the wall, as far as the browser shows it. */
export interface Attempt {
  readonly origin: string;
  readonly tab: number | null;
  readonly frame: number | null;
  readonly method: string;
  readonly url: string;
  readonly contentType: string | null;
  readonly body: ArrayBuffer;
}

export interface WatchNeeds {
  /** Resolves once the list of guarded origins is known. */
  readonly ready: Promise<unknown>;
  isGuarded(origin: string): boolean;
  isGuardedHost(host: string): boolean;
  /** Names of cookies that must never reach this origin, as a pattern. */
  barredCookies(origin: string): string | undefined;
  incident(what: string, detail: string, origin: string | null): void;
  stranger(initiator: string, origin: string): void;
  closeTab(tab: number, words: string): void;
  stead(attempt: Attempt): void;
}

interface Details {
  readonly requestId: string;
  readonly method: string;
  readonly url: string;
  readonly tabId: number;
  readonly frameId: number;
  readonly type: string;
}
type Headers = readonly { readonly name: string; readonly value?: string | undefined }[] | undefined;
interface Bodies {
  readonly raw?: readonly { readonly bytes?: unknown; readonly file?: string }[];
  readonly formData?: Readonly<Record<string, readonly string[]>>;
}

const EVERYWHERE = { urls: ["http://*/*", "https://*/*"] };
const READING = new Set(["GET", "HEAD", "OPTIONS"]);
const BODY_LIMIT = 2 * 1024 * 1024;
const KEPT = 40;

/** The bytes of a body, when the browser shows all of it. Parsed forms are written again as a form. */
export function bodyOf(shown: Bodies | null | undefined): { body: ArrayBuffer; contentType: string | null } | null {
  if (!shown) return { body: new ArrayBuffer(0), contentType: null };
  if (shown.formData) {
    const fields = Object.entries(shown.formData).flatMap(([name, values]) => values.map((value) => [name, value]));
    const text = new URLSearchParams(fields).toString();
    return { body: new TextEncoder().encode(text).buffer, contentType: "application/x-www-form-urlencoded" };
  }
  const parts = (shown.raw ?? []).map(({ bytes }) => (bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : null));
  const size = parts.reduce((sum, part) => sum + (part?.byteLength ?? 0), 0);
  if (!shown.raw || size > BODY_LIMIT) return null;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    if (!part) return null;
    whole.set(part, at);
    at += part.byteLength;
  }
  return { body: whole.buffer, contentType: guessType(whole) };
}

function guessType(bytes: Uint8Array): string {
  try {
    JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return "application/json";
  } catch {
    return "text/plain;charset=UTF-8";
  }
}

/** Registers its listeners at once: a worker that wakes for an event must have them by then. */
export function startWatch(needs: WatchNeeds): void {
  const bodies = new Map<string, ReturnType<typeof bodyOf>>();

  const concerns = (details: Details): boolean => needs.isGuardedHost(new URL(details.url).hostname);
  const whenReady = async (work: () => void): Promise<void> => {
    await needs.ready;
    work();
  };
  const whose = (details: Details): string => requestInitiator(details) ?? "unknown";

  function passed(details: Details): void {
    const origin = new URL(details.url).origin;
    const detail = `${details.method} ${details.url.split("?")[0]} from ${whose(details)} passed without Countersign.`;
    needs.incident("A write went past the guard", detail, origin);
    if (details.tabId >= 0) needs.closeTab(details.tabId, detail);
  }

  /** Our fence leaves no barred cookie: one that is there all the same was put there after us. */
  function rewritten(details: Details, headers: Headers): void {
    const origin = new URL(details.url).origin;
    const barred = needs.barredCookies(origin);
    const sent = headers?.find(({ name }) => name.toLowerCase() === "cookie")?.value;
    if (barred === undefined || sent === undefined) return;
    if (!sent.split(/; ?/).some((pair) => new RegExp(barred).test(pair))) return;
    const words = `${details.method} ${details.url.split("?")[0]} carried a cookie that the site reads as a part of the request. Another extension or a debugger added it; check what the site did, and remove that extension.`;
    needs.incident("Something rewrote a request beside Countersign", words, origin);
    if (details.tabId >= 0) needs.closeTab(details.tabId, words);
  }

  function blocked(details: Details, shown: ReturnType<typeof bodyOf>): void {
    const origin = new URL(details.url).origin;
    const initiator = whose(details);
    const what = `${details.method} ${details.url.split("?")[0]} (${details.type})`;
    if (READING.has(details.method)) {
      if (initiator === origin) needs.incident("A guarded address was asked for beside the page's doors", what, origin);
      else needs.stranger(initiator, origin);
      return;
    }
    if (initiator !== origin || !needs.isGuarded(origin)) return needs.stranger(initiator, origin);
    if (details.type === "csp_report") return;
    if (!shown)
      return needs.incident("A write beside the page's doors was blocked", `${what}; its body cannot be read.`, origin);
    const known = details.tabId >= 0;
    needs.stead({
      origin,
      tab: known ? details.tabId : null,
      frame: known ? details.frameId : null,
      method: details.method,
      url: details.url,
      contentType: shown.contentType,
      body: shown.body,
    });
  }

  browser.webRequest.onBeforeRequest.addListener(
    (details) => {
      if (READING.has(details.method) || whose(details) === ownOrigin()) return;
      bodies.set(details.requestId, bodyOf(details.requestBody as Bodies | undefined));
      if (bodies.size > KEPT) bodies.delete([...bodies.keys()][0] ?? "");
    },
    EVERYWHERE,
    ["requestBody"],
  );
  browser.webRequest.onSendHeaders.addListener(
    (details) => {
      void whenReady(() => {
        if (!concerns(details)) return;
        rewritten(details, details.requestHeaders);
        if (whose(details) === ownOrigin()) return;
        if (!READING.has(details.method)) return passed(details);
        const accept = details.requestHeaders?.find(({ name }) => name.toLowerCase() === "accept")?.value;
        const loads = details.type === "main_frame" || details.type === "sub_frame";
        if (loads && accept) learnAccept(new URL(details.url).origin, accept);
      });
    },
    EVERYWHERE,
    headerOptions(),
  );
  browser.webRequest.onErrorOccurred.addListener((details) => {
    const shown = bodies.get(details.requestId) ?? null;
    bodies.delete(details.requestId);
    // NS_ERROR_ABORT is what Firefox says of a request its rules blocked.
    if (!/ERR_BLOCKED_BY_CLIENT|NS_ERROR_ABORT/.test(details.error) || whose(details) === ownOrigin()) return;
    void whenReady(() => {
      if (concerns(details)) blocked(details, shown);
    });
  }, EVERYWHERE);
  browser.webRequest.onCompleted.addListener((details) => void bodies.delete(details.requestId), EVERYWHERE);
}

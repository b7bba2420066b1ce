// The shape of a site: how its requests become actions, how a refusal is told to it, what its wall adds.
// A site file never sends anything that changes state and never decides; it only says what the bytes mean.
import type { Verb } from "../../shared/action.ts";
import type { Meaning } from "../../shared/meaning.ts";

/** One request exactly as the courier will send it. `body` is the very array that goes out. */
export interface WireRequest {
  readonly method: string;
  /** No fragment, no userinfo, same origin as the guarded address. */
  readonly url: URL;
  /** Header names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array<ArrayBuffer> | null;
  /** How the page tried to send it; `stead` = blocked beside the page's doors, offered to be sent in its stead. */
  readonly kind: "fetch" | "xhr" | "beacon" | "form" | "form-top" | "navigate" | "stead";
}

/** Reads a site may make to join what the bytes leave out. GET, same origin, with the person's cookies, no side effects. */
export interface SiteReads {
  /** Resolves to the answer; rejects when the address is not same-origin or not among the site's own reads. */
  get(
    path: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{
    status: number;
    contentType: string;
    body: Uint8Array<ArrayBuffer>;
    headers: ReadonlyMap<string, string>;
  }>;
  /** Names (never values) of cookies the request would carry. */
  cookieNames(): Promise<readonly string[]>;
  /** Small memory per guarded origin, kept for the browser session (upload id -> name, size, sha256, ...). */
  recall(key: string): Promise<string | undefined>;
  remember(key: string, value: string): Promise<void>;
}

export interface Recognised {
  readonly verb: Verb;
  readonly meaning: Meaning;
  /**
   * True only when every byte is understood: one content type, known fields, each once, closed values, re-serialised to
   * the same bytes, nothing in query or cookies that the server would prefer. Only such a request may pass unasked.
   */
  readonly canonical: boolean;
  /** Requests with the same key are handled one after the other (e.g. one compose); null = no order needed. */
  readonly serial: string | null;
}

/** How the page learns that its request did not go. Never an invented success, never a redirect. */
export type Refusal =
  | { readonly how: "network-error" }
  | { readonly how: "answer"; readonly status: number; readonly contentType: string; readonly body: string }
  /** A form that posts its own frame: nothing is written; `words` are shown by our notice only. */
  | { readonly how: "nothing" };

export interface Control {
  readonly verb: Verb;
  /** CSS selector that matches the control or an ancestor of what was pressed. */
  readonly selector: string;
  readonly events: readonly ("click" | "submit" | "drop")[];
  /** KeyboardEvent.key values (with the control's selector focused or, when `anywhere`, wherever focus is). */
  readonly keys?: readonly { readonly key: string; readonly ctrl?: boolean; readonly anywhere?: boolean }[];
}

export interface Site {
  readonly id: string;
  /** As people call it. */
  readonly name: string;
  /** Longest hold in ms, below the application's own time-out. */
  readonly deadlineMs: number;
  /** GETs that change state or carry files away: RE2 syntax (declarativeNetRequest) and valid as a JS RegExp, matched on the whole URL. */
  readonly guardedGets: readonly string[];
  /** Exceptions to `guardedGets`, higher priority. */
  readonly freeGets: readonly string[];
  /**
   * Names of cookies that never travel with a request of ours, as a JS RegExp: where a server reads parameters from
   * cookies too, a page could set one to change what a request means. The rest of the person's cookies travel.
   */
  readonly barredCookies?: string;
  /** Controls that announce a verb; they raise evidence early and decide nothing. */
  readonly controls: readonly Control[];
  /** What the bytes mean. Throws = not understood = blocked. */
  recognise(request: WireRequest, reads: SiteReads): Promise<Recognised>;
  /** Called with the answer of a request that was sent, e.g. to remember an upload's id. */
  learn?(
    request: WireRequest,
    answer: { status: number; contentType: string; body: Uint8Array<ArrayBuffer> },
    reads: SiteReads,
  ): Promise<void>;
  /** The application's own way of hearing a no. `words` is one plain sentence. */
  refuse(request: WireRequest, words: string): Refusal;
  /** Whether a page that loaded is this application (checked by the welcome page and at switch-on). */
  detect(html: string): boolean;
}

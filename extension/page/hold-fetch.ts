// Holds fetch: the browser itself makes the Request, its bytes are taken at once, the answer becomes a Response.
// Must never pass a write on by itself: what it cannot take goes to the native fetch and meets the wall.
import { installResponse, opaqueRedirect, responseOf } from "./answered.ts";
import { isHeld, ownReferrer, resolve } from "./held.ts";
import {
  NativePromise,
  NativeRequest,
  NativeTypeError,
  add,
  bare,
  forEachHeader,
  getter,
  listen,
  method,
  whenDone,
  win,
  toText,
} from "./natives.ts";
import { ask, cancel } from "./port.ts";
import { replaceMethod } from "./replace.ts";
import { isStream } from "./snapshot.ts";

const proto = NativeRequest.prototype;
const read = {
  url: getter(proto, "url"),
  method: getter(proto, "method"),
  headers: getter(proto, "headers"),
  signal: getter(proto, "signal"),
  mode: getter(proto, "mode"),
  credentials: getter(proto, "credentials"),
  redirect: getter(proto, "redirect"),
  referrer: getter(proto, "referrer"),
  policy: getter(proto, "referrerPolicy"),
  keepalive: getter(proto, "keepalive"),
  integrity: getter(proto, "integrity"),
  bytes: method(proto, "arrayBuffer"),
};
const isAborted = getter(AbortSignal.prototype, "aborted");
const abortReason = getter(AbortSignal.prototype, "reason");
const bufferLength = getter(ArrayBuffer.prototype, "byteLength");
/** The browser refuses larger keepalive bodies itself. */
const LARGEST_KEEPALIVE = 65536;
const FAILED = "mozInnerScreenX" in win ? "NetworkError when attempting to fetch resource." : "Failed to fetch";

function requestUrl(input: unknown): string | null {
  try {
    return read.url(input as Request);
  } catch {
    return null;
  }
}

/** Looks at the arguments without using them up; what a page's getter says here is checked by the wall. */
function wantsHold(input: unknown, address: string, init: RequestInit | undefined): boolean {
  const named = init?.method;
  const name = named !== undefined ? toText(named) : requestUrl(input) === null ? "GET" : read.method(input as Request);
  const url = resolve(address);
  return url !== null && isHeld(name, url) && !(init && isStream(init.body));
}

function send(request: Request, kept: (value: Response) => void, broken: (reason: unknown) => void): void {
  const fail = (): void => broken(new NativeTypeError(FAILED));
  const signal = read.signal(request);
  if (isAborted(signal)) return broken(abortReason(signal));
  let asked = 0;
  let over = false;
  const stop = (): void => {
    if (over) return;
    over = true;
    if (asked) cancel(asked);
    broken(abortReason(signal));
  };
  listen(signal, "abort", stop, bare({ once: true }));
  const headers: [string, string][] = [];
  forEachHeader(read.headers(request), (value, name) => add(headers, [name, value]));
  const name = read.method(request);
  const handOver = (bytes: ArrayBuffer): void => {
    if (over) return;
    const keepalive = read.keepalive(request);
    if (keepalive && bufferLength(bytes) > LARGEST_KEEPALIVE) return fail();
    const url = resolve(read.url(request)) ?? "";
    const referrer = read.referrer(request);
    asked = ask(
      {
        kind: "fetch",
        method: name,
        url,
        headers,
        body: name === "GET" || name === "HEAD" || (bufferLength(bytes) === 0 && name === "DELETE") ? null : bytes,
        mode: read.mode(request),
        credentials: read.credentials(request),
        redirect: read.redirect(request),
        referrer: referrer === "about:client" ? ownReferrer() : referrer,
        referrerPolicy: read.policy(request),
        keepalive,
      },
      (answer) => {
        if (over) return;
        over = true;
        if (answer.how === "response") kept(responseOf(answer));
        else if (answer.how === "opaque-redirect") kept(opaqueRedirect(url));
        else fail();
      },
    );
  };
  whenDone(read.bytes(request), handOver, fail);
}

export function installFetch(): void {
  installResponse();
  replaceMethod(win, "fetch", (self, args, native) => {
    if (args.length === 0 || (self !== win && self !== undefined && self !== null)) return native();
    const input = args[0];
    let request: Request;
    try {
      const url = requestUrl(input);
      const address = url ?? toText(input);
      const init = args[1] as RequestInit | undefined;
      const first = url === null ? address : (input as Request);
      if (!wantsHold(input, address, init)) return native([first, init]);
      request = new NativeRequest(first, init);
      if (read.integrity(request)) return native([request]);
    } catch {
      return native();
    }
    return new NativePromise<Response>((kept, broken) => send(request, kept, broken));
  });
}

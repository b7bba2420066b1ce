// Holds XMLHttpRequest: the page keeps the native object; for a held request its methods and readers answer from our record.
// Must never send a held request natively, and never touch one that is not held.
import { isHeld, ownReferrer, resolve } from "./held.ts";
import {
  NativeEvent,
  NativeException,
  NativeRequest,
  add,
  appendHeader,
  dispatch,
  forEachHeader,
  getHeader,
  getter,
  hasHeader,
  indexOf,
  lower,
  method,
  setHeader,
  setTimer,
  slice,
  upper,
  win,
  toText,
} from "./natives.ts";
import { ask, cancel } from "./port.ts";
import { replaceMethod } from "./replace.ts";
import { type Snapshot, read, take } from "./snapshot.ts";
import { deliver, fail, fire, stopTimer, uploadOf } from "./xhr-events.ts";
import { headerLines } from "./xhr-result.ts";
import { type HeldXhr, current, heldXhrs, opened } from "./xhr-state.ts";
import { installXhrReaders } from "./xhr-readers.ts";

const proto = XMLHttpRequest.prototype;
const timeoutOf = getter(proto, "timeout");
const requestHeaders = getter(NativeRequest.prototype, "headers");
const now = method(Performance.prototype, "now");
const clock = win.performance;

export const wrongState = (name: string, why: string): DOMException =>
  new NativeException(`Failed to execute '${name}' on 'XMLHttpRequest': ${why}`, "InvalidStateError");

function drop(record: HeldXhr | undefined): void {
  if (!record?.sent || record.over) return;
  record.over = true;
  stopTimer(record);
  if (record.asked) cancel(record.asked);
}

/** A list that silently refuses the names the browser forbids, as setRequestHeader does. */
const emptyHeaders = (): Headers => requestHeaders(new NativeRequest("https://headers.invalid/"));

function open(xhr: XMLHttpRequest, args: readonly unknown[], native: (args: readonly unknown[]) => unknown): unknown {
  const verb = toText(args[0]);
  const address = toText(args[1]);
  const later = args.length > 2 ? Boolean(args[2]) : true;
  const named = args.length > 3 && args[3] !== null && args[3] !== undefined;
  const all: unknown[] = [verb, address];
  for (let i = 2; i < args.length; i++) add(all, args[i]);
  const before = heldXhrs.get(xhr);
  const url = resolve(address);
  if (url === null) return native(all);
  const next = opened(verb, url, later && !named, emptyHeaders());
  heldXhrs.set(xhr, next);
  try {
    native(all);
  } catch (error) {
    if (before) heldXhrs.set(xhr, before);
    throw error;
  }
  drop(before);
  // The native object never left OPENED while ours went on, so it does not say that it is OPENED again.
  if (before?.sent && before.readyState !== 1) dispatch(xhr, new NativeEvent("readystatechange"));
  return undefined;
}

/** Text and documents go out as UTF-8, so a charset the page named is corrected like the browser does it. */
function settleType(headers: Headers, body: Snapshot): void {
  const own = getHeader(headers, "content-type");
  if (own === null) {
    if (body.type) setHeader(headers, "content-type", body.type);
    return;
  }
  const at = indexOf(lower(own), "charset=");
  if (!body.text || at < 0) return;
  const from = at + 8;
  const rest = slice(own, from);
  const end = indexOf(rest, ";");
  setHeader(headers, "content-type", `${slice(own, 0, from)}UTF-8${end < 0 ? "" : slice(rest, end)}`);
}

export function armTimeout(xhr: XMLHttpRequest, record: HeldXhr): void {
  stopTimer(record);
  const wanted = timeoutOf(xhr);
  if (wanted === 0 || record.over) return;
  const left = wanted - (now(clock) - record.startedAt);
  const end = (): void => {
    if (record.over) return;
    if (record.asked) cancel(record.asked);
    fail(xhr, record, "timeout");
  };
  record.timer = setTimer(end, left > 0 ? left : 0);
}

function handOver(xhr: XMLHttpRequest, record: HeldXhr, bytes: ArrayBuffer | null): void {
  if (record.over) return;
  const headers: [string, string][] = [];
  forEachHeader(record.headers, (value, name) => add(headers, [name, value]));
  record.asked = ask(
    {
      kind: "xhr",
      method: canonical(record.method),
      url: record.url,
      headers,
      body: bytes,
      mode: "cors",
      credentials: "same-origin",
      redirect: "follow",
      referrer: ownReferrer(),
      referrerPolicy: "",
      keepalive: false,
    },
    (answer) => {
      if (record.over) return;
      if (answer.how === "response") deliver(xhr, record, answer);
      else fail(xhr, record, "error");
    },
  );
}

/** The six names open() upper-cases; any other is taken as written. */
function canonical(verb: string): string {
  const big = upper(verb);
  const known = big === "GET" || big === "HEAD" || big === "POST" || big === "PUT" || big === "DELETE";
  return known || big === "OPTIONS" ? big : verb;
}

function send(xhr: XMLHttpRequest, args: readonly unknown[], native: () => unknown): unknown {
  const record = heldXhrs.get(xhr);
  if (!record?.holdable || !isHeld(record.method, record.url)) return native();
  if (record.sent) throw wrongState("send", "The object's state must be OPENED.");
  const verb = canonical(record.method);
  const body = verb === "GET" || verb === "HEAD" ? null : take(args[0]);
  if (body === undefined) return native();
  if (body) settleType(record.headers, body);
  record.sent = true;
  record.uploadSize = body?.size ?? 0;
  record.uploading = true;
  record.startedAt = now(clock);
  fire(xhr, "loadstart");
  if (record.over) return undefined;
  if (body) fire(uploadOf(xhr), "loadstart", 0, record.uploadSize, true);
  if (record.over) return undefined;
  armTimeout(xhr, record);
  const broken = (): void => void (record.over || fail(xhr, record, "error"));
  if (body) read(body.blob, (bytes) => handOver(xhr, record, bytes), broken);
  else handOver(xhr, record, null);
  return undefined;
}

function abort(xhr: XMLHttpRequest, native: () => unknown): unknown {
  const record = current(xhr);
  if (!record) return native();
  const running = !record.over && record.readyState < 4;
  if (running) {
    if (record.asked) cancel(record.asked);
    fail(xhr, record, "abort");
  }
  record.over = true;
  // A handler may have opened the object anew; then it is no longer ours to reset.
  if (current(xhr) !== record) return undefined;
  record.readyState = 0;
  record.answer = null;
  record.answerHeaders = null;
  return undefined;
}

export function installXhr(): void {
  replaceMethod(proto, "open", (xhr, args, native) => (args.length < 2 ? native() : open(xhr, args, native)));
  replaceMethod(proto, "send", (xhr, args, native) => send(xhr, args, native));
  replaceMethod(proto, "abort", (xhr, _args, native) => abort(xhr, native));
  replaceMethod(proto, "setRequestHeader", (xhr, args, native) => {
    if (current(xhr)) throw wrongState("setRequestHeader", "The object's state must be OPENED.");
    if (args.length < 2) return native();
    const name = toText(args[0]);
    const value = toText(args[1]);
    native([name, value]);
    const record = heldXhrs.get(xhr);
    if (record) appendHeader(record.headers, name, value);
    return undefined;
  });
  replaceMethod(proto, "overrideMimeType", (xhr, args, native) => {
    const record = heldXhrs.get(xhr);
    if (record?.sent && record.readyState >= 3)
      throw wrongState("overrideMimeType", "MimeType cannot be overridden when the state is LOADING or DONE.");
    if (args.length === 0) return native();
    const type = toText(args[0]);
    native([type]);
    if (record) record.mime = type;
    return undefined;
  });
  replaceMethod(proto, "getResponseHeader", (xhr, args, native) => {
    const record = current(xhr);
    if (!record || args.length === 0) return native();
    const name = toText(args[0]);
    try {
      return record.answerHeaders && hasHeader(record.answerHeaders, name)
        ? getHeader(record.answerHeaders, name)
        : null;
    } catch {
      return null;
    }
  });
  replaceMethod(proto, "getAllResponseHeaders", (xhr, _args, native) => {
    const record = current(xhr);
    if (!record) return native();
    return record.answerHeaders ? headerLines(record.answerHeaders) : "";
  });
  installXhrReaders(armTimeout);
}

// Makes the Response a page gets for a held fetch: built from the answer, and told apart by nothing it reads.
// Must never hand out more than the answer the background gave.
import type { Answer } from "./bridge.ts";
import {
  NativeHeaders,
  NativeResponse,
  NativeUint8Array,
  appendHeader,
  bare,
  lower,
  method,
  sideTable,
} from "./natives.ts";
import { replaceAccessor, replaceMethod } from "./replace.ts";
import { resolve } from "./held.ts";

export type Delivered = Extract<Answer, { how: "response" }>;

interface Seen {
  readonly url: string;
  readonly redirected: boolean;
  readonly type: ResponseType;
  readonly status: number;
}
const seen = sideTable<Response, Seen>();
const failed = method(NativeResponse, "error");

/** Header names in lower case with the values of equal names joined, as the browser shows them. */
export function headersOf(answer: Delivered): Headers {
  const headers = new NativeHeaders();
  for (let i = 0; i < answer.headers.length; i++) {
    const header = answer.headers[i];
    if (!header || lower(header[0]) === "set-cookie") continue;
    try {
      appendHeader(headers, header[0], header[1]);
    } catch {
      continue;
    }
  }
  return headers;
}

export const hasNoBody = (status: number): boolean =>
  status === 101 || status === 103 || status === 204 || status === 205 || status === 304;

export function responseOf(answer: Delivered): Response {
  // A Response made by a script may not have a body with these numbers; the browser's own has an empty one.
  const status = hasNoBody(answer.status) || answer.status < 200 || answer.status > 599 ? 200 : answer.status;
  const body = hasNoBody(answer.status) ? null : answer.body;
  const init = { status, statusText: answer.statusText, headers: headersOf(answer) };
  const response = new NativeResponse(body ?? new NativeUint8Array(0), bare(init));
  seen.set(response, {
    url: resolve(answer.url) ?? "",
    redirected: answer.redirected,
    type: "basic",
    status: answer.status,
  });
  return response;
}

export function opaqueRedirect(url: string): Response {
  const response = failed(NativeResponse);
  seen.set(response, { url, redirected: false, type: "opaqueredirect", status: 0 });
  return response;
}

export function installResponse(): void {
  const proto = NativeResponse.prototype;
  replaceAccessor(proto, "url", (self, _args, native) => seen.get(self)?.url ?? native());
  replaceAccessor(proto, "redirected", (self, _args, native) => seen.get(self)?.redirected ?? native());
  replaceAccessor(proto, "type", (self, _args, native) => seen.get(self)?.type ?? native());
  replaceAccessor(proto, "status", (self, _args, native) => seen.get(self)?.status ?? native());
  replaceMethod(proto, "clone", (self, _args, native) => {
    const copy = native() as Response;
    const facts = seen.get(self);
    if (facts) seen.set(copy, facts);
    return copy;
  });
}

// What we remember of one XMLHttpRequest between open() and its end; the native object stays where the page put it.
// Must never be shown for a request that went native: `sent` is true only for held ones.
import type { Delivered } from "./answered.ts";
import { sideTable } from "./natives.ts";

export interface HeldXhr {
  readonly method: string;
  readonly url: string;
  /** False for synchronous requests and those with a name and password: they go native. */
  readonly holdable: boolean;
  readonly headers: Headers;
  mime: string | null;
  sent: boolean;
  /** Ended: done, failed, aborted or opened anew; no step of it may run any more. */
  over: boolean;
  readyState: number;
  answer: Delivered | null;
  answerHeaders: Headers | null;
  /** Id at the bridge; 0 while the bytes are still being read. */
  asked: number;
  uploadSize: number;
  uploading: boolean;
  startedAt: number;
  timer: number;
  /** Parsed once, so that `response` is the same object each time. */
  text: string | undefined;
  result: { readonly value: unknown } | undefined;
}

export const heldXhrs = sideTable<XMLHttpRequest, HeldXhr>();

/** The record when this object's current request is held, else undefined. */
export function current(xhr: XMLHttpRequest): HeldXhr | undefined {
  const record = heldXhrs.get(xhr);
  return record?.sent ? record : undefined;
}

export const opened = (method: string, url: string, holdable: boolean, headers: Headers): HeldXhr => ({
  method,
  url,
  holdable,
  headers,
  mime: null,
  sent: false,
  over: false,
  readyState: 1,
  answer: null,
  answerHeaders: null,
  asked: 0,
  uploadSize: 0,
  uploading: false,
  startedAt: 0,
  timer: 0,
  text: undefined,
  result: undefined,
});

// The end of a held XMLHttpRequest: its events in the browser's order, or its failure.
// Must never run a step of a request the page has aborted or opened anew.
import { type Delivered, hasNoBody, headersOf } from "./answered.ts";
import {
  NativeEvent,
  NativeProgressEvent,
  add,
  bare,
  clearTimer,
  dispatch,
  getHeader,
  getter,
  hasHeader,
} from "./natives.ts";
import { inTurn } from "./steps.ts";
import { type HeldXhr, heldXhrs } from "./xhr-state.ts";

export const uploadOf = getter(XMLHttpRequest.prototype, "upload");

export function fire(target: EventTarget, type: string, loaded = 0, total = 0, known = total > 0): void {
  dispatch(target, new NativeProgressEvent(type, bare({ lengthComputable: known, loaded, total })));
}

export function stateTo(xhr: XMLHttpRequest, record: HeldXhr, state: number): void {
  record.readyState = state;
  dispatch(xhr, new NativeEvent("readystatechange"));
}

export function stopTimer(record: HeldXhr): void {
  if (record.timer) clearTimer(record.timer);
  record.timer = 0;
}

/** The request error steps of the XMLHttpRequest standard. */
export function fail(xhr: XMLHttpRequest, record: HeldXhr, type: "error" | "abort" | "timeout"): void {
  record.over = true;
  record.answer = null;
  record.answerHeaders = null;
  stopTimer(record);
  const uploading = record.uploading;
  record.uploading = false;
  stateTo(xhr, record, 4);
  if (uploading) {
    fire(uploadOf(xhr), type);
    fire(uploadOf(xhr), "loadend");
  }
  fire(xhr, type);
  fire(xhr, "loadend");
}

export function deliver(xhr: XMLHttpRequest, record: HeldXhr, answer: Delivered): void {
  const steps: (() => void)[] = [];
  const step = (run: () => void): void => add(steps, () => record.over || run());
  const upload = uploadOf(xhr);
  const sent = record.uploadSize;
  if (sent > 0) {
    step(() => fire(upload, "progress", sent, sent));
    step(() => {
      record.uploading = false;
      fire(upload, "load", sent, sent);
    });
    step(() => fire(upload, "loadend", sent, sent));
  }
  step(() => {
    record.answer = answer;
    record.answerHeaders = headersOf(answer);
    stateTo(xhr, record, 2);
  });
  const length = answer.body && !hasNoBody(answer.status) ? answer.body.byteLength : 0;
  const total = (): number => {
    const headers = record.answerHeaders;
    if (!headers || hasHeader(headers, "content-encoding")) return 0;
    return Number(getHeader(headers, "content-length") ?? 0) || 0;
  };
  if (length > 0) {
    step(() => stateTo(xhr, record, 3));
    step(() => fire(xhr, "progress", length, total()));
  }
  step(() => {
    stopTimer(record);
    stateTo(xhr, record, 4);
  });
  let after = 0;
  let loaded = false;
  step(() => {
    loaded = true;
    record.over = true;
    after = total();
    fire(xhr, "load", length, after);
  });
  // Once load was said, loadend follows, even when the page aborted or opened the object anew in between.
  add(steps, () => {
    if (!loaded) return;
    const ours = record.answer !== null && heldXhrs.get(xhr) === record;
    fire(xhr, "loadend", ours ? length : 0, ours ? after : 0);
  });
  inTurn(steps);
}

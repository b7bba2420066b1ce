// Windows that wait for the answer of a held form: their old load events are kept from the page, their removal cancels.
// Must never keep a load event back once the answer is there.
import {
  NativeEvent,
  NativeMutationObserver,
  add,
  bare,
  dispatch,
  doc,
  eventTarget,
  isConnected,
  listen,
  method,
  stopNow,
} from "./natives.ts";
import { cancel } from "./port.ts";

export interface Waiting {
  readonly element: Element | null;
  readonly window: Window;
  /** Id at the bridge; 0 while the form's bytes are still being read. */
  id: number;
  /** The frame is gone or another form took its place: no answer may be written. */
  over: boolean;
}
let waiting: Waiting[] = [];

const observe = method(MutationObserver.prototype, "observe");
const disconnect = method(MutationObserver.prototype, "disconnect");
const observer = new NativeMutationObserver(() => {
  const before = waiting;
  for (let i = 0; i < before.length; i++) {
    const one = before[i];
    if (one?.element && !isConnected(one.element)) giveUp(one);
  }
});

function swallow(event: Event): void {
  const target = eventTarget(event);
  for (let i = 0; i < waiting.length; i++) if (waiting[i]?.element === target) return stopNow(event);
}

/** Listeners die with document.open, so this is called again after it. */
export function watchFrames(): void {
  listen(doc, "load", swallow, true);
  listen(doc, "error", swallow, true);
}

export function wait(window: Window, element: Element | null): Waiting {
  if (waiting.length === 0) observe(observer, doc, bare({ childList: true, subtree: true }));
  const one = bare({ element, window, id: 0, over: false });
  add(waiting, one);
  return one;
}

/** A second form into the same window takes the first one's place, as a second navigation does. Asked first, then cancelled. */
export function replaceOthers(kept: Waiting): void {
  const before = waiting;
  for (let i = 0; i < before.length; i++) {
    const one = before[i];
    if (one === kept) return;
    if (one && one.window === kept.window) giveUp(one);
  }
}

export function settle(done: Waiting): void {
  const rest: Waiting[] = [];
  for (let i = 0; i < waiting.length; i++) {
    const one = waiting[i];
    if (one && one !== done) add(rest, one);
  }
  waiting = rest;
  if (rest.length === 0) disconnect(observer);
}

function giveUp(one: Waiting): void {
  one.over = true;
  if (one.id) cancel(one.id);
  settle(one);
}

/** What the frame would have shown the page at a failed navigation: one load event. */
export function failLoad(one: Waiting): void {
  if (one.element) dispatch(one.element, new NativeEvent("load"));
}

// Holds form posts: a snapshot of the form at the moment it is submitted, the answer written into the frame it aimed at.
// Must never touch the live form, and never let it go natively once its entries were taken.
import type { Answer } from "./bridge.ts";
import { show } from "./form-answer.ts";
import { type Target, baseTarget, targetOf } from "./form-target.ts";
import { failLoad, replaceOthers, settle, wait, watchFrames } from "./held-frames.ts";
import { isHeld, ownReferrer, resolve } from "./held.ts";
import {
  NativeFormData,
  attribute,
  doc,
  documentCharset,
  documentUrl,
  eventTarget,
  getter,
  isConnected,
  isPrevented,
  listen,
  lower,
  preventDefault,
  trim,
  win,
} from "./natives.ts";
import { type Encoded, entriesOf, multipart, plain, urlencoded } from "./multipart.ts";
import { ask } from "./port.ts";
import { replaceMethod } from "./replace.ts";
import { read } from "./snapshot.ts";

const formLength = getter(HTMLFormElement.prototype, "length");
const ownerOf = getter(Node.prototype, "ownerDocument");
const submitterOf = getter(SubmitEvent.prototype, "submitter");

/** Attributes, never properties: a field named "action" would stand in the property's place. */
function setting(form: HTMLFormElement, submitter: HTMLElement | null, name: string): string | null {
  const own = submitter && attribute(submitter, `form${name}`);
  return own ?? attribute(form, name);
}

function isUtf8(form: HTMLFormElement): boolean {
  const wanted = trim(lower(attribute(form, "accept-charset") ?? ""));
  const charset = wanted === "" ? lower(documentCharset(doc)) : wanted;
  return charset === "utf-8" || charset === "utf8";
}

function encode(form: HTMLFormElement, submitter: HTMLElement | null): Encoded | null {
  const kind = lower(setting(form, submitter, "enctype") ?? "");
  let data: FormData;
  try {
    data = new NativeFormData(form, submitter);
  } catch {
    return null;
  }
  const entries = entriesOf(data);
  if (kind === "multipart/form-data") return multipart(entries);
  return kind === "text/plain" ? plain(entries) : urlencoded(entries);
}

function send(url: string, encoded: Encoded, target: Target): void {
  const waiting = wait(target.window, target.element);
  const end = (answer: Answer): void => {
    if (waiting.over) return;
    settle(waiting);
    const shown = answer.how === "response" && show(answer, target);
    if (!shown && answer.how !== "nothing") failLoad(waiting);
  };
  const hand = (body: ArrayBuffer): void => {
    if (waiting.over) return;
    waiting.id = ask(
      {
        kind: target.isTop ? "form-top" : "form",
        method: "POST",
        url,
        headers: [["content-type", encoded.type]],
        body,
        mode: "navigate",
        credentials: "include",
        redirect: "follow",
        referrer: ownReferrer(),
        referrerPolicy: "",
        keepalive: false,
      },
      end,
    );
    replaceOthers(waiting);
  };
  read(encoded.blob, hand, () => end({ type: "answer", id: 0, how: "network-error" }));
}

/** True when the form is ours now and must not be submitted by the browser. */
function hold(form: HTMLFormElement, submitter: HTMLElement | null): boolean {
  if (!isConnected(form) || lower(setting(form, submitter, "method") ?? "") !== "post") return false;
  const action = trim(setting(form, submitter, "action") ?? "");
  const url = resolve(action === "" ? documentUrl(doc) : action);
  if (url === null || !isHeld("POST", url) || !isUtf8(form)) return false;
  const target = targetOf(setting(form, submitter, "target") ?? baseTarget());
  if (!target) return false;
  const encoded = encode(form, submitter);
  if (!encoded) return false;
  send(url, encoded, target);
  return true;
}

function onSubmit(event: Event): void {
  if (!event.isTrusted || isPrevented(event)) return;
  const form = eventTarget(event);
  if (isOwnForm(form) && hold(form, submitterOf(event as SubmitEvent))) preventDefault(event);
}

/** Bubble phase on window: whatever the page decides about its own form comes first. */
export function watchForms(): void {
  listen(win, "submit", onSubmit);
  watchFrames();
}

export function installForms(): void {
  watchForms();
  replaceMethod(HTMLFormElement.prototype, "submit", (form, _args, native) =>
    isOwnForm(form) && hold(form, null) ? undefined : native(),
  );
}

/** A form of this very document; any other object or realm is the browser's business. */
function isOwnForm(value: unknown): value is HTMLFormElement {
  try {
    return formLength(value as HTMLFormElement) >= 0 && ownerOf(value as HTMLFormElement) === doc;
  } catch {
    return false;
  }
}

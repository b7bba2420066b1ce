// Holds navigator.sendBeacon: true at once, as the browser does, and the courier sends when it may.
// Must never wait for an answer; while a page is going away nothing can be handed over, so that one goes to the wall.
import { isHeld, ownReferrer, resolve } from "./held.ts";
import { listen, lower, slice, win, toText } from "./natives.ts";
import { ask } from "./port.ts";
import { replaceMethod } from "./replace.ts";
import { read, take } from "./snapshot.ts";

/** The browser's own limit for what may be under way. */
const LARGEST = 65536;
let leaving = false;

/** Listeners die with document.open, so this is called again after it. */
export function watchLeaving(): void {
  listen(win, "pagehide", onHide, true);
  listen(win, "pageshow", onShow, true);
}
const onHide = (): void => void (leaving = true);
const onShow = (): void => void (leaving = false);

export function installBeacon(): void {
  watchLeaving();
  replaceMethod(Navigator.prototype, "sendBeacon", (_self, args, native) => {
    if (args.length === 0 || leaving) return native();
    const url = resolve(toText(args[0]));
    if (url === null || !isHeld("POST", url)) return native();
    const body = take(args[1]);
    if (body === undefined) return native();
    if (body && body.size > LARGEST) return false;
    const hand = (bytes: ArrayBuffer | null): void =>
      void ask(
        {
          kind: "beacon",
          method: "POST",
          url,
          headers: body?.type ? [["content-type", body.type]] : [],
          body: bytes,
          mode: body?.type && needsCors(body.type) ? "cors" : "no-cors",
          credentials: "include",
          redirect: "follow",
          referrer: ownReferrer(),
          referrerPolicy: "",
          keepalive: true,
        },
        () => undefined,
      );
    if (body) read(body.blob, hand, () => undefined);
    else hand(null);
    return true;
  });
}

function needsCors(type: string): boolean {
  const name = lower(type);
  const starts = (prefix: string): boolean => slice(name, 0, prefix.length) === prefix;
  return !(starts("text/plain") || starts("multipart/form-data") || starts("application/x-www-form-urlencoded"));
}

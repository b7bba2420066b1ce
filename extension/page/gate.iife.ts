// The isolated world's part: takes the bridge to the MAIN world, relays to the background, watches gestures, shows notices.
// Must never decide: another extension can run code in this world, so it is trusted no more than the page.
import type { Answer, Notice, ToPage } from "./bridge.ts";
import { watchGestures } from "./gestures.ts";
import { HELLO, READY } from "./hello.ts";
import { showNotice } from "./notice.ts";
import { Relay } from "./relay.ts";
import { runtime } from "./runtime.ts";

const isTop = window === window.top;
const notify = (notice: Notice): void => void (isTop && showNotice(notice));
let main: MessagePort | null = null;
const relay = new Relay((message: ToPage) => {
  if (message.type === "notice") notify(message);
  else main?.postMessage(message satisfies Answer, message.how === "response" && message.body ? [message.body] : []);
});

/** The first hello takes the bridge; whoever says it later is not heard. */
function takePort(event: Event): void {
  const port = event instanceof MessageEvent ? event.ports[0] : undefined;
  if (!port) return;
  event.stopImmediatePropagation();
  event.preventDefault();
  window.removeEventListener(HELLO, takePort, true);
  main = port;
  port.addEventListener("message", (message) => relay.fromPage(message.data));
  port.start();
}
window.addEventListener(HELLO, takePort, true);
window.dispatchEvent(new Event(READY));

watchGestures(relay);

/** A notice for the tab reaches the top frame even when only a frame below it has asked something. */
if (isTop)
  runtime().onMessage.addListener((message) => {
    const notice = message as Partial<Notice> | null;
    if (notice?.type === "notice") notify(notice as Notice);
  });

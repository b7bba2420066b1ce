// Runs the steps of a held request's end (events in order) so that the page's promises run between them.
// Must never run page code while our own code is on the stack below it: natively these events come from the browser.
import { NativeMessageChannel, add, listen, messageData, method, table } from "./natives.ts";

const MOST = 12;
const channel = new NativeMessageChannel();
const post = method(MessagePort.prototype, "postMessage") as (self: MessagePort, message: unknown) => void;
const plans = table<number, readonly (() => void)[]>();
let last = 0;

/** One message event of the browser, many listeners: after each the microtask queue is drained, as between native events. */
for (let i = 0; i < MOST; i++) {
  listen(channel.port1, "message", (event) => {
    const id = messageData(event as MessageEvent) as number;
    const step = plans.get(id)?.[i];
    if (i === MOST - 1) plans.delete(id);
    step?.();
  });
}
method(MessagePort.prototype, "start")(channel.port1);

export function inTurn(steps: readonly (() => void)[]): void {
  const now: (() => void)[] = [];
  const rest: (() => void)[] = [];
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i];
    if (step) add(i < MOST ? now : rest, step);
  }
  last += 1;
  plans.set(last, now);
  post(channel.port2, last);
  if (rest.length > 0) inTurn(rest);
}

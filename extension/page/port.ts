// The MAIN world's end of the bridge: hands held requests over and gives each answer to the one who waits for it.
// Must never keep a secret or a verdict, and never lets a request go by itself: without a bridge it answers "network error".
import type { Answer, CancelHeld, HeldRequest } from "./bridge.ts";
import { HELLO, READY } from "./hello.ts";
import {
  NativeMessageChannel,
  NativeMessageEvent,
  add,
  bare,
  dispatch,
  getter,
  listen,
  messageData,
  method,
  setTimer,
  table,
  unlisten,
  win,
} from "./natives.ts";

export type Ask = Omit<HeldRequest, "type" | "id">;

/** Larger bodies do not fit through the extension's message channel. */
export const LARGEST_BODY = 48 * 1024 * 1024;
const PATIENCE_MS = 2000;

const post = method(MessagePort.prototype, "postMessage") as (self: MessagePort, message: unknown) => void;
const byteLength = getter(ArrayBuffer.prototype, "byteLength");
const channel = new NativeMessageChannel();
const near = channel.port1;
const far = channel.port2;
const waiting = table<number, (answer: Answer) => void>();
let connected = false;
let queue: (HeldRequest | CancelHeld)[] = [];
let last = 0;

function hear(event: Event): void {
  const answer = messageData(event as MessageEvent) as Answer | null;
  if (answer?.type !== "answer") return;
  const heard = waiting.get(answer.id);
  if (!heard) return;
  waiting.delete(answer.id);
  heard(answer);
}

/** Dispatching runs the isolated world's listener at once; it cancels the event when it has taken the port. */
function sayHello(): void {
  if (connected) return;
  const hello = new NativeMessageEvent(HELLO, bare({ cancelable: true, ports: [far] }));
  if (dispatch(win, hello)) return;
  connected = true;
  unlisten(win, READY, sayHello, true);
  for (let i = 0; i < queue.length; i++) post(near, queue[i]);
  queue = [];
}

listen(near, "message", hear);
method(MessagePort.prototype, "start")(near);
listen(win, READY, sayHello, true);
sayHello();

function send(message: HeldRequest | CancelHeld): void {
  if (connected) post(near, message);
  else add(queue, message);
}

function fail(id: number): void {
  const heard = waiting.get(id);
  waiting.delete(id);
  heard?.({ type: "answer", id, how: "network-error" });
}

/** Hands a request over; `heard` is called once, later, never during this call. */
export function ask(request: Ask, heard: (answer: Answer) => void): number {
  last += 1;
  const id = last;
  waiting.set(id, heard);
  if (request.body && byteLength(request.body) > LARGEST_BODY) {
    setTimer(() => fail(id), 0);
    return id;
  }
  send(
    bare({
      type: "request",
      id,
      kind: request.kind,
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: request.body,
      mode: request.mode,
      credentials: request.credentials,
      redirect: request.redirect,
      referrer: request.referrer,
      referrerPolicy: request.referrerPolicy,
      keepalive: request.keepalive,
    }),
  );
  if (!connected) setTimer(() => connected || fail(id), PATIENCE_MS);
  return id;
}

/** The page gave up (abort, time-out, frame gone): nothing may be sent any more if it is not too late. */
export function cancel(id: number): void {
  waiting.delete(id);
  send(bare({ type: "cancel", id }));
}

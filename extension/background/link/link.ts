// The extension's side of the door: keeps one proved connection to the companion, matches replies, tells how it stands.
// Must never let a request pass when there is no proved companion: it rejects, and the caller blocks.
import * as v from "valibot";
import { keepSecret } from "../../../shared/channel.ts";
import { readPairingCode } from "../../../shared/pairing-code.ts";
import { type Push, PushSchema, type Reply, ReplySchema, type Request } from "../../../shared/protocol.ts";
import type { LinkState } from "../../messages.ts";
import { type Call, connect, type Connection, NoConnection } from "./connection.ts";
import type { Keys } from "./keys.ts";
import { buildIn, explain, explainPairing } from "./no-link.ts";

export type Welcome = Extract<Reply, { type: "welcome" }>;
/** A request without its number; the link numbers it. */
export type Ask = Request extends infer R ? (R extends Request ? Omit<R, "n"> : never) : never;

export interface LinkParts {
  readonly keys: Keys;
  /** ownOrigin() and buildName() of platform.ts. */
  readonly origin: string;
  readonly build: string;
  readonly browser: string;
  readonly webdriver: () => boolean;
  readonly onPush: (push: Push) => void;
  readonly onState: (state: LinkState) => void;
  /** What the companion says of itself after each connection, before onState. */
  readonly onWelcome?: (welcome: Welcome) => void;
  readonly WebSocket?: typeof WebSocket;
  readonly answers?: Call["answers"];
  readonly requestMs?: number;
  readonly patienceMs?: number;
  readonly keepAliveMs?: number;
}

export interface Link {
  state(): LinkState;
  /** Tries at once unless connected; resolves when that try has ended, however it ended. */
  ensure(): Promise<void>;
  /** The companion's reply, `error` included; rejects with a sentence when there is none to be had. */
  request(ask: Ask, timeoutMs?: number): Promise<Reply>;
  pair(code: string): Promise<void>;
  unpair(): Promise<void>;
}

interface Pending {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;

/** Any HTTP answer at all, read or not, means that a program listens there. */
async function answersHttp(port: number): Promise<boolean> {
  await fetch(`http://127.0.0.1:${port}/`, { mode: "no-cors", cache: "no-store", signal: AbortSignal.timeout(1_500) });
  return true;
}

export function createLink(parts: LinkParts): Link {
  const { keys, origin, requestMs = 10_000, patienceMs = 5_000, keepAliveMs = 20_000 } = parts;
  const socketClass = parts.WebSocket ?? WebSocket;
  const pending = new Map<number, Pending>();
  let state: LinkState = { state: "away", since: new Date().toISOString(), why: "Connecting to the companion." };
  let connection: Connection | null = null;
  let trying: Promise<void> | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;
  let alive: ReturnType<typeof setInterval> | undefined;
  let wait = FIRST_WAIT_MS;
  let numbered = 0;
  /** Changes when pairing changes: a try begun before must not bring its result home. */
  let era = 0;

  const enter = (next: LinkState): void => {
    const same = JSON.stringify({ ...next, since: "" }) === JSON.stringify({ ...state, since: "" });
    state = same ? state : next;
    if (!same) parts.onState(next);
  };

  const tryLater = (): void => {
    clearTimeout(again);
    again = setTimeout(() => void ensure(), wait);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  };

  /** Every open request fails: nobody may take silence for a yes. */
  const drop = (why: string): void => {
    clearInterval(alive);
    connection?.close("");
    connection = null;
    for (const one of pending.values()) {
      clearTimeout(one.timer);
      one.reject(new Error(why));
    }
    pending.clear();
  };

  const ask = (through: Connection, message: Ask, timeoutMs: number): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const n = ++numbered;
      const fail = (error: Error): void => {
        clearTimeout(timer);
        pending.delete(n);
        reject(error);
      };
      const timer = setTimeout(
        () => fail(new Error("The companion did not answer in time; nothing was let through.")),
        timeoutMs,
      );
      pending.set(n, { resolve, reject, timer });
      through.send({ ...message, n }).catch(fail);
    });

  const heard = (plain: unknown): void => {
    if (typeof plain === "object" && plain !== null && "re" in plain) {
      const reply = v.parse(ReplySchema, plain);
      const one = pending.get(reply.re);
      pending.delete(reply.re);
      clearTimeout(one?.timer);
      one?.resolve(reply);
    } else {
      const push = v.parse(PushSchema, plain);
      // Trouble in whoever listens is not trouble with the companion.
      queueMicrotask(() => parts.onPush(push));
    }
  };

  const call = (rest: Pick<Call, "port" | "purpose" | "mine" | "secret" | "pinned">): Call => ({
    ...rest,
    origin,
    patienceMs,
    WebSocket: socketClass,
    answers: parts.answers ?? answersHttp,
  });

  /** Hello and welcome: the same build on both sides, or nothing. */
  const greetCompanion = async (through: Connection): Promise<Welcome> => {
    const { build, browser } = parts;
    const reply = await ask(through, { type: "hello", build, browser, webdriver: parts.webdriver() }, requestMs);
    if (reply.type === "welcome" && reply.build === build) return reply;
    if (reply.type === "welcome") throw new NoConnection("other-build", reply.build);
    if (reply.type === "error" && reply.code === "build") throw new NoConnection("other-build", buildIn(reply.message));
    throw new NoConnection("away", reply.type === "error" ? reply.message : "The companion answered out of turn.");
  };

  const failed = (error: unknown, port: number): void => {
    const kind = error instanceof NoConnection ? error.kind : "away";
    const why = error instanceof Error ? error.message : "The companion cannot be reached.";
    drop(why);
    if (kind === "stranger") enter({ state: "stranger", port });
    else if (kind === "other-build") enter({ state: "other-build", companion: why, extension: parts.build });
    else enter({ state: "away", since: new Date().toISOString(), why });
    tryLater();
  };

  const tryOnce = async (): Promise<void> => {
    const mine = era;
    clearTimeout(again);
    const paired = await keys.companion();
    if (mine !== era) return;
    if (!paired) return enter({ state: "unpaired" });
    const { port, secret, publicKey } = paired;
    try {
      const opened = await connect(call({ port, purpose: "link", mine: await keys.own(), secret, pinned: publicKey }));
      if (mine !== era) return opened.close("");
      const ended = (_: number, why: string): void => {
        if (connection === opened) failed(new NoConnection("away", why || "The companion went away."), port);
      };
      connection = opened;
      opened.hear(heard, ended);
      const welcome = await greetCompanion(opened);
      if (connection !== opened) return;
      wait = FIRST_WAIT_MS;
      parts.onWelcome?.(welcome);
      enter({ state: "connected", profile: welcome.profile, companion: welcome.build });
      keepAlive(opened, port);
    } catch (error) {
      if (mine === era) failed(error, port);
    }
  };

  /** A worker sleeps after thirty quiet seconds, and protocol pings do not count: a message of ours does. */
  const keepAlive = (through: Connection, port: number): void => {
    clearInterval(alive);
    alive = setInterval(() => {
      ask(through, { type: "ping" }, requestMs).catch(() => {
        if (connection === through) failed(new NoConnection("away", "The companion stopped answering."), port);
      });
    }, keepAliveMs);
  };

  const ensure = (): Promise<void> => {
    if (connection && state.state === "connected") return Promise.resolve();
    trying ??= tryOnce().finally(() => (trying = null));
    return trying;
  };

  const forget = (): void => {
    era++;
    clearTimeout(again);
    wait = FIRST_WAIT_MS;
    drop("The pairing changed.");
  };

  return {
    state: () => state,
    ensure,
    async request(message, timeoutMs = requestMs) {
      await ensure();
      if (!connection || state.state !== "connected") throw new Error(explain(state));
      return ask(connection, message, timeoutMs);
    },
    async pair(typed) {
      const code = readPairingCode(typed);
      if (!code.ok) throw new Error(code.say);
      const secret = await keepSecret(code.secret);
      const mine = await keys.own();
      let opened: Connection;
      try {
        opened = await connect(call({ port: code.port, purpose: "pair", mine, secret, pinned: null }));
      } catch (error) {
        throw new Error(explainPairing(error, code.port), { cause: error });
      }
      const lasting = await keepSecret(await opened.lasting());
      opened.close("");
      forget();
      const pairedAt = new Date().toISOString();
      await keys.keep({ publicKey: opened.companionKey, secret: lasting, port: code.port, pairedAt });
      await trying;
      await ensure();
    },
    async unpair() {
      forget();
      await keys.forget();
      enter({ state: "unpaired" });
    },
  };
}

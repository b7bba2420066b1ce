// One connection to the companion, from the socket's first byte to its last: handshake, then sealed messages both ways.
// Must never show a message from a side that has not proved itself, nor go on after a bad frame.
import * as v from "valibot";
import { type Bytes, toBase64url } from "../../../shared/base64url.ts";
import { type Channel, greet, type Proven, type StaticKeys, UnprovenError } from "../../../shared/channel.ts";
import type { Purpose } from "../../../shared/channel.ts";
import { readFrame } from "../../../shared/frame.ts";
import * as greeting from "../../../shared/greeting.ts";
import { PROTOCOL_VERSION } from "../../../shared/protocol.ts";

/** Why there is no connection: nobody there, somebody who is not ours, or ours from another build. */
export class NoConnection extends Error {
  readonly kind: "away" | "stranger" | "other-build";
  constructor(kind: NoConnection["kind"], say: string) {
    super(say);
    this.kind = kind;
  }
}

export interface Call {
  readonly port: number;
  readonly purpose: Purpose;
  readonly mine: StaticKeys;
  readonly secret: CryptoKey;
  /** The companion's public key where it is known already. */
  readonly pinned: Bytes | null;
  readonly origin: string;
  readonly WebSocket: typeof WebSocket;
  readonly patienceMs: number;
  /** True when something answers plain requests on this port. */
  readonly answers: (port: number) => Promise<boolean>;
}

export interface Connection {
  readonly companionKey: Bytes;
  readonly lasting: Proven["lasting"];
  /** Seals and sends, in the order of the calls. */
  send(message: unknown): Promise<void>;
  /** From now on: each opened message, then the end, once. */
  hear(onMessage: (plain: unknown) => void, onEnd: (code: number, why: string) => void): void;
  close(why: string): void;
}

type Incoming = string | Bytes;

/** The socket's messages as a line to wait in; what comes early is kept. */
class Line {
  readonly socket: WebSocket;
  readonly #early: Incoming[] = [];
  #ended: { code: number; why: string } | null = null;
  #onMessage: ((data: Incoming) => void) | null = null;
  #onEnd: ((code: number, why: string) => void) | null = null;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }: MessageEvent<string | ArrayBuffer>) => {
      const message = typeof data === "string" ? data : new Uint8Array(data);
      if (this.#onMessage) this.#onMessage(message);
      else if (this.#early.length < 16) this.#early.push(message);
      else socket.close();
    });
    socket.addEventListener("close", ({ code, reason }) => {
      this.#ended = { code, why: reason };
      this.#onEnd?.(code, reason);
    });
    // A close event always follows.
    socket.addEventListener("error", () => undefined);
  }

  hear(onMessage: (data: Incoming) => void, onEnd: (code: number, why: string) => void): void {
    this.#onMessage = onMessage;
    this.#onEnd = onEnd;
    for (const message of this.#early.splice(0)) onMessage(message);
    if (this.#ended) onEnd(this.#ended.code, this.#ended.why);
  }

  /** The next message; rejects with the close code when there is none. */
  next(): Promise<Incoming> {
    return new Promise((resolve, reject) => {
      const done = (message: Incoming): void => {
        this.#onMessage = null;
        resolve(message);
      };
      this.#onEnd = (code, why) => reject(new Closed(code, why));
      const early = this.#early.shift();
      if (early !== undefined) done(early);
      else if (this.#ended) reject(new Closed(this.#ended.code, this.#ended.why));
      else this.#onMessage = done;
    });
  }
}

class Closed extends Error {
  readonly code: number;
  constructor(code: number, why: string) {
    super(why);
    this.code = code;
  }
}

const stranger = (port: number): NoConnection =>
  new NoConnection("stranger", `Another program answers on port ${port}, or the companion does not know this browser.`);

async function readGreeting<T extends v.GenericSchema>(line: Line, schema: T): Promise<v.InferOutput<T>> {
  const message = await line.next();
  if (typeof message !== "string" || message.length > greeting.GREETING_LIMIT) throw new UnprovenError("No greeting.");
  const plain = readFrame(new TextEncoder().encode(message));
  const version = v.parse(greeting.VersionSchema, plain).v;
  if (version !== PROTOCOL_VERSION) throw new NoConnection("other-build", `protocol ${version}`);
  return v.parse(schema, plain);
}

async function shakeHands(line: Line, call: Call): Promise<{ proven: Proven; companionKey: Bytes }> {
  const challenge = await readGreeting(line, greeting.ChallengeSchema);
  const { pinned } = call;
  if (pinned && toBase64url(pinned) !== toBase64url(challenge.key)) throw stranger(call.port);
  const { purpose, mine, secret, origin } = call;
  const { hello, finish } = await greet({ purpose, mine, secret, origin }, challenge);
  const { v: version, key, ephemeral, nonce, enc, proof } = hello;
  const spelled = Object.entries({ key, ephemeral, nonce, enc, proof }).map(([k, bytes]) => [k, toBase64url(bytes)]);
  line.socket.send(JSON.stringify({ v: version, ...Object.fromEntries(spelled) }));
  const proven = await finish(await readGreeting(line, greeting.AnswerSchema));
  return { proven, companionKey: challenge.key };
}

/** Says why a handshake came to nothing, without believing anything an unproven side says beyond its version. */
async function judge(trouble: unknown, opened: boolean, call: Call): Promise<NoConnection> {
  if (trouble instanceof NoConnection) return trouble;
  const code = trouble instanceof Closed ? trouble.code : 0;
  if (code === greeting.CLOSE.otherVersion) return new NoConnection("other-build", "another protocol version");
  const { slowHandshake, tooFast, trouble: broken } = greeting.CLOSE;
  if ([1001, slowHandshake, tooFast, broken].some((one) => one === code))
    return new NoConnection("away", "The companion is busy or stopping; trying again.");
  if (opened || (await call.answers(call.port).catch(() => false))) return stranger(call.port);
  return new NoConnection("away", "The companion is not running; start it with `countersign start`.");
}

function sealed(line: Line, channel: Channel, shaken: { companionKey: Bytes; lasting: Proven["lasting"] }): Connection {
  const { socket } = line;
  let sending: Promise<void> = Promise.resolve();
  let reading: Promise<void> = Promise.resolve();
  let ended = false;
  return {
    ...shaken,
    send(message) {
      const before = sending;
      const mine = (async () => {
        await before;
        const record = await channel.seal(message);
        if (socket.readyState !== socket.OPEN) throw new NoConnection("away", "The connection to the companion ended.");
        socket.send(record);
      })();
      sending = mine.catch(() => undefined);
      return mine;
    },
    hear(onMessage, onEnd) {
      const end = (code: number, why: string): void => {
        if (ended) return;
        ended = true;
        socket.close();
        onEnd(code, why);
      };
      const read = async (before: Promise<void>, data: Incoming): Promise<void> => {
        await before;
        if (ended) return;
        try {
          if (typeof data === "string") throw new UnprovenError("Unsealed.");
          onMessage(readFrame(await channel.open(data)));
        } catch {
          end(greeting.CLOSE.malformed, "The companion sent something that cannot be right.");
        }
      };
      line.hear((data) => {
        reading = read(reading, data);
      }, end);
    },
    close(why) {
      socket.close(1000, why);
    },
  };
}

/** Opens, proves, and hands over the connection; rejects with NoConnection. */
export async function connect(call: Call): Promise<Connection> {
  const path = call.purpose === "pair" ? greeting.PAIR_PATH : greeting.LINK_PATH;
  const socket = new call.WebSocket(`ws://127.0.0.1:${call.port}${path}`, greeting.SUB_PROTOCOL);
  const line = new Line(socket);
  let opened = false;
  socket.addEventListener("open", () => (opened = true));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    // Whoever holds the line without a word is not our companion.
    timer = setTimeout(() => reject(stranger(call.port)), call.patienceMs);
  });
  try {
    const { proven, companionKey } = await Promise.race([shakeHands(line, call), late]);
    return sealed(line, proven.channel, { companionKey, lasting: proven.lasting });
  } catch (error) {
    socket.close();
    throw await judge(error, opened, call);
  } finally {
    clearTimeout(timer);
  }
}

// One WebSocket before proof: challenge, hello, answer; for paired extensions and, with an open code, for a new one.
// Must never answer a side that has not proved itself with anything but a close code.
import type { RawData, WebSocket } from "ws";
import * as v from "valibot";
import { toBase64url } from "../../shared/base64url.ts";
import { accept, type Channel, challenge, UnprovenError } from "../../shared/channel.ts";
import { readFrame } from "../../shared/frame.ts";
import { CLOSE, type Hello, HelloSchema, PAIR_PATH, VersionSchema } from "../../shared/greeting.ts";
import { PROTOCOL_VERSION } from "../../shared/protocol.ts";
import type { KeyStore, PairedPeer } from "../state/key-store.ts";
import type { Pairing } from "./pairing.ts";

/** Ends the handshake with a close code and one sentence. */
export class Refused extends Error {
  readonly code: number;
  constructor(code: number, why: string) {
    super(why);
    this.code = code;
  }
}

export interface Caller {
  readonly ws: WebSocket;
  readonly path: string;
  readonly origin: string;
  /** Program name behind the connection, asked for only when a browser is paired. */
  readonly program: () => Promise<string>;
}
export interface Household {
  readonly store: KeyStore;
  readonly pairing: Pairing;
}
export interface Proved {
  readonly peer: PairedPeer;
  readonly channel: Channel;
}

/** Bytes of a message as ws hands them over (it is set to give one buffer). */
export function bytesOf(data: RawData): Uint8Array<ArrayBuffer> {
  const whole = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer);
  return new Uint8Array(whole);
}

/** Exactly one message may come before our answer. */
function onlyMessage(ws: WebSocket): { readonly first: Promise<Uint8Array>; readonly settle: () => void } {
  let heard = 0;
  let listen: ((data: RawData, binary: boolean) => void) | undefined;
  const first = new Promise<Uint8Array>((resolve, reject) => {
    listen = (data, binary) => {
      if (++heard > 1) return ws.close(CLOSE.malformed, "Only one message may come before the answer.");
      if (binary) reject(new Refused(CLOSE.malformed, "A hello is text."));
      else resolve(bytesOf(data));
    };
    ws.on("message", listen);
    ws.once("close", () => reject(new Refused(CLOSE.unproven, "The other side went away.")));
  });
  // It may fail before anybody waits for it.
  first.catch(() => undefined);
  return { first, settle: () => void (listen && ws.off("message", listen)) };
}

function readHello(bytes: Uint8Array): Hello {
  let plain: unknown;
  try {
    plain = readFrame(bytes);
  } catch {
    throw new Refused(CLOSE.malformed, "The hello is not JSON.");
  }
  const version = v.safeParse(VersionSchema, plain);
  if (version.success && version.output.v !== PROTOCOL_VERSION)
    throw new Refused(CLOSE.otherVersion, `This companion speaks version ${PROTOCOL_VERSION}.`);
  const hello = v.safeParse(HelloSchema, plain);
  if (!hello.success) throw new Refused(CLOSE.malformed, "The hello has another shape.");
  return hello.output;
}

const stranger = (): Refused => new Refused(CLOSE.unproven, "This proof is not one of a paired extension.");
const noCode = (): Refused => new Refused(CLOSE.noCode, "No pairing code is open; make one with `countersign pair`.");

/** Resolves with the proved side of a link, with null when a pairing is done, and rejects with Refused. */
export async function shakeHands(caller: Caller, { store, pairing }: Household): Promise<Proved | null> {
  const { ws, origin } = caller;
  const purpose = caller.path === PAIR_PATH ? "pair" : "link";
  const code = purpose === "pair" ? pairing.current() : null;
  if (purpose === "pair" && !code) throw noCode();
  const { first, settle } = onlyMessage(ws);
  try {
    const made = await challenge(store.own);
    const { key, ephemeral, nonce } = made.challenge;
    const text = { v: PROTOCOL_VERSION, key: toBase64url(key), ephemeral: toBase64url(ephemeral) };
    ws.send(JSON.stringify({ ...text, nonce: toBase64url(nonce) }));
    const hello = readHello(await first);
    const known = store.peers().find((one) => one.publicKey === toBase64url(hello.key) && one.origin === origin);
    const secret = code ? code.secret : known ? await store.secretOf(known.id) : null;
    if (!secret) throw stranger();
    const standing = { purpose, mine: store.own, secret, origin } as const;
    const { answer, proven } = await accept(standing, made.challenge, made.ephemeral, hello).catch((error) => {
      if (code) pairing.wrongTry(code);
      throw error instanceof UnprovenError ? stranger() : error;
    });
    let peer = known;
    if (code) {
      if (!pairing.use(code)) throw noCode();
      const lasting = await proven.lasting();
      const browser = await caller.program();
      peer = await pairing.keep({ publicKey: hello.key, secret: lasting, origin, browser });
    }
    if (!peer) throw stranger();
    ws.send(JSON.stringify({ v: answer.v, enc: toBase64url(answer.enc), proof: toBase64url(answer.proof) }));
    return code ? null : { peer, channel: proven.channel };
  } finally {
    settle();
  }
}

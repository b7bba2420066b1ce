// A companion's door for tests, and a client written from PROTOCOL.md's words that can be made to misbehave.
// Must never leave a socket or a folder behind.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { WebSocket, type ClientOptions } from "ws";
import { type Bytes, toBase64url } from "../../shared/base64url.ts";
import { type Channel, greet, keepSecret, newKeys, type StaticKeys, staticKeys } from "../../shared/channel.ts";
import { AnswerSchema, ChallengeSchema, type Hello } from "../../shared/greeting.ts";
import { readPairingCode } from "../../shared/pairing-code.ts";
import type { Reply, Request } from "../../shared/protocol.ts";
import { type KeyStore, openKeyStore } from "../../companion/state/key-store.ts";
import { type Clocks, createPairing, type Pairing } from "../../companion/door/pairing.ts";
import type { BrowserLook, Peer, Receiver } from "../../companion/door/peer.ts";
import { type Server, type ServerParts, startServer } from "../../companion/door/server.ts";

export const ORIGIN = `chrome-extension://${"abcdefgh".repeat(4)}`;
export const FIREFOX = "moz-extension://2f8c1a7e-93b4-4d5e-8a61-0c9d7e6f5a4b";

/** A receiver that answers like a companion would and remembers what reached it. */
export class Desk implements Receiver {
  readonly seen: Request[] = [];
  readonly peers: Peer[] = [];
  readonly left: string[] = [];
  connected(peer: Peer): void {
    this.peers.push(peer);
  }
  gone(peer: Peer, why: string): void {
    this.left.push(`${peer.id} ${why}`);
  }
  async receive(_: Peer, request: Request): Promise<Reply> {
    this.seen.push(request);
    if (request.type === "hello")
      return {
        type: "welcome",
        re: request.n,
        build: "0.1.0",
        profile: "Assistant",
        size: 0,
        debugging: "",
        stopped: false,
      };
    return request.type === "ping" ? { type: "pong", re: request.n } : { type: "done", re: request.n };
  }
}

export interface TestDoor {
  readonly folder: string;
  readonly store: KeyStore;
  readonly pairing: Pairing;
  readonly desk: Desk;
  readonly server: Server;
  readonly refused: string[];
  close(): Promise<void>;
}

const look = () => async (): Promise<BrowserLook> => ({ pid: 1, program: "chromium", debugging: "", headless: false });

export async function openDoor(
  parts: Partial<ServerParts> & { folder?: string; clocks?: Clocks; desk?: Desk } = {},
): Promise<TestDoor> {
  const folder = parts.folder ?? (await mkdtemp(join(tmpdir(), "countersign-door-")));
  const store = await openKeyStore(folder);
  const pairing = createPairing(store, parts.clocks);
  const desk = parts.desk ?? new Desk();
  const refused: string[] = [];
  const note = (what: string): void => void refused.push(what);
  const server = await startServer({ store, pairing, receiver: desk, port: 0, look, refused: note, ...parts });
  const close = async (): Promise<void> => {
    await server.close();
    if (!parts.folder) await rm(folder, { recursive: true, force: true });
  };
  return { folder, store, pairing, desk, server, refused, close };
}

/** What a paired extension keeps. */
export interface Extension {
  readonly mine: StaticKeys;
  readonly secret: CryptoKey;
  readonly companionKey: Bytes;
  readonly origin: string;
}

/** A socket whose messages can be waited for one by one; `closed` gives the close code, or the HTTP status that refused it. */
export class Wire {
  readonly ws: WebSocket;
  readonly closed: Promise<number>;
  readonly #got: { data: Buffer; binary: boolean }[] = [];
  #wake: () => void = () => undefined;
  #end: number | null = null;
  constructor(port: number, path: string, options: ClientOptions = {}, protocols: string[] = ["countersign"]) {
    this.ws = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { perMessageDeflate: false, ...options });
    this.closed = new Promise((resolve) => {
      const end = (code: number): void => {
        this.#end ??= code;
        this.#wake();
        resolve(this.#end);
      };
      this.ws.on("close", end);
      this.ws.on("unexpected-response", (_, response) => {
        end(response.statusCode ?? 0);
        response.destroy();
        this.ws.terminate();
      });
      this.ws.on("error", () => undefined);
    });
    this.ws.on("message", (data, binary) => {
      this.#got.push({ data: data as Buffer, binary });
      this.#wake();
    });
  }
  async next(): Promise<Bytes> {
    for (;;) {
      const first = this.#got.shift();
      if (first) return new Uint8Array(first.data);
      if (this.#end !== null) throw new Error(`closed ${this.#end}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
  async nextJson(): Promise<unknown> {
    return JSON.parse(new TextDecoder().decode(await this.next()));
  }
}

export const spell = (hello: Hello): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(hello).map(([key, value]) => [key, value instanceof Uint8Array ? toBase64url(value) : value]),
  );

export class Client {
  readonly wire: Wire;
  readonly channel: Channel;
  #n = 0;
  constructor(wire: Wire, channel: Channel) {
    this.wire = wire;
    this.channel = channel;
  }
  async send(message: unknown): Promise<void> {
    this.wire.ws.send(await this.channel.seal(message));
  }
  async read(): Promise<Reply> {
    return JSON.parse(new TextDecoder().decode(await this.channel.open(await this.wire.next()))) as Reply;
  }
  async ping(): Promise<string> {
    await this.send({ type: "ping", n: ++this.#n });
    return (await this.read()).type;
  }
  close(): void {
    this.wire.ws.terminate();
  }
}

export interface Bend {
  readonly options?: ClientOptions;
  readonly protocols?: string[];
  readonly path?: string;
  /** The hello as it is about to leave. */
  readonly hello?: (hello: Record<string, unknown>) => Record<string, unknown>;
  /** What the client takes the origin to be; the header stays. */
  readonly believedOrigin?: string;
}

/** The whole handshake; rejects with `closed CODE` when it is refused. */
export async function reach(door: { server: { port: number } }, me: Extension, bend: Bend = {}): Promise<Client> {
  const path = bend.path ?? "/link";
  const wire = new Wire(door.server.port, path, { origin: me.origin, ...bend.options }, bend.protocols);
  const challenge = v.parse(ChallengeSchema, await wire.nextJson());
  const purpose = path === "/pair" ? "pair" : "link";
  const origin = bend.believedOrigin ?? me.origin;
  const { hello, finish } = await greet({ purpose, mine: me.mine, secret: me.secret, origin }, challenge);
  wire.ws.send(JSON.stringify(bend.hello ? bend.hello(spell(hello)) : spell(hello)));
  const { channel } = await finish(v.parse(AnswerSchema, await wire.nextJson()));
  return new Client(wire, channel);
}

export async function pairWith(port: number, typed: string, origin: string, keys?: StaticKeys): Promise<Extension> {
  const code = readPairingCode(typed);
  if (!code.ok) throw new Error(code.say);
  const mine = keys ?? (await staticKeys(await newKeys(false)));
  const wire = new Wire(port, "/pair", { origin });
  const challenge = v.parse(ChallengeSchema, await wire.nextJson());
  const standing = { purpose: "pair", mine, secret: await keepSecret(code.secret), origin } as const;
  const { hello, finish } = await greet(standing, challenge);
  wire.ws.send(JSON.stringify(spell(hello)));
  const { lasting } = await finish(v.parse(AnswerSchema, await wire.nextJson()));
  const secret = await keepSecret(await lasting());
  await wire.closed;
  return { mine, secret, companionKey: challenge.key, origin };
}

export async function pair(door: TestDoor, origin: string = ORIGIN): Promise<Extension> {
  const { code } = await door.server.openPairing();
  return pairWith(door.server.port, code, origin);
}

// The sealed channel between extension and companion: a handshake in which both prove themselves, then records (RFC 9180, WebCrypto only).
// Must never let a message through before both proofs, nor the same record twice, out of order, or back to its sender.
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import type { RecipientContext, SenderContext } from "@hpke/core";
import type { Bytes } from "./base64url.ts";
import type { Answer, Challenge, Hello } from "./greeting.ts";
import { PROTOCOL_VERSION } from "./protocol.ts";

const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const utf8 = new TextEncoder();
const X25519 = { name: "X25519" };

/** `link` between paired sides, `pair` while a one-time code stands in for the lasting secret. */
export type Purpose = "link" | "pair";

export interface StaticKeys {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** The public key as it travels. */
  readonly raw: Bytes;
}

/** A side that could not prove itself, or a record that is not the next one. */
export class UnprovenError extends Error {}

/** What both sides bring to a handshake. */
export interface Standing {
  readonly purpose: Purpose;
  readonly mine: StaticKeys;
  /** From keepSecret(): the lasting secret, or the one in the pairing code. */
  readonly secret: CryptoKey;
  /** Origin of the extension: as the browser stamped it, as the extension knows it. */
  readonly origin: string;
}

export async function newKeys(extractable: boolean): Promise<CryptoKeyPair> {
  return (await crypto.subtle.generateKey(X25519, extractable, ["deriveBits"])) as CryptoKeyPair;
}

export async function staticKeys(pair: CryptoKeyPair): Promise<StaticKeys> {
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return { privateKey: pair.privateKey, publicKey: pair.publicKey, raw };
}

/** A shared secret as a key that can be used and never read again. */
export async function keepSecret(secret: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
}

export const randomBytes = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));

/** Fields behind their lengths, so that no two lists of fields give the same bytes. */
function bind(...fields: readonly Uint8Array[]): Bytes {
  const out = new Uint8Array(fields.reduce((sum, field) => sum + 4 + field.length, 0));
  let at = 0;
  for (const field of fields) {
    new DataView(out.buffer).setUint32(at, field.length);
    out.set(field, at + 4);
    at += 4 + field.length;
  }
  return out;
}

const publicKey = (raw: Bytes): Promise<CryptoKey> => crypto.subtle.importKey("raw", raw, X25519, true, []);

/** The exchange of throw-away keys, mixed into the shared secret: what was said stays secret when long-lived keys leak later. */
async function sessionSecret(standing: Standing, ephemeral: CryptoKey, theirs: Bytes): Promise<Bytes> {
  const shared = await crypto.subtle.deriveBits({ name: "X25519", public: await publicKey(theirs) }, ephemeral, 256);
  if (new Uint8Array(shared).every((byte) => byte === 0)) throw new UnprovenError("A throw-away key is not a key.");
  const info = utf8.encode(`countersign/v${PROTOCOL_VERSION}/${standing.purpose}/session`);
  return new Uint8Array(
    await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: shared, info }, standing.secret, 256),
  );
}

type Unproven = Pick<Hello, "key" | "ephemeral" | "nonce">;

/** Everything a proof stands for; the two directions differ, and the way back also names the way there. */
const infoThere = (s: Standing, c: Challenge, h: Unproven): Bytes =>
  bind(
    utf8.encode(`countersign/v${PROTOCOL_VERSION}/${s.purpose}/to-companion`),
    c.key,
    c.ephemeral,
    c.nonce,
    h.key,
    h.ephemeral,
    h.nonce,
    utf8.encode(s.origin),
  );
const infoBack = (s: Standing, c: Challenge, h: Hello): Bytes =>
  bind(utf8.encode(`countersign/v${PROTOCOL_VERSION}/${s.purpose}/to-extension`), infoThere(s, c, h), h.enc, h.proof);

const PSK_ID = utf8.encode("countersign");
const HELLO = utf8.encode("extension proves");
const ANSWER = utf8.encode("companion proves");

async function sender(mine: StaticKeys, theirs: Bytes, info: Bytes, secret: Bytes): Promise<SenderContext> {
  const recipientPublicKey = await publicKey(theirs);
  return suite.createSenderContext({ recipientPublicKey, senderKey: mine, info, psk: { id: PSK_ID, key: secret } });
}

async function recipient(
  mine: StaticKeys,
  theirs: Bytes,
  enc: Bytes,
  info: Bytes,
  secret: Bytes,
): Promise<RecipientContext> {
  const senderPublicKey = await publicKey(theirs);
  const psk = { id: PSK_ID, key: secret };
  return suite.createRecipientContext({ recipientKey: mine, senderPublicKey, enc, info, psk });
}

async function prove(context: RecipientContext, proof: Bytes, word: Bytes): Promise<void> {
  const opened = new Uint8Array(await context.open(proof));
  if (opened.length !== word.length || opened.some((byte, at) => byte !== word[at])) throw new Error("another word");
}

/** The secret both sides keep after pairing: drawn from both directions, never from the code. */
async function lastingSecret(there: SenderContext | RecipientContext, back: SenderContext | RecipientContext) {
  const label = utf8.encode(`countersign/v${PROTOCOL_VERSION}/lasting`);
  const halves = await Promise.all([there.export(label, 32), back.export(label, 32)]);
  const bound = bind(label, ...halves.map((half) => new Uint8Array(half)));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bound));
}

/** Records after the handshake. The place in the sequence is part of each record's key stream and never travels. */
export class Channel {
  readonly #out: SenderContext;
  readonly #in: RecipientContext;
  constructor(out: SenderContext, incoming: RecipientContext) {
    this.#out = out;
    this.#in = incoming;
  }

  /** Records must leave in the order of these calls. */
  async seal(message: unknown): Promise<Bytes> {
    return new Uint8Array(await this.#out.seal(utf8.encode(JSON.stringify(message))));
  }

  /** Throws UnprovenError for everything but the other side's next record; the connection must end then. */
  async open(record: Bytes): Promise<Bytes> {
    try {
      return new Uint8Array(await this.#in.open(record));
    } catch {
      throw new UnprovenError("A record is not the other side's next one.");
    }
  }
}

export interface Proven {
  readonly channel: Channel;
  /** Asked for after pairing only. */
  readonly lasting: () => Promise<Bytes>;
}

/** Companion, first step: a challenge nobody can prepare for. */
export async function challenge(mine: StaticKeys): Promise<{ challenge: Challenge; ephemeral: CryptoKey }> {
  const pair = await newKeys(false);
  const { raw } = await staticKeys(pair);
  const made = { v: PROTOCOL_VERSION, key: mine.raw, ephemeral: raw, nonce: randomBytes(32) };
  return { challenge: made, ephemeral: pair.privateKey };
}

/** Extension: answers a challenge; `finish` believes the companion only after its own proof. */
export async function greet(standing: Standing, to: Challenge) {
  const pair = await newKeys(false);
  const { raw } = await staticKeys(pair);
  const secret = await sessionSecret(standing, pair.privateKey, to.ephemeral);
  const open = { v: PROTOCOL_VERSION, key: standing.mine.raw, ephemeral: raw, nonce: randomBytes(32) };
  const there = await sender(standing.mine, to.key, infoThere(standing, to, open), secret);
  const proof = new Uint8Array(await there.seal(HELLO));
  const hello: Hello = { ...open, enc: new Uint8Array(there.enc), proof };
  const finish = async (answer: Answer): Promise<Proven> => {
    try {
      const back = await recipient(standing.mine, to.key, answer.enc, infoBack(standing, to, hello), secret);
      await prove(back, answer.proof, ANSWER);
      return { channel: new Channel(there, back), lasting: () => lastingSecret(there, back) };
    } catch {
      throw new UnprovenError("The program on this port could not prove that it is the paired companion.");
    }
  };
  return { hello, finish };
}

/** Companion, second step: believes the extension's proof or throws UnprovenError. */
export async function accept(standing: Standing, mine: Challenge, ephemeral: CryptoKey, hello: Hello) {
  try {
    const secret = await sessionSecret(standing, ephemeral, hello.ephemeral);
    const info = infoThere(standing, mine, hello);
    const there = await recipient(standing.mine, hello.key, hello.enc, info, secret);
    await prove(there, hello.proof, HELLO);
    const back = await sender(standing.mine, hello.key, infoBack(standing, mine, hello), secret);
    const proof = new Uint8Array(await back.seal(ANSWER));
    const answer: Answer = { v: PROTOCOL_VERSION, enc: new Uint8Array(back.enc), proof };
    const proven: Proven = { channel: new Channel(back, there), lasting: () => lastingSecret(there, back) };
    return { answer, proven };
  } catch {
    throw new UnprovenError("The other side could not prove that it is a paired extension.");
  }
}

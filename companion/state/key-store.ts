// The companion's own key and the extensions it is paired with, in one private file.
// Must never hand out a private key or a shared secret as readable bytes after loading.
import { createHash } from "node:crypto";
import { join } from "node:path";
import * as v from "valibot";
import { type Bytes, fromBase64url, toBase64url } from "../../shared/base64url.ts";
import { keepSecret, newKeys, type StaticKeys, staticKeys } from "../../shared/channel.ts";
import { readPrivate, writePrivate } from "./private-file.ts";
import { StateError } from "./state-folder.ts";

const bytes32 = v.pipe(
  v.string(),
  v.check((text) => fromBase64url(text)?.length === 32),
);
const FileSchema = v.strictObject({
  version: v.literal(1),
  privateKey: v.string(),
  publicKey: bytes32,
  peers: v.array(
    v.strictObject({
      id: v.string(),
      publicKey: bytes32,
      psk: bytes32,
      origin: v.string(),
      pairedAt: v.string(),
      browser: v.string(),
    }),
  ),
});
type KeyFile = v.InferOutput<typeof FileSchema>;

export interface PairedPeer {
  readonly id: string;
  /** base64url, as it travels. */
  readonly publicKey: string;
  readonly origin: string;
  readonly pairedAt: string;
  readonly browser: string;
}
export interface NewPeer {
  readonly publicKey: Bytes;
  readonly secret: Bytes;
  readonly origin: string;
  readonly browser: string;
}

export interface KeyStore {
  readonly own: StaticKeys;
  peers(): readonly PairedPeer[];
  /** The shared secret of a paired key, ready to use; null when this key is not paired. */
  secretOf(id: string): Promise<CryptoKey | null>;
  /** On disk before it returns; a key that was paired before is replaced. */
  add(peer: NewPeer, now: Date): Promise<PairedPeer>;
  remove(id: string): Promise<boolean>;
}

/** Short name of a public key, stable across connections. */
export function peerId(publicKey: Uint8Array): string {
  return createHash("sha256").update(publicKey).digest("hex").slice(0, 16);
}

const known = (text: string): Bytes => {
  const bytes = fromBase64url(text);
  if (!bytes) throw new StateError("The key file holds a key that is not one; restore it or remove it and pair again.");
  return bytes;
};

async function firstFile(): Promise<KeyFile> {
  const pair = await newKeys(true);
  const secret = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const { raw } = await staticKeys(pair);
  return { version: 1, privateKey: toBase64url(secret), publicKey: toBase64url(raw), peers: [] };
}

function parse(text: string, path: string): KeyFile {
  try {
    return v.parse(FileSchema, JSON.parse(text));
  } catch {
    throw new StateError(`${path} is damaged; restore it, or remove it and pair every browser again.`);
  }
}

async function ownKeys(file: KeyFile, path: string): Promise<StaticKeys> {
  try {
    const raw = known(file.publicKey);
    const name = { name: "X25519" };
    const privateKey = await crypto.subtle.importKey("pkcs8", known(file.privateKey), name, false, ["deriveBits"]);
    const publicKey = await crypto.subtle.importKey("raw", raw, name, true, []);
    return { privateKey, publicKey, raw };
  } catch {
    throw new StateError(`${path} is damaged; restore it, or remove it and pair every browser again.`);
  }
}

const visible = ({ id, publicKey, origin, pairedAt, browser }: KeyFile["peers"][number]): PairedPeer => ({
  id,
  publicKey,
  origin,
  pairedAt,
  browser,
});

export async function openKeyStore(folder: string): Promise<KeyStore> {
  const path = join(folder, "keys.json");
  const text = await readPrivate(path);
  let file = text === null ? await firstFile() : parse(text, path);
  const own = await ownKeys(file, path);
  if (text === null) await writePrivate(path, JSON.stringify(file, null, 1));

  // One change at a time: each writes the whole file, and memory follows only what is on disk.
  let last: Promise<unknown> = Promise.resolve();
  const change = (next: (before: KeyFile) => KeyFile): Promise<void> => {
    const run = async (before: Promise<unknown>): Promise<void> => {
      await before;
      const after = next(file);
      await writePrivate(path, JSON.stringify(after, null, 1));
      file = after;
    };
    const mine = run(last);
    last = mine.catch(() => undefined);
    return mine;
  };

  return {
    own,
    peers: () => file.peers.map(visible),
    async secretOf(id) {
      const peer = file.peers.find((one) => one.id === id);
      return peer ? keepSecret(known(peer.psk)) : null;
    },
    async add({ publicKey, secret, origin, browser }, now) {
      const id = peerId(publicKey);
      const keys = { publicKey: toBase64url(publicKey), psk: toBase64url(secret) };
      const peer = { id, ...keys, origin, pairedAt: now.toISOString(), browser };
      await change((before) => ({ ...before, peers: [...before.peers.filter((one) => one.id !== id), peer] }));
      return visible(peer);
    },
    async remove(id) {
      if (!file.peers.some((one) => one.id === id)) return false;
      await change((before) => ({ ...before, peers: before.peers.filter((one) => one.id !== id) }));
      return true;
    },
  };
}

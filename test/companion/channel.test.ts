// The channel without sockets: who can open what, and what is refused.
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { describe, expect, it } from "vitest";
import { toBase64url } from "../../shared/base64url.ts";
import * as channel from "../../shared/channel.ts";
import { depthOf, readFrame } from "../../shared/frame.ts";

const ORIGIN = "chrome-extension://abcdefghabcdefghabcdefghabcdefgh";
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

interface Sides {
  companion: channel.StaticKeys;
  extension: channel.StaticKeys;
  companionSecret: CryptoKey;
  extensionSecret: CryptoKey;
  companionOrigin: string;
  extensionOrigin: string;
  companionPurpose: channel.Purpose;
  extensionPurpose: channel.Purpose;
}

async function sides(change: Partial<Sides> = {}): Promise<Sides> {
  const secret = await channel.keepSecret(channel.randomBytes(32));
  const keys = async () => channel.staticKeys(await channel.newKeys(false));
  return {
    companion: await keys(),
    extension: await keys(),
    companionSecret: secret,
    extensionSecret: secret,
    companionOrigin: ORIGIN,
    extensionOrigin: ORIGIN,
    companionPurpose: "link",
    extensionPurpose: "link",
    ...change,
  };
}

async function shake(s: Sides, bend: { pretend?: channel.StaticKeys } = {}) {
  const there = {
    purpose: s.extensionPurpose,
    mine: s.extension,
    secret: s.extensionSecret,
    origin: s.extensionOrigin,
  };
  const here = { purpose: s.companionPurpose, mine: s.companion, secret: s.companionSecret, origin: s.companionOrigin };
  const made = await channel.challenge(bend.pretend ? { ...s.companion, raw: bend.pretend.raw } : s.companion);
  const { hello, finish } = await channel.greet(there, made.challenge);
  const { answer, proven } = await channel.accept(here, made.challenge, made.ephemeral, hello);
  return { companion: proven, extension: await finish(answer), hello, answer, made };
}

describe("handshake", () => {
  it("lets both sides prove themselves and agree on a lasting secret that neither code nor session gives away", async () => {
    const s = await sides();
    const { companion, extension } = await shake(s);
    const record = await extension.channel.seal({ hello: "there" });
    expect(text(await companion.channel.open(record))).toBe('{"hello":"there"}');
    expect(text(await extension.channel.open(await companion.channel.seal([1])))).toBe("[1]");
    const lasting = toBase64url(await extension.lasting());
    expect(toBase64url(await companion.lasting())).toBe(lasting);
    const other = await shake(s);
    expect(toBase64url(await other.extension.lasting())).not.toBe(lasting);
  });

  it.each([
    ["another secret", async () => ({ extensionSecret: await channel.keepSecret(channel.randomBytes(32)) })],
    ["another origin", async () => ({ extensionOrigin: "chrome-extension://hgfedcbahgfedcbahgfedcbahgfedcba" })],
    ["pairing where linking is meant", async () => ({ extensionPurpose: "pair" as const })],
  ])("refuses %s", async (_, change) => {
    const s = await sides(await change());
    await expect(shake(s)).rejects.toBeInstanceOf(channel.UnprovenError);
  });

  it("refuses somebody who shows the extension's public key without its private key", async () => {
    const s = await sides();
    const thief = await channel.staticKeys(await channel.newKeys(false));
    const posing = { ...s, extension: { ...thief, raw: s.extension.raw } };
    await expect(shake(posing)).rejects.toBeInstanceOf(channel.UnprovenError);
  });

  it("refuses a squatter who shows the companion's public key and even knows the secret", async () => {
    const s = await sides();
    const squatter = await channel.staticKeys(await channel.newKeys(false));
    await expect(shake({ ...s, companion: squatter }, { pretend: s.companion })).rejects.toBeInstanceOf(
      channel.UnprovenError,
    );
  });

  it("refuses an answer made for another hello", async () => {
    const s = await sides();
    const first = await shake(s);
    const there = { purpose: "link", mine: s.extension, secret: s.extensionSecret, origin: ORIGIN } as const;
    const { finish } = await channel.greet(there, first.made.challenge);
    await expect(finish(first.answer)).rejects.toBeInstanceOf(channel.UnprovenError);
  });

  it("refuses a hello made for another challenge, and one with a bit turned", async () => {
    const s = await sides();
    const { hello, made } = await shake(s);
    const here = { purpose: "link", mine: s.companion, secret: s.companionSecret, origin: ORIGIN } as const;
    const fresh = await channel.challenge(s.companion);
    await expect(channel.accept(here, fresh.challenge, fresh.ephemeral, hello)).rejects.toThrow(/prove/);
    for (const field of ["key", "ephemeral", "nonce", "enc", "proof"] as const) {
      const turned = hello[field].slice();
      turned[5] = (turned[5] ?? 0) ^ 1;
      const bent = { ...hello, [field]: turned };
      await expect(channel.accept(here, made.challenge, made.ephemeral, bent), field).rejects.toThrow(/prove/);
    }
    await expect(channel.accept(here, made.challenge, made.ephemeral, hello)).resolves.toBeDefined();
  });

  it("refuses a throw-away key that is no key (all zero)", async () => {
    const s = await sides();
    const { hello, made } = await shake(s);
    const here = { purpose: "link", mine: s.companion, secret: s.companionSecret, origin: ORIGIN } as const;
    const bent = { ...hello, ephemeral: new Uint8Array(32) };
    await expect(channel.accept(here, made.challenge, made.ephemeral, bent)).rejects.toThrow(/prove/);
  });

  it("keeps a session closed to somebody who later steals both static keys and the secret", async () => {
    // The throw-away private keys are gone: with everything else in hand, the session secret still differs.
    const s = await sides();
    const { hello, made } = await shake(s);
    const thiefs = await channel.newKeys(false);
    const here = { purpose: "link", mine: s.companion, secret: s.companionSecret, origin: ORIGIN } as const;
    await expect(channel.accept(here, made.challenge, thiefs.privateKey, hello)).rejects.toThrow(/prove/);
  });
});

describe("records", () => {
  it("shows first that sealing alone lets a record in twice, then that the channel does not", async () => {
    // Without a place in the sequence (a fresh context each time) the same bytes open again and again.
    const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
    const bob = await suite.kem.generateKeyPair();
    const sealing = await suite.createSenderContext({ recipientPublicKey: bob.publicKey });
    const bytes = await sealing.seal(new TextEncoder().encode("send it"));
    for (const _ of [1, 2]) {
      const opening = await suite.createRecipientContext({ recipientKey: bob, enc: sealing.enc });
      expect(text(new Uint8Array(await opening.open(bytes)))).toBe("send it");
    }
    const { companion, extension } = await shake(await sides());
    const record = await extension.channel.seal("send it");
    await companion.channel.open(record);
    await expect(companion.channel.open(record)).rejects.toBeInstanceOf(channel.UnprovenError);
  });

  it("refuses reordered, reflected, turned, cut and foreign records", async () => {
    const s = await sides();
    const bad: [string, (pair: Awaited<ReturnType<typeof shake>>) => Promise<Uint8Array<ArrayBuffer>>][] = [
      ["reordered", async ({ extension }) => (await extension.channel.seal(1), extension.channel.seal(2))],
      ["reflected", async ({ companion }) => companion.channel.seal(1)],
      ["of another session", async () => (await shake(s)).extension.channel.seal(1)],
      ["cut", async ({ extension }) => (await extension.channel.seal("longer")).slice(0, -1)],
      ["empty", async () => new Uint8Array(0)],
      [
        "with a bit turned",
        async ({ extension }) => {
          const record = await extension.channel.seal(1);
          record[0] = (record[0] ?? 0) ^ 128;
          return record;
        },
      ],
    ];
    for (const [what, make] of bad) {
      const pair = await shake(s);
      const record = await make(pair);
      await expect(pair.companion.channel.open(record), what).rejects.toBeInstanceOf(channel.UnprovenError);
    }
  });
});

describe("frames", () => {
  it("counts nesting outside strings only, and refuses what is too deep before parsing", () => {
    const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
    expect(depthOf(bytes('{"a":"[[[[\\"[[[","b":[[]]}'))).toBe(3);
    expect(readFrame(bytes(`{"text":"${"[".repeat(1_000)}"}`))).toEqual({ text: "[".repeat(1_000) });
    expect(() => readFrame(bytes("[".repeat(33) + "]".repeat(33)))).toThrow(/deep/);
    expect(() => readFrame(new Uint8Array([0x22, 0xff, 0x22]))).toThrow(/UTF-8/);
  });
});

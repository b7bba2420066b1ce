// One-time codes: two minutes by either clock, one use, five wrong tries, the newest only.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openKeyStore } from "../../companion/state/key-store.ts";
import { CODE_LIFETIME_MS, createPairing, WRONG_TRIES } from "../../companion/door/pairing.ts";
import { readPairingCode, writePairingCode } from "../../shared/pairing-code.ts";
import { ORIGIN, openDoor, pair, pairWith, reach, type TestDoor } from "./door.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

class TwoClocks {
  wallMs = Date.parse("2026-05-04T10:00:00Z");
  steadyMs = 5_000;
  wall = (): number => this.wallMs;
  steady = (): number => this.steadyMs;
}

async function made() {
  const folder = await mkdtemp(join(tmpdir(), "countersign-pairing-"));
  undo.push(() => rm(folder, { recursive: true }));
  const clocks = new TwoClocks();
  const store = await openKeyStore(folder);
  return { clocks, store, pairing: createPairing(store, clocks) };
}

async function door(parts: Parameters<typeof openDoor>[0] = {}): Promise<TestDoor> {
  const opened = await openDoor(parts);
  undo.push(() => opened.close());
  return opened;
}

/** The same port and checksum, another secret. */
function guess(code: string): string {
  const read = readPairingCode(code);
  if (!read.ok) throw new Error(read.say);
  return writePairingCode({ secret: crypto.getRandomValues(new Uint8Array(16)), port: read.port });
}

describe("codes", () => {
  it("say until when, carry the port, and are never the same twice", async () => {
    const { pairing } = await made();
    const first = await pairing.openPairing(20_001);
    expect(first.until).toBe("2026-05-04T10:02:00.000Z");
    expect(readPairingCode(first.code)).toMatchObject({ ok: true, port: 20_001 });
    expect((await pairing.openPairing(20_001)).code).not.toBe(first.code);
  });

  it.each([
    ["two minutes by the wall clock", (c: TwoClocks) => (c.wallMs += CODE_LIFETIME_MS)],
    ["two minutes by the steady clock, whatever the wall says", (c: TwoClocks) => (c.steadyMs += CODE_LIFETIME_MS)],
    ["a wall clock set back before the code was made", (c: TwoClocks) => (c.wallMs -= 3_600_000)],
    ["a wall clock set far ahead", (c: TwoClocks) => (c.wallMs += 86_400_000)],
  ])("end after %s", async (_, pass) => {
    const { pairing, clocks } = await made();
    await pairing.openPairing(20_001);
    clocks.wallMs += CODE_LIFETIME_MS - 1;
    clocks.steadyMs += CODE_LIFETIME_MS - 1;
    const code = pairing.current();
    expect(code).not.toBeNull();
    pass(clocks);
    expect(pairing.current()).toBeNull();
    expect(code && pairing.use(code)).toBe(false);
    clocks.wallMs = Date.parse("2026-05-04T10:00:00Z");
    clocks.steadyMs = 5_000;
    expect(pairing.current(), "an ended code stays ended").toBeNull();
  });

  it("are used once, replaced by a newer one, and closed by five wrong tries", async () => {
    const { pairing } = await made();
    await pairing.openPairing(20_001);
    const first = pairing.current();
    await pairing.openPairing(20_001);
    const second = pairing.current();
    if (!first || !second) throw new Error("no code");
    expect(pairing.use(first)).toBe(false);
    for (let tries = 1; tries < WRONG_TRIES; tries++) pairing.wrongTry(second);
    expect(pairing.current()).toBe(second);
    pairing.wrongTry(first);
    expect(pairing.current(), "a wrong try at an old code is none at this one").toBe(second);
    expect(pairing.use(second)).toBe(true);
    expect(pairing.use(second)).toBe(false);
    await pairing.openPairing(20_001);
    const third = pairing.current();
    if (!third) throw new Error("no code");
    for (let tries = 0; tries < WRONG_TRIES; tries++) pairing.wrongTry(third);
    expect(pairing.current()).toBeNull();
  });
});

describe("over the socket", () => {
  it("pairs once, and the same code is refused afterwards", async () => {
    const d = await door();
    const { code } = await d.server.openPairing();
    const me = await pairWith(d.server.port, code, ORIGIN);
    expect(d.store.peers()).toMatchObject([{ origin: ORIGIN, browser: "chromium" }]);
    const client = await reach(d, me);
    expect(await client.ping()).toBe("pong");
    await expect(pairWith(d.server.port, code, ORIGIN)).rejects.toThrow("closed 403");
    client.close();
  });

  it("refuses a wrong secret five times and then the right one too", async () => {
    const d = await door();
    const { code } = await d.server.openPairing();
    for (let tries = 0; tries < WRONG_TRIES; tries++)
      await expect(pairWith(d.server.port, guess(code), ORIGIN)).rejects.toThrow("closed 4401");
    await expect(pairWith(d.server.port, code, ORIGIN)).rejects.toThrow("closed 403");
    expect(d.store.peers()).toEqual([]);
  });

  it("gives one of two who use the code at once, never both", async () => {
    const d = await door();
    const { code } = await d.server.openPairing();
    const both = await Promise.allSettled([1, 2].map(() => pairWith(d.server.port, code, ORIGIN)));
    expect(both.map((one) => one.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(d.store.peers()).toHaveLength(1);
  });

  it("refuses web pages, and everybody while no code is open", async () => {
    const d = await door();
    await expect(
      pairWith(d.server.port, guess((await d.server.openPairing()).code), "https://mail.example"),
    ).rejects.toThrow("closed 403");
    d.pairing.cancel();
    const { code } = await made().then(({ pairing }) => pairing.openPairing(d.server.port));
    await expect(pairWith(d.server.port, code, ORIGIN)).rejects.toThrow("closed 403");
  });

  it("replaces the secret when the same extension pairs again", async () => {
    const d = await door();
    const first = await pair(d);
    const { code } = await d.server.openPairing();
    const second = await pairWith(d.server.port, code, ORIGIN, first.mine);
    expect(d.store.peers()).toHaveLength(1);
    await expect(reach(d, first)).rejects.toThrow("closed 4401");
    (await reach(d, second)).close();
  });
});

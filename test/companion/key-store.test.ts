// The key file and the folder it lies in: private, whole, and nobody else's.
import {
  chmod,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openKeyStore, peerId } from "../../companion/state/key-store.ts";
import { choosePort, keptPort } from "../../companion/state/port.ts";
import { readPrivate, writePrivate } from "../../companion/state/private-file.ts";
import { openStateFolder, StateError, stateFolderPath } from "../../companion/state/state-folder.ts";
import { toBase64url } from "../../shared/base64url.ts";
import { randomBytes } from "../../shared/channel.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "countersign-keys-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const mode = async (path: string): Promise<number> => (await lstat(path)).mode & 0o777;
const newPeer = () => ({
  publicKey: randomBytes(32),
  secret: randomBytes(32),
  origin: "chrome-extension://abcdefghabcdefghabcdefghabcdefgh",
  browser: "chromium",
});

describe("key store", () => {
  it("keeps the companion's key and its peers across starts, in a file of mode 600", async () => {
    const first = await openKeyStore(folder);
    const peer = newPeer();
    const kept = await first.add(peer, new Date("2026-05-04T10:00:00Z"));
    expect(kept).toEqual({
      id: peerId(peer.publicKey),
      publicKey: toBase64url(peer.publicKey),
      origin: peer.origin,
      browser: "chromium",
      pairedAt: "2026-05-04T10:00:00.000Z",
    });
    const second = await openKeyStore(folder);
    expect(second.own.raw).toEqual(first.own.raw);
    expect(second.peers()).toEqual([kept]);
    expect(await second.secretOf(kept.id)).toMatchObject({ extractable: false });
    expect(await mode(join(folder, "keys.json"))).toBe(0o600);
    expect(await readdir(folder), "no drafts left").toEqual(["keys.json"]);
  });

  it("loads its private key unreadable", async () => {
    const { own } = await openKeyStore(folder);
    await expect(crypto.subtle.exportKey("pkcs8", own.privateKey)).rejects.toThrow();
  });

  it("takes many changes at once, one after the other, and forgets", async () => {
    const store = await openKeyStore(folder);
    const peers = await Promise.all(Array.from({ length: 8 }, () => store.add(newPeer(), new Date())));
    expect(await store.remove(peers[3]?.id ?? "")).toBe(true);
    expect(await store.remove("nobody")).toBe(false);
    expect((await openKeyStore(folder)).peers()).toHaveLength(7);
  });

  it("changes nothing in memory when the disk refuses", async () => {
    const store = await openKeyStore(folder);
    const moved = `${folder}-away`;
    await rename(folder, moved);
    await expect(store.add(newPeer(), new Date())).rejects.toThrow();
    expect(store.peers()).toEqual([]);
    await rename(moved, folder);
    await store.add(newPeer(), new Date());
    expect((await openKeyStore(folder)).peers()).toHaveLength(1);
  });

  it.each([
    ["not JSON", "{", /damaged/],
    ["another version", '{"version":2}', /damaged/],
    [
      "a key that is none",
      JSON.stringify({ version: 1, privateKey: "AAAA", publicKey: "A".repeat(43), peers: [] }),
      /damaged/,
    ],
  ])("refuses a file with %s and leaves it as it is", async (_, text, say) => {
    await writeFile(join(folder, "keys.json"), text, { mode: 0o600 });
    await expect(openKeyStore(folder)).rejects.toThrow(say);
    expect(await readFile(join(folder, "keys.json"), "utf8")).toBe(text);
  });
});

describe("files that cannot be trusted", () => {
  it("shows first that a plain read follows a link, then refuses it", async () => {
    const real = join(folder, "real.json");
    const path = join(folder, "keys.json");
    await writeFile(real, "secret", { mode: 0o600 });
    await symlink(real, path);
    expect(await readFile(path, "utf8")).toBe("secret");
    await expect(readPrivate(path)).rejects.toThrow(/is a link/);
  });

  it("refuses wide modes, a second name, a folder in its place, a giant", async () => {
    const path = join(folder, "keys.json");
    await writeFile(path, "{}", { mode: 0o600 });
    expect(await readPrivate(path)).toBe("{}");
    await chmod(path, 0o640);
    await expect(readPrivate(path)).rejects.toThrow(/chmod 600/);
    await chmod(path, 0o600);
    await link(path, join(folder, "other"));
    await expect(readPrivate(path)).rejects.toThrow(/second name/);
    await rm(path);
    await mkdir(path);
    await expect(readPrivate(path)).rejects.toBeInstanceOf(StateError);
    await rm(path, { recursive: true });
    await writeFile(path, "x".repeat(2 ** 20 + 1), { mode: 0o600 });
    await expect(readPrivate(path)).rejects.toThrow(/too large/);
  });

  it("replaces a link by a real file when writing, never writing through it", async () => {
    const victim = join(folder, "victim");
    const path = join(folder, "config.json");
    await writeFile(victim, "untouched");
    await symlink(victim, path);
    await writePrivate(path, "{}");
    expect(await readFile(victim, "utf8")).toBe("untouched");
    expect((await lstat(path)).isSymbolicLink()).toBe(false);
  });
});

describe("state folder", () => {
  it("is made for its owner only, and refused when others may enter or when it is a link", async () => {
    const path = join(folder, "a", "b");
    expect(await openStateFolder(path)).toBe(path);
    expect(await mode(path)).toBe(0o700);
    await chmod(path, 0o755);
    await expect(openStateFolder(path)).rejects.toThrow(/chmod 700/);
    await chmod(path, 0o700);
    await symlink(path, join(folder, "linked"));
    await expect(openStateFolder(join(folder, "linked"))).rejects.toThrow(/is a link/);
    await writeFile(join(folder, "file"), "");
    await expect(openStateFolder(join(folder, "file"))).rejects.toThrow(/not a folder/);
  });

  it("follows the customs of each system", () => {
    expect(stateFolderPath({ COUNTERSIGN_HOME: "/x" }, "linux", "/home/a")).toBe("/x");
    expect(stateFolderPath({ XDG_STATE_HOME: "/s" }, "linux", "/home/a")).toBe("/s/countersign");
    expect(stateFolderPath({}, "linux", "/home/a")).toBe("/home/a/.local/state/countersign");
    expect(stateFolderPath({}, "darwin", "/Users/a")).toBe("/Users/a/Library/Application Support/Countersign");
    expect(stateFolderPath({ LOCALAPPDATA: "/L" }, "win32", "/U")).toMatch(/Countersign$/);
  });
});

describe("port", () => {
  it("is chosen once and kept; asking for another one keeps that", async () => {
    const first = await choosePort(folder, null);
    expect(first).toBeGreaterThanOrEqual(17_000);
    expect(await choosePort(folder, null)).toBe(first);
    expect(await choosePort(folder, 23_456)).toBe(23_456);
    expect(await keptPort(folder)).toBe(23_456);
    await expect(choosePort(folder, 80)).rejects.toThrow(/from 1024/);
    await writeFile(join(folder, "config.json"), '{"port":"x"}', { mode: 0o600 });
    await expect(choosePort(folder, null)).rejects.toThrow(/--port N/);
  });
});

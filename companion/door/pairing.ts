// One-time codes: at most one open, two minutes, one use, five wrong tries; and who is paired.
// Must never accept a code twice, after its time, or after another one was made.
import type { Bytes } from "../../shared/base64url.ts";
import { keepSecret, randomBytes } from "../../shared/channel.ts";
import { writePairingCode } from "../../shared/pairing-code.ts";
import type { KeyStore, NewPeer, PairedPeer } from "../state/key-store.ts";

export const CODE_LIFETIME_MS = 120_000;
export const WRONG_TRIES = 5;

/** Two clocks: the wall's may be set back, the steady one may sleep; a code ends when either says so. */
export interface Clocks {
  readonly wall: () => number;
  readonly steady: () => number;
}
const SYSTEM_CLOCKS: Clocks = { wall: () => Date.now(), steady: () => performance.now() };

/** An open code as the handshake uses it. */
export interface OpenCode {
  readonly secret: CryptoKey;
}

export interface Pairing {
  /** Makes a new code and ends the one before. */
  openPairing(port: number): Promise<{ readonly code: string; readonly until: string }>;
  /** The code that may be used right now. */
  current(): OpenCode | null;
  /** Ends this code for good; false when it had ended already. */
  use(code: OpenCode): boolean;
  wrongTry(code: OpenCode): void;
  /** Ends whatever code is open. */
  cancel(): void;
  keep(peer: NewPeer): Promise<PairedPeer>;
  peers(): readonly PairedPeer[];
  /** Forgets an extension and ends its connection. */
  forget(id: string): Promise<boolean>;
  onForgotten(hear: (id: string) => void): void;
}

export function createPairing(store: KeyStore, clocks: Clocks = SYSTEM_CLOCKS): Pairing {
  let open: (OpenCode & { wallStart: number; wallEnd: number; steadyEnd: number; wrong: number }) | null = null;
  const hearers: ((id: string) => void)[] = [];

  const current = (): OpenCode | null => {
    if (!open) return null;
    const wall = clocks.wall();
    // A wall clock before the code was made has been set back: how old the code is can no longer be told.
    if (wall >= open.wallEnd || wall < open.wallStart || clocks.steady() >= open.steadyEnd) open = null;
    return open;
  };

  return {
    current,
    async openPairing(port) {
      open = null;
      const secret: Bytes = randomBytes(16);
      const key = await keepSecret(secret);
      const wallStart = clocks.wall();
      const wallEnd = wallStart + CODE_LIFETIME_MS;
      open = { secret: key, wallStart, wallEnd, steadyEnd: clocks.steady() + CODE_LIFETIME_MS, wrong: 0 };
      return { code: writePairingCode({ secret, port }), until: new Date(wallEnd).toISOString() };
    },
    use(code) {
      if (current() !== code) return false;
      open = null;
      return true;
    },
    wrongTry(code) {
      if (open && open === code && ++open.wrong >= WRONG_TRIES) open = null;
    },
    cancel() {
      open = null;
    },
    keep: (peer) => store.add(peer, new Date(clocks.wall())),
    peers: () => store.peers(),
    async forget(id) {
      const removed = await store.remove(id);
      if (removed) for (const hear of hearers) hear(id);
      return removed;
    },
    onForgotten(hear) {
      hearers.push(hear);
    },
  };
}

// Puts the rooms of the companion together: desk, profile, keys, pairing, server, control socket; and takes them apart again.
// Must never open the port before everything behind it can answer, nor leave one room running when another cannot start.
import type { Control } from "./terminal/control.ts";
import { openControl } from "./terminal/control.ts";
import { controlSide } from "./terminal/control-side.ts";
import { decide } from "./profile/decide.ts";
import { Desk } from "./desk/desk.ts";
import { openKeyStore } from "./state/key-store.ts";
import type { KeyStore } from "./state/key-store.ts";
import { createPairing } from "./door/pairing.ts";
import { choosePort } from "./state/port.ts";
import { isFirstStart, Profile } from "./profile/profile.ts";
import { profileView } from "./profile/profile-report.ts";
import { LOCKED } from "./profile/rule-set.ts";
import { startServer } from "./door/server.ts";
import type { Server, ServerParts } from "./door/server.ts";
import { openStateFolder } from "./state/state-folder.ts";
import { VERSION } from "./version.ts";
import { warmUp } from "./profile/warm-up.ts";

export interface ComposeOptions {
  /** The state folder; made when it is not there. */
  readonly home: string;
  /** null takes the port kept in the folder, or chooses one; 0 lets the system choose and keeps nothing (tests). */
  readonly port?: number | null;
  /** Extension and companion must be of one build. */
  readonly build?: string;
  readonly keepText?: boolean;
  readonly patienceMs?: number;
  readonly limits?: ServerParts["limits"];
  /** What was refused at the door: counts only. */
  readonly refused?: (what: string) => void;
  /** Called when our own command line asks us to end. */
  readonly onStop?: () => void;
}

export interface Companion {
  readonly home: string;
  readonly port: number;
  readonly startedAt: string;
  readonly desk: Desk;
  readonly profile: Profile;
  readonly keys: KeyStore;
  readonly server: Server;
  readonly control: Control;
  /** Ends everything in good order: no new requests, what waits lapses, the ledger says so. Safe to call twice. */
  stop(): Promise<void>;
}

export async function composeCompanion(options: ComposeOptions): Promise<Companion> {
  const startedAt = new Date().toISOString();
  const closing: (() => Promise<void>)[] = [];
  const takeApart = async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  };
  try {
    const home = await openStateFolder(options.home);
    const firstStart = await isFirstStart(home);
    let profile: Profile | null = null;
    const desk = await Desk.open({
      home,
      build: options.build ?? VERSION,
      rule: (input) => decide(input, profile?.current() ?? LOCKED),
      profile: () => profileView(profile),
      ...(options.keepText === undefined ? {} : { keepText: options.keepText }),
      ...(options.patienceMs === undefined ? {} : { patienceMs: options.patienceMs }),
    });
    closing.push(() => desk.close());
    const opened = await Profile.open({
      home,
      firstStart,
      now: Date.now,
      record: (what, detail) => desk.recordProfile(what, detail),
    });
    profile = opened;
    closing.push(() => opened.close());
    const keys = await openKeyStore(home);
    const pairing = createPairing(keys);
    const port = options.port === 0 ? 0 : await choosePort(home, options.port ?? null);
    const server = await startServer({
      store: keys,
      pairing,
      receiver: desk,
      port,
      ...(options.limits ? { limits: options.limits } : {}),
      ...(options.refused ? { refused: options.refused } : {}),
    });
    closing.push(() => server.close());
    const rooms = { home, startedAt, desk, profile: opened, keys, server };
    const control = await openControl(home, controlSide({ ...rooms, onStop: options.onStop ?? (() => undefined) }));
    closing.push(() => control.close());
    warmUp(() => opened.current());
    let ending: Promise<void> | null = null;
    return { ...rooms, port: server.port, control, stop: () => (ending ??= takeApart()) };
  } catch (error) {
    await takeApart();
    throw error;
  }
}

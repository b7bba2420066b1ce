// The profile as the commands reach it: through the running companion, or, when none runs, by opening its folder alone.
// Must never have two programs write the profile: without a running companion the ledger's lock is held meanwhile.
import { join } from "node:path";
import { systemClock } from "../desk/clock.ts";
import { askCompanion, NotRunning } from "./control-client.ts";
import type { ProfileReport } from "./control-words.ts";
import { Ledger } from "../ledger/ledger.ts";
import { isFirstStart, Profile } from "../profile/profile.ts";
import { reportProfile } from "../profile/profile-report.ts";
import { openStateFolder } from "../state/state-folder.ts";

export interface ProfileDesk {
  /** After the file was looked at: what narrows is in force, the rest is the proposal. */
  report(): Promise<ProfileReport>;
  accept(digest: string): Promise<ProfileReport>;
  close(): Promise<void>;
}

export async function openProfileDesk(home: string): Promise<ProfileDesk> {
  const running: ProfileDesk = {
    report: () => askCompanion<"profile">(home, { ask: "profile" }),
    accept: (digest) => askCompanion<"accept">(home, { ask: "accept", digest }),
    close: () => Promise.resolve(),
  };
  try {
    await running.report();
    return running;
  } catch (error) {
    if (!(error instanceof NotRunning)) throw error;
    return openAlone(home);
  }
}

async function openAlone(home: string): Promise<ProfileDesk> {
  const folder = await openStateFolder(home);
  const firstStart = await isFirstStart(folder);
  const ledger = await Ledger.open({ folder: join(folder, "ledger") });
  try {
    const profile = await Profile.open({
      home: folder,
      firstStart,
      now: () => systemClock.now(),
      async record(what, detail) {
        await ledger.append([{ kind: "profile", what, detail }]);
      },
    });
    return {
      async report() {
        await profile.review();
        return reportProfile(profile, folder);
      },
      async accept(digest) {
        await profile.accept(digest);
        return reportProfile(profile, folder);
      },
      async close() {
        await profile.close();
        await ledger.close();
      },
    };
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

// A state folder of its own for each test, and a profile opened in it.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { folder } from "../made.ts";
import { isFirstStart, Profile } from "../../../companion/profile/profile.ts";

export interface Opened {
  readonly home: string;
  readonly profile: Profile;
  /** What was put on record, oldest first. */
  readonly recorded: string[];
}

export const newHome = () => Promise.resolve(folder());

export async function openIn(home: string, firstStart?: boolean): Promise<Opened> {
  const recorded: string[] = [];
  const profile = await Profile.open({
    home,
    firstStart: firstStart ?? (await isFirstStart(home)),
    now: () => Date.UTC(2026, 10, 22, 10),
    record: (what, detail) => {
      recorded.push(`${what}: ${detail}`);
      return Promise.resolve();
    },
  });
  return { home, profile, recorded };
}

/** Writes the profile file and waits until it was looked at. */
export async function edit({ home, profile }: Opened, text: string): Promise<void> {
  await writeFile(join(home, "profile.cedar"), text, { mode: 0o600 });
  await profile.latest();
}

export const fileIn = (home: string, name: string) => readFile(join(home, name), "utf8");

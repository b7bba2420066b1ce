// Where the companion keeps what it knows, and whether that place is private enough to be trusted.
// Must never use a folder that another user could read, replace or redirect.
import { lstat, mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** Trouble with a file or folder of ours, as one sentence for the person. */
export class StateError extends Error {}

type Surroundings = Readonly<Record<string, string | undefined>>;

/** The place by the customs of each system; COUNTERSIGN_HOME goes before all. */
export function stateFolderPath(env: Surroundings, platform: NodeJS.Platform, home: string): string {
  if (env["COUNTERSIGN_HOME"]) return env["COUNTERSIGN_HOME"];
  if (platform === "win32") return join(env["LOCALAPPDATA"] ?? join(home, "AppData", "Local"), "Countersign");
  if (platform === "darwin") return join(home, "Library", "Application Support", "Countersign");
  return join(env["XDG_STATE_HOME"] || join(home, ".local", "state"), "countersign");
}

/** Who owns what, where the system has owners. */
export function ownUser(): number | null {
  return process.getuid?.() ?? null;
}

/** Throws StateError unless the folder is a real one, ours, and closed to everybody else. */
export async function checkFolder(path: string): Promise<void> {
  const found = await lstat(path);
  if (found.isSymbolicLink())
    throw new StateError(`${path} is a link; Countersign needs a real folder of its own there.`);
  if (!found.isDirectory()) throw new StateError(`${path} is not a folder; move it away and start again.`);
  const user = ownUser();
  if (user === null) return;
  if (found.uid !== user)
    throw new StateError(`${path} belongs to another user; remove it or choose COUNTERSIGN_HOME.`);
  if ((found.mode & 0o077) !== 0)
    throw new StateError(`${path} is open to other users; close it with \`chmod 700 ${path}\` and start again.`);
}

/** Creates the folder, for its owner only, where it is missing, and checks it. */
export async function openStateFolder(
  path: string = stateFolderPath(process.env, process.platform, homedir()),
): Promise<string> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST")
      throw new StateError(`The folder ${path} cannot be made: ${(error as Error).message}.`);
  }
  await checkFolder(path);
  return path;
}

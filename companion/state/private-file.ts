// Reads and writes small files that only their owner may see, whole or not at all.
// Must never follow a link, trust a file others can change, or leave half a file behind.
import { constants } from "node:fs";
import { open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { randomUUID } from "node:crypto";
import { checkFolder, ownUser, StateError } from "./state-folder.ts";

/** Longest file we ever write is some kilobytes; a larger one is not ours. */
const SIZE_LIMIT = 1024 * 1024;
const code = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "";

/** The text of the file, null where there is none, StateError where it cannot be trusted. */
export async function readPrivate(path: string): Promise<string | null> {
  await checkFolder(dirname(path));
  let file;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (code(error) === "ENOENT") return null;
    if (code(error) === "ELOOP") throw new StateError(`${path} is a link; put the real file back or remove it.`);
    throw new StateError(`${path} cannot be read: ${(error as Error).message}.`);
  }
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new StateError(`${path} is not a file; move it away and start again.`);
    if (found.size > SIZE_LIMIT) throw new StateError(`${path} is far too large to be ours; move it away.`);
    const user = ownUser();
    if (user !== null && found.uid !== user) throw new StateError(`${path} belongs to another user; remove it.`);
    if (user !== null && found.nlink !== 1) throw new StateError(`${path} has a second name; remove the other one.`);
    if (user !== null && (found.mode & 0o077) !== 0)
      throw new StateError(`${path} is open to other users; close it with \`chmod 600 ${path}\` and start again.`);
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

/** Flushes the name itself; systems that cannot open a folder (Windows) keep names safe on their own. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export async function writePrivate(path: string, text: string): Promise<void> {
  await checkFolder(dirname(path));
  const draft = `${path}.${randomUUID()}.new`;
  try {
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(text, "utf8");
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw new StateError(`${path} could not be written, so nothing was changed: ${(error as Error).message}.`);
  }
}

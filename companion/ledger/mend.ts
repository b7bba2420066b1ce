// What is done at start when the ledger's last file ends in the middle of a line, as after a crash or a power cut.
// Must never throw bytes away: what is cut off is first kept whole, on disk, in a file of its own.
import { open } from "node:fs/promises";
import { basename, dirname } from "node:path";

/** Makes a new or renamed file in the folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder as a file; there the file's own sync has to do.
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Moves everything after `end` to `<segment>.torn-<time>` and answers that file's name. */
export async function moveTornTail(path: string, bytes: Buffer, end: number, at: number): Promise<string> {
  const time = new Date(at).toISOString().replaceAll(/[-:.]/g, "");
  const { handle, path: kept } = await create(`${path}.torn-${time}`);
  try {
    await handle.writeFile(bytes.subarray(end));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncFolder(dirname(path));
  const segment = await open(path, "r+");
  try {
    await segment.truncate(end);
    await segment.sync();
  } finally {
    await segment.close();
  }
  return basename(kept);
}

/** A new file under this name, or the name with a number behind it: an older torn tail is never overwritten. */
async function create(wanted: string) {
  for (let again = 0; ; again += 1) {
    const path = again === 0 ? wanted : `${wanted}-${again}`;
    try {
      return { handle: await open(path, "wx", 0o600), path };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST") || again > 100) throw error;
    }
  }
}

// One companion per ledger: a lock file that names the process holding it.
// Must never take a lock from a process that is alive, and never leave one that nobody can take after a crash.
import { link, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";

/** Locks of this very process; a file naming our number but not in here was left by an earlier process of the same number. */
const held = new Set<string>();

export class LockedError extends Error {
  override name = "LockedError";
}

/** Takes the lock or throws LockedError. The answer gives it back. */
export async function takeLock(path: string): Promise<() => Promise<void>> {
  const mine = JSON.stringify({ pid: process.pid, born: born(process.pid) });
  const draft = `${path}.${process.pid}`;
  // Written beside and then linked into place: the lock is never seen half written.
  await writeFile(draft, mine, { mode: 0o600 });
  try {
    for (let tries = 0; tries < 3; tries += 1) {
      if (await linked(draft, path)) {
        held.add(path);
        return async () => {
          held.delete(path);
          await unlink(path);
        };
      }
      const found = await readFile(path, "utf8").catch(() => null);
      if (found === null) continue;
      if (isAlive(found, path)) break;
      await removeStale(path, found);
    }
  } finally {
    await unlink(draft).catch(() => undefined);
  }
  throw new LockedError(
    "Another Countersign companion is using this folder. Go on with that one, or end it with Ctrl-C in its terminal or `countersign stop`.",
  );
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Moves the stale file aside first: if it turns out to be somebody's fresh lock after all, it is put back. */
async function removeStale(path: string, stale: string): Promise<void> {
  const aside = `${path}.stale.${process.pid}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, "utf8")) !== stale) await linked(aside, path);
  await unlink(aside);
}

function isAlive(text: string, path: string): boolean {
  let pid = 0;
  let when = "";
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && "pid" in value && typeof value.pid === "number") pid = value.pid;
    if (typeof value === "object" && value !== null && "born" in value && typeof value.born === "string")
      when = value.born;
  } catch {
    return false;
  }
  if (pid === process.pid) return held.has(path);
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  // The number may have been given to another program since; where the system tells birth times, they must agree.
  return when === "" || born(pid) === when;
}

/** When a process was born, in the system's own words; "" where the system does not tell. */
function born(pid: number): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The program's name may hold blanks and brackets: fields are counted from its closing bracket; the 22nd is the start.
    const start = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return start === undefined ? "" : `${boot}:${start}`;
  } catch {
    return "";
  }
}

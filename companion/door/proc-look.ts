// Linux: socket -> process -> the browser it belongs to -> how that was started and whether it listens for commands.
// Must never follow anything but /proc; a process that vanishes while we read is simply not there.
import { readdir, readFile, readlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Launch, readLaunch } from "./launch-flags.ts";
import type { BrowserLook } from "./peer.ts";

interface SocketRow {
  readonly local: string;
  readonly remote: string;
  readonly listening: boolean;
  readonly inode: string;
}

const text = (path: string): Promise<string> => readFile(path, "utf8").catch(() => "");
const link = (path: string): Promise<string> => readlink(path).catch(() => "");
const names = (path: string): Promise<string[]> => readdir(path).catch(() => []);

function rows(table: string): SocketRow[] {
  return table
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((cells) => cells.length > 9)
    .map((cells) => ({
      local: cells[1] ?? "",
      remote: cells[2] ?? "",
      listening: cells[3] === "0A",
      inode: cells[9] ?? "",
    }));
}

const hexPort = (port: number): string => port.toString(16).toUpperCase().padStart(4, "0");

/** True for 127.0.0.1 in both spellings the kernel uses (plain, and mapped into IPv6). */
const isLoopback = (address: string, port: number): boolean =>
  address === `0100007F:${hexPort(port)}` || address === `0000000000000000FFFF00000100007F:${hexPort(port)}`;

async function holds(proc: string, pid: string, inodes: ReadonlySet<string>): Promise<string | null> {
  const folder = join(proc, pid, "fd");
  for (const fd of await names(folder)) {
    const inode = /^socket:\[(\d+)\]$/.exec(await link(join(folder, fd)))?.[1];
    if (inode !== undefined && inodes.has(inode)) return inode;
  }
  return null;
}

async function parentOf(proc: string, pid: string): Promise<string> {
  // The name stands in brackets and may hold anything; what follows the last bracket is plain.
  const after = (await text(join(proc, pid, "stat"))).replace(/^.*\)/s, "").trim().split(" ");
  return after[1] ?? "0";
}

const programOf = async (proc: string, pid: string): Promise<string> =>
  (await text(join(proc, pid, "comm"))).trim() || basename(await link(join(proc, pid, "exe"))) || "unknown";

/** The process and those above it of the same program, topmost last: a browser's network process is its child. */
async function familyOf(proc: string, pid: string): Promise<string[]> {
  const exe = await link(join(proc, pid, "exe"));
  const family = [pid];
  for (let above = pid; family.length < 16; family.push(above)) {
    above = await parentOf(proc, above);
    if (Number(above) <= 1 || exe === "" || (await link(join(proc, above, "exe"))) !== exe) return family;
  }
  return family;
}

async function launchOf(proc: string, family: readonly string[]): Promise<Launch> {
  const launches = await Promise.all(
    family.map(async (pid) =>
      readLaunch(await text(join(proc, pid, "cmdline")), await text(join(proc, pid, "environ"))),
    ),
  );
  const driven = launches.find((one) => one.driven)?.driven ?? "";
  return { driven, headless: launches.some((one) => one.headless) };
}

const pidsIn = async (proc: string): Promise<string[]> => (await names(proc)).filter((name) => /^\d+$/.test(name));

/** When the holder cannot be seen: is any program here driven? Command lines may be read of every process. */
async function anyDriven(proc: string): Promise<BrowserLook> {
  for (const pid of await pidsIn(proc)) {
    const { driven } = readLaunch(await text(join(proc, pid, "cmdline")));
    if (driven)
      return {
        pid: null,
        program: "unknown",
        debugging: `A browser on this machine was started with ${driven}, and this may be the one, so a program can press its buttons.`,
        headless: false,
      };
  }
  return { pid: null, program: "unknown", debugging: "", headless: false };
}

/** The kernel's table may lose a row while it is read, and a process may be between two others: look twice. */
export async function lookInProc(remotePort: number, localPort: number, proc: string): Promise<BrowserLook> {
  const first = await lookOnce(remotePort, localPort, proc);
  return first ?? (await lookOnce(remotePort, localPort, proc)) ?? anyDriven(proc);
}

async function lookOnce(remotePort: number, localPort: number, proc: string): Promise<BrowserLook | null> {
  const tables = await Promise.all([text(join(proc, "net/tcp")), text(join(proc, "net/tcp6"))]);
  const sockets = tables.flatMap(rows);
  const theirs = sockets.find((row) => isLoopback(row.local, remotePort) && isLoopback(row.remote, localPort));
  if (!theirs || theirs.inode === "0") return null;
  const inode = new Set([theirs.inode]);
  let holder: string | null = null;
  for (const pid of (await pidsIn(proc)).toReversed()) {
    if (pid !== String(process.pid) && (await holds(proc, pid, inode))) {
      holder = pid;
      break;
    }
  }
  if (holder === null) return null;
  const family = await familyOf(proc, holder);
  const root = family.at(-1) ?? holder;
  const program = await programOf(proc, root);
  const starter = await programOf(proc, await parentOf(proc, root));
  const launch = await launchOf(proc, family);
  const listening = new Set(sockets.filter((row) => row.listening).map((row) => row.inode));
  const opened = launch.driven ? null : await holds(proc, root, listening);
  const debugging = launch.driven
    ? `This browser was started with ${launch.driven} (by ${starter}), so a program can press its buttons.`
    : opened
      ? "This browser listens for commands from other programs, so a program can press its buttons."
      : "";
  return { pid: Number(root), program, debugging, headless: launch.headless };
}

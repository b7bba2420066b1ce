// Where the running companion listens to its own command line.
// Must never be a network address: a socket in the private state folder, or a named pipe where there are no socket files.
import { createHash } from "node:crypto";
import { join } from "node:path";

/** The shortest limit among the systems we run on (macOS: 104 bytes with the closing zero). */
const LONGEST_SOCKET_PATH = 103;

export class ControlPathError extends Error {}

export function controlPath(home: string, platform: NodeJS.Platform = process.platform): string {
  if (platform === "win32") {
    return `\\\\.\\pipe\\countersign-${createHash("sha256").update(home).digest("hex").slice(0, 32)}`;
  }
  const path = join(home, "control.sock");
  if (Buffer.byteLength(path) > LONGEST_SOCKET_PATH) {
    throw new ControlPathError(`The folder ${home} has too long a name. Set COUNTERSIGN_HOME to a shorter one.`);
  }
  return path;
}

// Asks the operating system which program holds the other end of a socket, and whether something drives that whole browser.
// Must never throw, wait for anything but files, nor believe what the browser itself says.
import { lookInProc } from "./proc-look.ts";
import type { BrowserLook } from "./peer.ts";

/** Nothing is known: `pid` is null. Never to be read as "nobody drives this browser". */
export const UNSEEN: BrowserLook = { pid: null, program: "unknown", debugging: "", headless: false };

/** How long one look may be used again; flags do not change, processes do. */
const FRESH_MS = 2_000;

/** A look that is repeated at most every two seconds. Only Linux tells by files; elsewhere every look is UNSEEN. */
export function browserLook(remotePort: number, localPort: number): () => Promise<BrowserLook> {
  let last: Promise<BrowserLook> = Promise.resolve(UNSEEN);
  let at = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now - at >= FRESH_MS) {
      at = now;
      last = lookAt(remotePort, localPort);
    }
    return last;
  };
}

export async function lookAt(remotePort: number, localPort: number, proc = "/proc"): Promise<BrowserLook> {
  if (process.platform !== "linux") return UNSEEN;
  try {
    return await lookInProc(remotePort, localPort, proc);
  } catch {
    return UNSEEN;
  }
}

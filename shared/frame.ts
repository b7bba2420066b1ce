// Turns the bytes of one message into plain data: UTF-8, limited depth, JSON. Both sides read every message through here.
// Must never hand on anything that is not well-formed; schemas judge the rest.

/** Deepest nesting of any message is under ten; more is an attempt to exhaust a parser. */
export const DEPTH_LIMIT = 32;

export class FrameError extends Error {}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Deepest nesting of brackets outside strings, before any parser sees the text. */
export function depthOf(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (quoted) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return deepest;
}

export function readFrame(bytes: Uint8Array): unknown {
  if (depthOf(bytes) > DEPTH_LIMIT) throw new FrameError("The message is nested too deeply.");
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw new FrameError("The message is not JSON text in UTF-8.");
  }
}

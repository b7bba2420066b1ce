// Bytes to text and back without forgiveness: Latin-1, strict UTF-8, percent escapes.
// Must never repair what it reads; a caller that wants a repaired reading asks for it by name.

/** One character per byte, so that offsets in the text are offsets in the bytes. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

export function bytesOf(latin: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(latin.length);
  for (let at = 0; at < latin.length; at += 1) bytes[at] = latin.charCodeAt(at);
  return bytes;
}

/** UTF-8 text of a byte string, or null when it is not UTF-8. A leading byte order mark is kept as a character. */
export function strictUtf8(latin: string): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytesOf(latin));
  } catch {
    return null;
  }
}

export function looseUtf8(latin: string): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytesOf(latin));
}

export interface Unescaped {
  readonly latin: string;
  /** False when a percent sign is not followed by two hexadecimal digits. */
  readonly clean: boolean;
}

/** Percent escapes (and `+` as a blank, as in forms) to bytes; a broken escape stays as written. */
export function unescapeForm(raw: string): Unescaped {
  const latin = raw.replace(/\+|%([0-9A-Fa-f]{2})/g, (_, hex: string | undefined) =>
    hex === undefined ? " " : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return { latin, clean: !/%(?![0-9A-Fa-f]{2})/.test(raw) };
}

/** A name or value as it may stand in a sentence: quoted, short, no control characters. */
export function quoted(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return JSON.stringify(short);
}

// RFC 2047 encoded words as a mail program would show them.
// Must never hide that a text was encoded: the caller sees both.

const WORD = /=\?([A-Za-z0-9_-]+)(?:\*[A-Za-z-]*)?\?([BbQq])\?([^?]*)\?=/g;

function wordBytes(kind: string, payload: string): Uint8Array<ArrayBuffer> {
  if (kind.toLowerCase() === "b") {
    return Uint8Array.from(atob(payload), (c) => c.charCodeAt(0));
  }
  const raw = payload
    .replace(/_/g, " ")
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}

/** The text with every encoded word decoded; a word that cannot be decoded stays as written. */
export function decodeWords(text: string): string {
  const joined = text.replace(/(\?=)\s+(?==\?)/g, "$1");
  return joined.replace(WORD, (whole, charset: string, kind: string, payload: string) => {
    try {
      return new TextDecoder(charset).decode(wordBytes(kind, payload));
    } catch {
      return whole;
    }
  });
}

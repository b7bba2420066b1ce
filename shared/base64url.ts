// Bytes as URL-safe base64 without padding, the one spelling used in greetings and in the key file.
// Must never accept a second spelling of the same bytes.

export type Bytes = Uint8Array<ArrayBuffer>;

export function toBase64url(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCodePoint(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Null for anything that is not exactly what toBase64url writes. */
export function fromBase64url(text: string): Bytes | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null;
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(plain, (char) => char.codePointAt(0) ?? 0);
  return toBase64url(bytes) === text ? bytes : null;
}

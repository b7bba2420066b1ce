// The one-time code a person carries from the terminal to the welcome page: 128 bits of secret, the port, a checksum.
// Must never guess: a code that does not check is refused with one sentence, before anything is sent.
import { type Bytes } from "./base64url.ts";

/** Letters that cannot be mistaken for each other (Crockford): no I, L, O, U. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SECRET_BYTES = 16;
const CODE_BYTES = SECRET_BYTES + 4;
const CODE_LETTERS = (CODE_BYTES * 8) / 5;

export interface PairingCode {
  readonly secret: Bytes;
  readonly port: number;
}
export type ParsedCode = ({ readonly ok: true } & PairingCode) | { readonly ok: false; readonly say: string };

/** CRC-16/CCITT: a slip of the hand, not an attack; any single wrong or swapped letter is noticed. */
function checksum(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}

export function writePairingCode({ secret, port }: PairingCode): string {
  if (secret.length !== SECRET_BYTES) throw new Error("A pairing code carries sixteen bytes of secret.");
  const bytes = new Uint8Array(CODE_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(secret);
  view.setUint16(SECRET_BYTES, port);
  view.setUint16(SECRET_BYTES + 2, checksum(bytes.subarray(0, SECRET_BYTES + 2)));
  let letters = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      letters += ALPHABET[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return (letters.match(/.{4}/g) ?? []).join("-");
}

/** Tolerates case, spaces, dashes and the letters people mistake for digits. */
export function readPairingCode(typed: string): ParsedCode {
  const letters = typed
    .replaceAll(/[\s\-\u2010-\u2015\u2212_.]/g, "")
    .toUpperCase()
    .replaceAll("O", "0")
    .replaceAll(/[IL]/g, "1");
  const no = (say: string): ParsedCode => ({ ok: false, say });
  if (letters === "") return no("Type or paste the code that `countersign pair` shows.");
  const odd = Array.from(letters).find((letter) => !ALPHABET.includes(letter));
  if (odd !== undefined) return no(`“${odd}” is in no pairing code; copy the code again from the terminal.`);
  if (letters.length < CODE_LETTERS)
    return no(`This code is too short: ${letters.length} of ${CODE_LETTERS} letters; copy the whole code.`);
  if (letters.length > CODE_LETTERS)
    return no(`This code is too long: ${letters.length} letters instead of ${CODE_LETTERS}; copy only the code.`);
  const bytes = new Uint8Array(CODE_BYTES);
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const letter of letters) {
    held = (held << 5) | ALPHABET.indexOf(letter);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >> bits;
      held &= (1 << bits) - 1;
    }
  }
  const view = new DataView(bytes.buffer);
  const port = view.getUint16(SECRET_BYTES);
  const checks = view.getUint16(SECRET_BYTES + 2) === checksum(bytes.subarray(0, SECRET_BYTES + 2));
  if (!checks || port === 0) return no("This code is mistyped; compare it with the terminal, letter by letter.");
  return { ok: true, secret: bytes.slice(0, SECRET_BYTES), port };
}

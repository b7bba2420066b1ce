// A recipient field as Roundcube splits it, read strictly: every address with its display name.
// Must never lose an address: what is not plainly written is kept as raw text, and every token with an "@" is listed too.
import { quoted } from "./octets.ts";
import { decodeWords } from "./words.ts";

export interface ListedAddress {
  /** Domain in lower case and ASCII; or the raw text where it is not plainly an address. */
  readonly address: string;
  readonly name: string;
}

export interface AddressReading {
  readonly list: readonly ListedAddress[];
  readonly doubts: readonly string[];
}

const LOCAL = /^[A-Za-z0-9!#$&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$&'*+/=?^_`{|}~-]+)*$/;
const DOMAIN = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/;
/** Anything around an "@" that some reader could take for an address. */
const TOKEN = /[^\s<>()[\]",;:\\@\p{Cc}]+@[^\s<>()[\]",;:\\@\p{Cc}]+/gu;
const PIECE = 4000;

/** Like the server: commas, semicolons and line breaks part addresses, except inside quotes. */
function split(raw: string): { items: string[]; open: boolean } {
  const items: string[] = [];
  let item = "";
  let inside = false;
  for (let at = 0; at < raw.length; at += 1) {
    const char = raw.charAt(at);
    if (char === '"' && raw.charAt(at - 1) !== "\\") inside = !inside;
    if (!inside && /[,;\r\n]/.test(char)) {
      items.push(item);
      item = "";
    } else item += char;
  }
  return { items: [...items, item], open: inside };
}

/** The domain as it is looked up: lower case, punycode. Null when no name server could have it. */
export function asciiDomain(domain: string): string | null {
  if (/[^\p{L}\p{M}\p{N}.-]/u.test(domain)) return null;
  try {
    const host = new URL(`http://${domain}`).hostname;
    return DOMAIN.test(host) && !/^[\d.]+$/.test(host) ? host : null;
  } catch {
    return null;
  }
}

function plainAddress(text: string): string | null {
  const at = text.lastIndexOf("@");
  const local = text.slice(0, Math.max(at, 0));
  const domain = at < 0 ? null : asciiDomain(text.slice(at + 1));
  return domain !== null && LOCAL.test(local) && text.length <= 320 ? `${local}@${domain}` : null;
}

function plainName(raw: string): string | null {
  const quotes = /^"((?:[^"\\]|\\["\\])*)"$/.exec(raw);
  if (!quotes && /[<>()[\]",;:@\\]/.test(raw)) return null;
  const text = quotes ? (quotes[1] ?? "").replace(/\\(["\\])/g, "$1") : raw;
  const shown = decodeWords(text);
  // A name that shows another address, or hides characters, is no plain name.
  return /[@<>\p{Cc}\p{Cf}]/u.test(shown) ? null : shown;
}

function plainItem(item: string): ListedAddress | null {
  const bare = plainAddress(item);
  if (bare !== null) return { address: bare, name: "" };
  const parts = /^(.*?)\s*<([^<>]*)>$/s.exec(item);
  const address = plainAddress(parts?.[2] ?? "");
  const name = plainName(parts?.[1] ?? "");
  return address === null || name === null ? null : { address, name };
}

function* pieces(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += PIECE) yield text.slice(at, at + PIECE);
}

/** The same text as servers repair it: encoded words decoded, broken bytes and control characters left out, wide forms made plain. */
function repaired(raw: string): Set<string> {
  const bare = raw.replace(/\uFFFD|[^\P{Cc}\s]|\p{Cf}/gu, "");
  return new Set([raw, decodeWords(raw), bare, bare.normalize("NFKC")]);
}

/** Tokens of a text that look like addresses, also without the punctuation the server would trim from them. */
export function addressTokens(raw: string): string[] {
  const found = new Set<string>();
  for (const text of repaired(raw)) {
    for (const [token] of text.matchAll(TOKEN)) {
      const trimmed = token.replace(/[^\p{L}\p{N}]+$/u, "");
      found.add(plainAddress(trimmed) ?? plainAddress(token) ?? token);
    }
  }
  return [...found];
}

export function readAddresses(raw: string): AddressReading {
  const doubts = new Set<string>();
  const list: ListedAddress[] = [];
  const { items, open } = split(raw);
  if (open) doubts.add(`A quotation mark is not closed in ${quoted(raw)}.`);
  for (const item of items.map((i) => i.trim())) {
    if (item === "") continue;
    const plain = open ? null : plainItem(item);
    if (plain) list.push(plain);
    else {
      doubts.add(`This is not plainly one address: ${quoted(item)}.`);
      for (const piece of pieces(item)) list.push({ address: piece, name: "" });
    }
  }
  for (const token of addressTokens(raw)) {
    if (list.some((entry) => entry.address === token)) continue;
    if (!doubts.size) doubts.add(`Another address can be read here: ${quoted(token)}.`);
    for (const piece of pieces(token)) list.push({ address: piece, name: "" });
  }
  return { list, doubts: [...doubts] };
}

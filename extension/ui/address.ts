// How an address is shown: its parts, and every reason to doubt that it is whom it seems to be.
// Must never call an address good; it only finds what is odd about one.
import { asciiDomain, drawnDomain } from "./punycode.ts";
import { pieces } from "./visible.ts";

export interface AddressParts {
  /** "" when the address cannot be split; then `domain` holds the whole. */
  readonly local: string;
  readonly domain: string;
}

export function splitAddress(address: string): AddressParts {
  const at = address.lastIndexOf("@");
  if (at <= 0 || at === address.length - 1) return { local: "", domain: address };
  return { local: address.slice(0, at), domain: address.slice(at + 1) };
}

const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ["Latin", /\p{Script=Latin}/u],
  ["Cyrillic", /\p{Script=Cyrillic}/u],
  ["Greek", /\p{Script=Greek}/u],
  ["Armenian", /\p{Script=Armenian}/u],
  ["Hebrew", /\p{Script=Hebrew}/u],
  ["Arabic", /\p{Script=Arabic}/u],
  ["Georgian", /\p{Script=Georgian}/u],
  ["Cherokee", /\p{Script=Cherokee}/u],
  ["East Asian", /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u],
];

/** The alphabets a text is written in, by name; letters of none of them count as "other". */
export function scriptsOf(text: string): string[] {
  const found = new Set<string>();
  for (const char of text) {
    if (!/\p{L}/u.test(char)) continue;
    found.add(SCRIPTS.find(([, test]) => test.test(char))?.[0] ?? "other");
  }
  return [...found];
}

/** Letters that are drawn like an ASCII letter or two. */
const DRAWN_LIKE: Readonly<Record<string, string>> = {
  а: "a", ɑ: "a", α: "a", в: "b", ь: "b", с: "c", ϲ: "c", ԁ: "d", е: "e", ё: "e", ε: "e", ɡ: "g", һ: "h", н: "h",
  і: "l", ї: "l", ι: "l", ı: "l", ј: "j", к: "k", κ: "k", ӏ: "l", м: "m", п: "n", η: "n", о: "o", ο: "o", σ: "o",
  р: "p", ρ: "p", ԛ: "q", г: "r", ѕ: "s", т: "t", τ: "t", υ: "u", ц: "u", ν: "v", ѵ: "v", ԝ: "w", ω: "w", х: "x",
  χ: "x", у: "y", γ: "y", ø: "o", ł: "l", đ: "d", ħ: "h", ŧ: "t", "0": "o", "1": "l", i: "l", "5": "s", "3": "e",
}; // prettier-ignore

/** Two domains with the same skeleton look the same at a glance. */
export function skeleton(domain: string): string {
  const drawn = drawnDomain(domain) ?? domain;
  let out = "";
  for (const char of drawn.normalize("NFKD").toLowerCase().replaceAll(/\p{M}/gu, "")) out += DRAWN_LIKE[char] ?? char;
  return out.replaceAll("rn", "m").replaceAll("vv", "w").replaceAll("cl", "d").replaceAll(/[-_]/g, "");
}

/** True when one letter more, less, other or swapped turns `a` into `b`. */
export function oneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a === b) return false;
  let from = 0;
  while (from < a.length && a[from] === b[from]) from++;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - from && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const left = a.slice(from, a.length - tail);
  const right = b.slice(from, b.length - tail);
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}

/** The known domain this one could be taken for, or null. */
export function looksLike(domain: string, known: readonly string[]): string | null {
  const own = domain.toLowerCase();
  if (known.some((other) => other.toLowerCase() === own)) return null;
  const name = skeleton(own);
  for (const other of known) {
    const theirs = skeleton(other);
    if (name === theirs || (Math.min(name.length, theirs.length) > 6 && oneSlip(name, theirs))) return other;
    // northgate-mail.example next to northgate.example: the first label carries the known one.
    const [mine = "", real = ""] = [name.split(".")[0], theirs.split(".")[0]];
    if (real.length > 4 && mine !== real && mine.includes(real) && !own.endsWith(`.${other.toLowerCase()}`))
      return other;
  }
  return null;
}

/** What is odd about an address, one sentence each; empty when nothing is found. `known`: domains already in play. */
export function addressFlags(address: string, name: string, known: readonly string[]): string[] {
  const { local, domain } = splitAddress(address);
  if (local === "") return ["This cannot be read as an address."];
  const flags: string[] = [];
  if (pieces(address, "line").some((piece) => piece.named) || /\s/u.test(address)) {
    flags.push("It holds characters that cannot be seen.");
  }
  const drawn = drawnDomain(domain);
  const ascii = asciiDomain(domain);
  if (ascii === null) flags.push("The part after @ is not a domain name.");
  if (drawn !== null) flags.push(`A mail program may draw this domain as “${drawn}”.`);
  else if (ascii !== null && ascii !== domain.toLowerCase()) flags.push(`The domain that is really meant is ${ascii}.`);
  const twin = looksLike(domain, known);
  if (twin !== null) flags.push(`It looks like ${twin}, and is another domain.`);
  for (const part of [local, ...(drawn ?? domain).split(".")]) {
    const scripts = scriptsOf(part);
    if (scripts.length > 1) flags.push(`It mixes ${scripts.join(" and ")} letters.`);
  }
  const foreign = scriptsOf(drawn ?? domain).filter((script) => script !== "Latin");
  if (foreign.length > 0 && !flags.some((flag) => flag.startsWith("It mixes"))) {
    flags.push(`The domain is written in ${foreign.join(" and ")} letters.`);
  }
  const inName = /[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/u.exec(name)?.[0];
  if (inName !== undefined && inName.toLowerCase() !== address.toLowerCase()) {
    flags.push("The name beside it shows another address.");
  }
  return [...new Set(flags)];
}

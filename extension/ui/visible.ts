// Makes text written by others safe to look at: what draws nothing, turns the line round or poses as space is shown by name.
// Must never drop a character: what travels is what is shown.

export interface Piece {
  readonly text: string;
  /** True when `text` is our name for characters that cannot be seen as they are. */
  readonly named: boolean;
}

/** `line`: addresses, names, subjects, where a line break or an odd space is a trick. `text`: bodies. */
export type Mode = "line" | "text";

const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/u;
/** First and last code point of runs that draw nothing without being "format" characters: fillers, blanks, variation selectors. */
const BLANK: readonly (readonly [number, number])[] = [
  [0x034f, 0x034f],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x2800, 0x2800],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xffa0, 0xffa0],
  [0xe0000, 0xe0fff],
];
const ODD_SPACE = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/u;
const PICTURE = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f/u;
const WORN_BY_VS16 = /[\p{Extended_Pictographic}0-9#*]/u;

const NAMES: Readonly<Record<number, string>> = {
  0x0: "NUL",
  0x9: "tab",
  0xa: "line break",
  0xd: "carriage return",
  0x1b: "escape",
  0xa0: "no-break space",
  0xad: "soft hyphen",
  0x200b: "zero-width space",
  0x200c: "zero-width non-joiner",
  0x200d: "zero-width joiner",
  0x200e: "left-to-right mark",
  0x200f: "right-to-left mark",
  0x202a: "left-to-right embedding",
  0x202b: "right-to-left embedding",
  0x202c: "end of direction change",
  0x202d: "left-to-right override",
  0x202e: "right-to-left override",
  0x2060: "word joiner",
  0x2066: "left-to-right isolate",
  0x2067: "right-to-left isolate",
  0x2068: "first-strong isolate",
  0x2069: "end of isolate",
  0xfeff: "byte order mark",
};

const point = (char: string): number => char.codePointAt(0) ?? 0;

function nameOf(char: string): string {
  const code = point(char);
  return NAMES[code] ?? `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Tag characters carry a second, unseen ASCII text; it is spelled out. */
const tagLetter = (char: string): string | null => {
  const code = point(char);
  return code >= 0xe0020 && code <= 0xe007e ? String.fromCodePoint(code - 0xe0000) : null;
};

function unseen(char: string, before: string, after: string, mode: Mode): boolean {
  if (mode === "text" && (char === "\n" || char === "\t")) return false;
  if (mode === "line" && ODD_SPACE.test(char)) return true;
  if (!UNSEEN.test(char) && !BLANK.some(([from, to]) => point(char) >= from && point(char) <= to)) return false;
  // Inside an emoji the joiner and the picture selector are part of what is seen.
  if (char === "\u200d") return !(PICTURE.test(before) && PICTURE.test(after));
  if (char === "\ufe0f") return !WORN_BY_VS16.test(before);
  return true;
}

/** The text in order, cut where something cannot be seen. CRLF counts as one line break. */
export function pieces(text: string, mode: Mode): Piece[] {
  const chars = Array.from(text.replaceAll("\r\n", "\n"));
  const out: Piece[] = [];
  let plain = "";
  const flush = () => {
    if (plain !== "") out.push({ text: plain, named: false });
    plain = "";
  };
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? "";
    if (!unseen(char, chars[at - 1] ?? "", chars[at + 1] ?? "", mode)) {
      plain += char;
      continue;
    }
    flush();
    let letters = tagLetter(char);
    let end = at + 1;
    if (letters !== null) {
      for (let next = tagLetter(chars[end] ?? ""); next !== null; next = tagLetter(chars[++end] ?? "")) letters += next;
      out.push({ text: `unseen letters “${letters}”`, named: true });
    } else {
      while (chars[end] === char) end++;
      out.push({ text: end - at > 1 ? `${nameOf(char)} ×${end - at}` : nameOf(char), named: true });
    }
    at = end - 1;
  }
  flush();
  return out;
}

/** The same as one string, for places that carry no markup. */
export function visible(text: string, mode: Mode): string {
  return pieces(text, mode)
    .map((piece) => (piece.named ? `⟦${piece.text}⟧` : piece.text))
    .join("");
}

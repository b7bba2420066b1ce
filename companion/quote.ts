// Makes text from pages, mails and agents safe to print in a terminal.
// Must never let through a character that moves the cursor, changes direction, hides, or joins what was apart.

/**
 * Controls (C0, DEL, C1), soft hyphen, zero-width and joining characters, bidi marks and overrides, line and paragraph
 * separators, interlinear marks, byte order mark, variation selectors, tags, fillers that draw nothing, lone surrogates.
 */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u034F\u115F\u1160\u17B4\u17B5\u3164\uFFA0\uFE00-\uFE0F\u{E0000}-\u{E0FFF}]/gu;
/** More than this many marks on one letter paint over the lines around it. */
const PILED_MARKS = /(\p{M}{3})\p{M}+/gu;

const name = (sign: string) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`;

function clean(text: string, longest: number): string {
  // Cut first: what is thrown away need not be searched.
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  const shown = cut.replaceAll(UNSEEN, name).replaceAll(PILED_MARKS, "$1");
  return text.length > longest ? `${shown} (${text.length - longest} more characters)` : shown;
}

/** One line in quotes: every unseen character is written out as \u{...}, backslashes and quotes are escaped. */
export function quoteForTerminal(text: string, longest = 500): string {
  return `"${clean(text.replaceAll("\\", "\\\\").replaceAll('"', '\\"'), longest)}"`;
}

/** Many lines, each behind `| `, so that no line of a page can pass for a line of ours. */
export function quoteBlock(text: string, longest = 20_000): string {
  return text
    .slice(0, longest)
    .split(/\r\n|\r|\n/)
    .map((line) => `  | ${clean(line, longest)}`)
    .join("\n")
    .concat(text.length > longest ? `\n  (${text.length - longest} more characters)` : "");
}

/** True when a text is one visible line: nothing in it would be written out by quoteForTerminal. */
export function isPlainLine(text: string): boolean {
  return text.search(UNSEEN) < 0;
}

// Makes text from pages, mails and agents safe to print in a terminal.
// Must never let through a character that moves the cursor, changes direction, hides, or joins what was apart.

/** Controls, format characters (bidi, zero-width), lone surrogates, private and unassigned, separators, what draws nothing. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{DI}\u{2800}]/gu;
/** In one line also every space that is not the plain one: an address has no business with it. */
const UNSEEN_IN_LINE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{DI}\u{2800}]|(?! )\p{Zs}/gu;
/** More marks than this on one letter paint over the lines around it. */
const PILED_MARKS = /(\p{M}{3})\p{M}+/gu;

const written = (sign: string) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`;

function clean(text: string, unseen: RegExp): string {
  return text.replaceAll(unseen, written).replaceAll(PILED_MARKS, "$1");
}

function cut(text: string, longest: number): { shown: string; rest: string } {
  if (text.length <= longest) return { shown: text, rest: "" };
  return { shown: text.slice(0, longest), rest: ` (and ${text.length - longest} more characters)` };
}

/** One line in quotes: every unseen character is written out as \u{...}, backslashes and quotes are escaped. */
export function quoteForTerminal(text: string, longest = 500): string {
  const { shown, rest } = cut(text, longest);
  const escaped = shown.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return `"${clean(escaped, UNSEEN_IN_LINE)}"${rest}`;
}

/** Words of ours that may carry some of others', as one line that a terminal shows and does not obey. */
export const inOneLine = (text: string): string => clean(text, UNSEEN_IN_LINE);

/** Many lines, each behind `| `, so that no line of a page can pass for a line of ours. */
export function quoteBlock(text: string, longest = 20_000): string {
  const { shown, rest } = cut(text, longest);
  const lines = shown.split(/\r\n|\r|\n/).map((line) => `  | ${clean(line.replaceAll("\t", "    "), UNSEEN)}`);
  if (rest !== "") lines.push(` ${rest}`);
  return lines.join("\n");
}

/** True when a text is one visible line: nothing in it would be written out by quoteForTerminal. */
export function isPlainLine(text: string): boolean {
  return text.search(UNSEEN_IN_LINE) < 0;
}

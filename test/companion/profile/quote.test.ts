// Text from pages in a terminal: it must not move the cursor, turn the line, hide, or pass for a line of ours.
import { describe, expect, test } from "vitest";
import { isPlainLine, quoteBlock, quoteForTerminal } from "../../../companion/terminal/quote.ts";

const HOSTILE: readonly (readonly [name: string, text: string, shown: string])[] = [
  ["an escape sequence", "\u001b[2Jboo", '"\\u{1b}[2Jboo"'],
  ["an 8-bit control sequence", "\u009b2Jboo", '"\\u{9b}2Jboo"'],
  ["a bell and a backspace", "a\u0007\u0008b", '"a\\u{7}\\u{8}b"'],
  ["a line of its own", "x\nAllowed: yes", '"x\\u{a}Allowed: yes"'],
  ["a carriage return", "evil\rgood", '"evil\\u{d}good"'],
  ["a right-to-left override", "moc\u202eelpmaxe", '"moc\\u{202e}elpmaxe"'],
  ["an isolate", "\u2066x\u2069", '"\\u{2066}x\\u{2069}"'],
  ["a zero-width space", "ann\u200b@firm.example", '"ann\\u{200b}@firm.example"'],
  ["a soft hyphen", "a\u00adb", '"a\\u{ad}b"'],
  ["a byte order mark", "\ufeffa", '"\\u{feff}a"'],
  ["a filler that draws nothing", "a\u3164b", '"a\\u{3164}b"'],
  ["a tag", "a\u{e0041}b", '"a\\u{e0041}b"'],
  ["a lone surrogate", "a\ud800b", '"a\\u{d800}b"'],
  ["a line separator", "a\u2028b", '"a\\u{2028}b"'],
  ["another kind of space", "a\u00a0b", '"a\\u{a0}b"'],
  ["a quote", 'a" NEW "b', '"a\\" NEW \\"b"'],
  ["a written escape", "a\\u{1b}", '"a\\\\u{1b}"'],
];

describe("one line", () => {
  test.each(HOSTILE)("%s is written out", (_name, text, shown) => {
    expect(quoteForTerminal(text)).toBe(shown);
  });

  test("plain text in any script stays as it is", () => {
    expect(quoteForTerminal("Zoë 你好 Привет שלום 🙂")).toBe('"Zoë 你好 Привет שלום 🙂"');
  });

  test("what is too long is cut and says so; piled marks are thinned", () => {
    expect(quoteForTerminal("x".repeat(600), 10)).toBe(`"${"x".repeat(10)}" (and 590 more characters)`);
    expect(quoteForTerminal(`a${"\u0301".repeat(50)}`)).toBe(`"a${"\u0301".repeat(3)}"`);
    expect(quoteForTerminal("🙂🙂", 3)).toBe('"🙂\\u{d83d}" (and 1 more characters)');
  });
});

test("in a block every line, however it is made, stands behind our mark", () => {
  const shown = quoteBlock("one\ntwo\r\nthree\rfour\u2028five\u001b[1A\u202e");
  expect(shown.split("\n")).toEqual(["  | one", "  | two", "  | three", "  | four\\u{2028}five\\u{1b}[1A\\u{202e}"]);
});

test("no hostile text is a plain line", () => {
  const visible = HOSTILE.filter(([name]) => name !== "a quote" && name !== "a written escape");
  expect(visible.filter(([, text]) => isPlainLine(text)).map(([name]) => name)).toEqual([]);
  expect(isPlainLine("You are asked before anything is sent.")).toBe(true);
});

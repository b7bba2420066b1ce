// The pairing code as people type it: tolerant of habits, never of mistakes.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPairingCode, writePairingCode } from "../../shared/pairing-code.ts";

const secret = Uint8Array.from({ length: 16 }, (_, at) => at * 17);
const code = writePairingCode({ secret, port: 23_456 });
const said = (typed: string): string => {
  const read = readPairingCode(typed);
  return read.ok ? "" : read.say;
};

describe("pairing code", () => {
  it("carries 128 bits and the port there and back", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.integer({ min: 1, max: 65_535 }),
        (bytes, port) => {
          const read = readPairingCode(writePairingCode({ secret: new Uint8Array(bytes), port }));
          expect(read).toEqual({ ok: true, secret: new Uint8Array(bytes), port });
        },
      ),
    );
  });

  it("comes in eight groups of four letters that cannot be mistaken", () => {
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}$/);
  });

  it("forgives case, spaces, dashes and look-alike letters", () => {
    const expected = { ok: true, secret, port: 23_456 };
    expect(readPairingCode(`  ${code.toLowerCase().replaceAll("-", " ")}\n`)).toEqual(expected);
    expect(readPairingCode(code.replaceAll("-", "–"))).toEqual(expected);
    expect(readPairingCode(code.replaceAll("-", "").replaceAll("0", "o").replaceAll("1", "l"))).toEqual(expected);
  });

  it("notices every single wrong letter and every swap of neighbours", () => {
    const plain = code.replaceAll("-", "");
    for (let at = 0; at < plain.length; at++) {
      for (const letter of "0123456789ABCDEFGHJKMNPQRSTVWXYZ") {
        if (letter === plain[at]) continue;
        expect(said(plain.slice(0, at) + letter + plain.slice(at + 1))).toMatch(/mistyped/);
      }
      const swapped = plain.slice(0, at) + (plain[at + 1] ?? "") + plain.charAt(at) + plain.slice(at + 2);
      if (swapped !== plain && swapped.length === plain.length) expect(said(swapped)).toMatch(/mistyped/);
    }
  });

  it("says what is wrong in one sentence", () => {
    expect(said("")).toMatch(/^Type or paste/);
    expect(said(code.slice(0, 20))).toBe("This code is too short: 16 of 32 letters; copy the whole code.");
    expect(said(`${code}A`)).toMatch(/too long: 33/);
    expect(said(code.replace(/.$/, "U"))).toMatch(/“U” is in no pairing code/);
    expect(said("😀".repeat(32))).toMatch(/“😀” is in no pairing code/);
  });
});

// Recipient fields: what is plain, what is doubtful, and that no address is ever lost.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressTokens, readAddresses } from "../../../extension/sites/codecs/addresses.ts";

const read = (raw: string): string[] =>
  readAddresses(raw).list.map((a) => (a.name ? `${a.name} <${a.address}>` : a.address));

describe("plainly written", () => {
  it.each([
    ["bob@example.test,", ["bob@example.test"]],
    ["bob@example.test; carol@example.test", ["bob@example.test", "carol@example.test"]],
    ["Bob Keller <bob@example.test>,", ["Bob Keller <bob@example.test>"]],
    ['"Keller, Bob" <bob@Example.TEST>', ["Keller, Bob <bob@example.test>"]],
    ["<bob@example.test>", ["bob@example.test"]],
    ["käthe <kaethe@bücher.example>", ["käthe <kaethe@xn--bcher-kva.example>"]],
    ["bob+list@example.test\r\ncarol@example.test", ["bob+list@example.test", "carol@example.test"]],
    ["=?utf-8?q?K=C3=A4the?= <k@example.test>", ["Käthe <k@example.test>"]],
    ["", []],
    [" , ;", []],
  ])("%j", (raw, wanted) => {
    expect(read(raw)).toEqual(wanted);
    expect(readAddresses(raw).doubts).toEqual([]);
  });
});

describe("doubtful: every address is listed", () => {
  it.each([
    ["bob@example.test carol@example.test", ["bob@example.test", "carol@example.test"]],
    ["bob@example.test <carol@example.test>", ["bob@example.test", "carol@example.test"]],
    ['"bob@example.test, y" <carol@example.test>', ["bob@example.test", "carol@example.test"]],
    ["<bob@example.test> <carol@example.test>", ["bob@example.test", "carol@example.test"]],
    ["(bob@example.test) carol@example.test", ["bob@example.test", "carol@example.test"]],
    ['"x\\" <bob@example.test>, \\"" <carol@example.test>', ["bob@example.test", "carol@example.test"]],
    ["Team: bob@example.test, carol@example.test;", ["bob@example.test", "carol@example.test"]],
    ["<@relay.example,@b.example:bob@example.test>", ["bob@example.test"]],
    ["=?utf-8?q?bob=40example.test?= <carol@example.test>", ["bob@example.test", "carol@example.test"]],
    ['"bob@example.test', ["bob@example.test"]],
    ["bob@example.test!", ["bob@example.test"]],
    ["bo\uFFFDb@example.test", ["bob@example.test"]],
    ["bob\uFF20example.test", ["bob@example.test"]],
    ["bob@\u200Bexample.test", ["bob@example.test"]],
    ["bob@localhost", ["bob@localhost"]],
    ["bob@[127.0.0.1]", []],
    ['"a b"@example.test', []],
    ["bob", ["bob"]],
  ])("%j", (raw, wanted) => {
    const { list, doubts } = readAddresses(raw);
    expect(doubts.length).toBeGreaterThan(0);
    for (const address of wanted) expect(list.map((a) => a.address)).toContain(address);
    expect(list.length).toBeGreaterThan(0);
  });
});

/** Written here on its own: what any reader at all could take for an address. */
const looksLikeOne = (raw: string): string[] => raw.match(/[a-z0-9.+-]+@[a-z0-9.-]*[a-z0-9]/g) ?? [];

const piece = fc.oneof(
  fc.constantFrom("bob@example.test", "carol@example.test", "m.finch+x@outside.example", "a@b"),
  fc.constantFrom(
    ",",
    ";",
    " ",
    '"',
    "\\",
    "<",
    ">",
    "(",
    ")",
    ":",
    "\r\n",
    "[",
    "]",
    "=?utf-8?q?",
    "?=",
    "%40",
    "@",
    ".",
  ),
  fc.string({ maxLength: 3 }),
);

describe("for all fields", () => {
  it("no address-looking token is lost, and a clean reading has exactly those", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (parts) => {
        const raw = parts.join("");
        const { list, doubts } = readAddresses(raw);
        const everyone = list
          .map((a) => a.address)
          .join("\n")
          .toLowerCase();
        for (const token of looksLikeOne(raw.toLowerCase())) expect(everyone).toContain(token);
        if (doubts.length === 0) expect(new Set(list.map((a) => a.address))).toEqual(new Set(addressTokens(raw)));
      }),
      { numRuns: 3000 },
    );
  });

  it("what is read plainly is read the same when written again", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (parts) => {
        const { list, doubts } = readAddresses(parts.join(""));
        fc.pre(doubts.length === 0 && list.every((a) => a.name === ""));
        const again = readAddresses(list.map((a) => a.address).join(", "));
        expect(again).toEqual({ list, doubts: [] });
      }),
      { numRuns: 1000 },
    );
  });
});

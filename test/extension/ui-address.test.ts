// Addresses: what is odd about one is found, and plain ones are left alone.
import { describe, expect, it } from "vitest";
import { addressFlags, looksLike, oneSlip, scriptsOf, skeleton, splitAddress } from "../../extension/ui/address.ts";
import { asciiDomain, drawnDomain } from "../../extension/ui/punycode.ts";

const KNOWN = ["acme.example", "northgate.example"];

describe("addressFlags", () => {
  it.each(["ana.ruiz@acme.example", "o'neil+list@mail.acme.example", "x@munchen.example"])(
    "finds nothing odd about %s",
    (address) => expect(addressFlags(address, "", KNOWN)).toEqual([]),
  );

  it.each([
    ["maria@nоrthgate.example", "It mixes Latin and Cyrillic letters."],
    ["maria@nоrthgate.example", "It looks like northgate.example, and is another domain."],
    ["maria@nоrthgate.example", "The domain that is really meant is xn--nrthgate-nbh.example."],
    ["m@n0rthgate.example", "It looks like northgate.example, and is another domain."],
    ["m@northgale.example", "It looks like northgate.example, and is another domain."],
    ["m@nortgate.example", "It looks like northgate.example, and is another domain."],
    ["m@northgate-mail.example", "It looks like northgate.example, and is another domain."],
    ["m@acrne.example", "It looks like acme.example, and is another domain."],
    ["m@xn--nrthgate-nbh.example", "A mail program may draw this domain as “nоrthgate.example”."],
    ["m@пример.example", "The domain is written in Cyrillic letters."],
    ["ma\u200bria@acme.example", "It holds characters that cannot be seen."],
    ["Maria", "This cannot be read as an address."],
    ["@acme.example", "This cannot be read as an address."],
  ])("%s: %s", (address, flag) => expect(addressFlags(address, "", KNOWN)).toContain(flag));

  it("finds a name that shows another address", () => {
    const flag = "The name beside it shows another address.";
    expect(addressFlags("drop@collector.test", "Ana <ana@acme.example>", KNOWN)).toContain(flag);
    expect(addressFlags("ana@acme.example", "ana@acme.example", KNOWN)).not.toContain(flag);
  });
});

describe("looks", () => {
  it("takes the last @ for the one that counts", () => {
    expect(splitAddress('"a@b"@c.example')).toEqual({ local: '"a@b"', domain: "c.example" });
  });
  it("does not take a domain for a twin of itself or of its parent", () => {
    expect(looksLike("ACME.example", KNOWN)).toBeNull();
    expect(looksLike("mail.northgate.example", KNOWN)).toBeNull();
    expect(looksLike("other.example", KNOWN)).toBeNull();
  });
  it("folds letters that are drawn alike", () => {
    expect(skeleton("раypаl.example")).toBe(skeleton("paypal.example"));
    expect(skeleton("rnodern.example")).toBe(skeleton("modern.example"));
  });
  it("knows one slip", () => {
    expect(oneSlip("acme", "amce")).toBe(true);
    expect(oneSlip("acme", "acmes")).toBe(true);
    expect(oneSlip("acme", "acme")).toBe(false);
    expect(oneSlip("acme", "amces")).toBe(false);
  });
  it("names alphabets", () => {
    expect(scriptsOf("a-1.я")).toEqual(["Latin", "Cyrillic"]);
  });
});

describe("punycode", () => {
  it.each(["bücher.example", "пример.example", "例え.example", "a.nоrthgate.example", "faß.example"])(
    "reads back what the browser writes: %s",
    (domain) => {
      const ascii = asciiDomain(domain) ?? "";
      expect(ascii).toContain("xn--");
      expect(drawnDomain(ascii)).toBe(domain);
    },
  );
  it.each(["xn--\u00e9.example", "xn--a-!!.example", "xn--99999999999.example"])("answers null for %s", (domain) => {
    expect(drawnDomain(domain)).toBeNull();
  });
  it("takes no path, port or space for a domain", () => {
    for (const bad of ["a/b", "a:1", "a b", "a@b", "a?b"]) expect(asciiDomain(bad)).toBeNull();
  });
});

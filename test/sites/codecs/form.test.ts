// Form bodies against other readers: whatever is read without doubt is read alike by PHP and by a model of it.
import { execFileSync, spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readForm } from "../../../extension/sites/codecs/form.ts";
import { bareName, phpFields } from "../../../extension/sites/codecs/php.ts";
import { roundcube } from "../../../extension/sites/roundcube.ts";
import { fixedReads, octets } from "../reads.ts";
import { DRAFT, sending, written } from "../roundcube/mail.ts";

const URLENCODED = "application/x-www-form-urlencoded";
const php = spawnSync("php", ["-v"]).status === 0;

/** What PHP itself makes of many bodies: one process, hexadecimal in, JSON out. */
function askPhp(bodies: readonly string[]): Record<string, unknown>[] {
  const program =
    '$o=[];foreach(explode("\\n",stream_get_contents(STDIN)) as $l){parse_str(hex2bin($l),$f);$h=[];foreach($f as $k=>$v)$h[bin2hex((string)$k)]=is_array($v)?null:bin2hex($v);$o[]=(object)$h;}echo json_encode($o);';
  const input = bodies.map((b) => Buffer.from(b, "latin1").toString("hex")).join("\n");
  const out = execFileSync("php", ["-d", "display_errors=0", "-r", program], { input, maxBuffer: 1 << 28 });
  return JSON.parse(out.toString()) as Record<string, unknown>[];
}
const hex = (text: string): string => Buffer.from(text, "utf8").toString("hex");

/** A second model of PHP, by hand and apart from ours: used where there is no PHP. */
function modelled(body: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const undo = (text: string): string =>
    text.replace(/\+/g, " ").replace(/%([0-9a-f]{2})/gi, (_, h: string) => String.fromCharCode(Number.parseInt(h, 16)));
  for (const pair of body.split("&").slice(0, 1000)) {
    const cut = pair.indexOf("=");
    let name = undo(cut < 0 ? pair : pair.slice(0, cut)).replace(/^ +/, "");
    const nul = name.indexOf("\0");
    if (nul >= 0) name = name.slice(0, nul);
    const open = name.indexOf("[");
    const array = open > 0 && name.indexOf("]", open) > 0;
    const key =
      (open < 0 ? name : name.slice(0, open)).replace(/[. ]/g, "_") +
      (open > 0 && !array ? `_${name.slice(open + 1).replace(/[. []/g, "_")}` : "");
    if (key === "" || open === 0) continue;
    found[Buffer.from(key, "latin1").toString("hex")] = array
      ? null
      : Buffer.from(undo(cut < 0 ? "" : pair.slice(cut + 1)), "latin1").toString("hex");
  }
  return found;
}
const oracle = (bodies: readonly string[]): Record<string, unknown>[] => (php ? askPhp(bodies) : bodies.map(modelled));

/** Random damage to a draft save that is otherwise exactly right. */
const token = fc.oneof(
  fc.constantFrom(
    "&",
    "=",
    "%",
    "+",
    "%00",
    "[",
    "]",
    ".",
    " ",
    ";",
    "%5B",
    "%2E",
    "%5F",
    "&_draft=0",
    "&_draft=",
    "&.draft=0",
    "_draft",
    "1",
    "0",
    "&_bcc=x%40y.example",
    "%FF",
    "&&",
    "==",
  ),
  fc.string({ maxLength: 2, unit: fc.constantFrom(..."abz09_-.[]%&=+ ".split("")) }),
);
/** The same damage every time; another number in the environment tries other damage. */
const SEED = Number(process.env["FUZZ_SEED"] ?? 20_261_125);
const damage = fc.array(fc.tuple(fc.nat(400), fc.nat(3), token), { minLength: 0, maxLength: 4 });
const plain = written(DRAFT);
const damaged = (cuts: readonly (readonly [number, number, string])[]): string =>
  cuts.reduce((body, [at, length, put]) => body.slice(0, at) + put + body.slice(at + length), plain);

describe("a body without doubts", () => {
  it("says the same to PHP, field by field, whatever was done to it", async () => {
    const bodies = [plain, ...fc.sample(damage, { numRuns: 3000, seed: SEED }).map(damaged)];
    const seen = oracle(bodies);
    let free = 0;
    for (const [at, body] of bodies.entries()) {
      const reading = readForm(URLENCODED, octets(body));
      const { canonical, verb } = await roundcube.recognise(sending(body), fixedReads({}));
      if (reading.doubts.length === 0) {
        const ours = Object.fromEntries(
          reading.fields.filter((f) => !f.name.includes("[")).map((f) => [hex(f.name), hex(f.value)]),
        );
        const scalars = Object.fromEntries(Object.entries(seen[at] ?? {}).filter(([, value]) => value !== null));
        expect(scalars).toEqual(ours);
      }
      if (!canonical || verb !== "mail.draft") continue;
      free += 1;
      expect(new URLSearchParams(reading.fields.map((f) => [f.name, f.value])).toString()).toBe(body);
      expect(seen[at]?.[hex("_draft")]).toBe(hex("1"));
      expect(Object.keys(seen[at] ?? {}).length, body).toBe(reading.fields.length);
    }
    expect(free).toBeGreaterThan(10);
  });

  it("our own model of PHP agrees with PHP on names, renamed or not", () => {
    const names = fc.sample(fc.string({ maxLength: 6, unit: fc.constantFrom(..."_ab. []1+".split("")) }), 2000);
    const bodies = names.map((name) => `${encodeURIComponent(name)}=v&x=y`);
    const seen = oracle(bodies);
    for (const [at, name] of names.entries()) {
      const ours = phpFields([
        { name, value: "v", file: null },
        { name: "x", value: "y", file: null },
      ]);
      expect(new Set(Object.keys(seen[at] ?? {})), name).toEqual(new Set([...ours.keys()].map(hex)));
    }
  });

  it("every key PHP makes is found under the name it is looked for", () => {
    for (const name of [
      "_bcc",
      ".bcc",
      " .bcc",
      "_bcc[]",
      "_bcc[x]",
      "_bcc\0y",
      "_BCC",
      "%5Fbcc",
      "%255Fbcc",
      " _bcc ",
    ])
      expect(bareName(name), JSON.stringify(name)).toBe("_bcc");
    expect(bareName("_cc")).not.toBe("_bcc");
  });
});

const part = (name: string, value: string): string =>
  `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const file =
  '--B\r\nContent-Disposition: form-data; name="_attachments[]"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nhello\r\n';

describe("multipart", () => {
  const type = "multipart/form-data; boundary=B";
  it("a plain upload", () => {
    const { doubts, fields } = readForm(type, octets(`${file}--B--\r\n`));
    expect(doubts).toEqual([]);
    expect(fields[0]?.file?.filename).toBe("a.txt");
    expect(new TextDecoder().decode(fields[0]?.file?.bytes)).toBe("hello");
  });
  it.each([
    ["filename*", file.replace('filename="a.txt"', "filename*=UTF-8''a.txt"), type],
    ["another parameter", file.replace('; filename="a.txt"', '; filename="a.txt"; name="_to"'), type],
    [
      "a transfer encoding",
      file.replace("text/plain\r\n", "text/plain\r\nContent-Transfer-Encoding: base64\r\n"),
      type,
    ],
    ["a part's character set", file.replace("text/plain", "text/plain; charset=utf-16"), type],
    ["a nested multipart", file.replace("text/plain", "multipart/mixed; boundary=C"), type],
    ["an encoded name", part("%74o", "x"), type],
    ["an unquoted name", part("x", "y").replace('"x"', "x"), type],
    ["a bare line feed", file.replaceAll("\r\n", "\n"), type],
    ["a prologue", `hello\r\n${file}`, type],
    ["a boundary inside a part", file.replace("hello", "hel\n--Blo"), type],
    ["a path in the file name", file.replace("a.txt", "../a.txt"), type],
    ["a folded header", file.replace("; filename", ";\r\n filename"), type],
    ["a quoted boundary", file, 'multipart/form-data; boundary="B"'],
    ["two boundaries", file, "multipart/form-data; boundary=C; boundary=B"],
    ["a character set", file, "multipart/form-data; charset=utf-8; boundary=B"],
    ["a file without a type", file.replace("Content-Type: text/plain\r\n", ""), type],
  ])("%s", (_name, body, contentType) => {
    expect(readForm(contentType, octets(`${body}--B--\r\n`)).doubts.length).toBeGreaterThan(0);
  });
  it.each([
    ["an epilogue", `${file}--B--\r\nmore`],
    ["no end", file],
    ["nothing in it", "--B--\r\n"],
  ])("%s", (_name, body) => {
    expect(readForm(type, octets(body)).doubts.length).toBeGreaterThan(0);
  });
});

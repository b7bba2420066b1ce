// The built page scripts: one self-contained file each, nothing loaded at run time, no parser and no secret inside.
// Builds the extension into a folder of its own, so that it never judges an old build or disturbs a running one.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
let out = "";
const script = (name: string): string => readFileSync(join(out, "page", `${name}.js`), "utf8");

beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), "countersign-page-"));
  execFileSync(process.execPath, ["build.js", "page", `--out=${out}`], { cwd: root, stdio: "ignore" });
}, 120_000);
afterAll(() => rmSync(out, { recursive: true, force: true }));

describe.each(["hold", "gate"])("page/%s.js", (name) => {
  it("is one file that loads nothing", () => {
    const text = script(name);
    expect(readdirSync(join(out, "page")).toSorted()).toEqual(["gate.js", "hold.js", "site"]);
    expect(text).not.toMatch(
      /\bimport\s*[({"']|\brequire\s*\(|\bimportScripts\b|\bexport\s+(default|\{|const|function)/,
    );
    expect(text).not.toMatch(/\beval\s*\(|new Function\s*\(/);
  });

  it("leaves no name of its own on the page's window", () => {
    const code = script(name)
      .replaceAll(/^\/\/.*$/gm, "")
      .trim();
    expect(code).toMatch(/^\(function\s*\(|^\(\(\)\s*=>|^\(\(function/);
  });

  it("carries patterns and selectors, not the parsers that judge", () => {
    const text = script(name);
    expect(text.length).toBeLessThan(120_000);
    expect(text).not.toMatch(/parse5|recognise|canonicalize|valibot|hpke/i);
  });
});

describe("the MAIN world's script", () => {
  it("does not know the browser's extension API", () => {
    expect(script("hold")).not.toMatch(/\b(chrome|browser)\s*\.\s*(runtime|storage)|webextension/);
  });
});

describe("the line that names the site", () => {
  it("exists for each site and says nothing else", () => {
    const files = readdirSync(join(out, "page/site"));
    expect(files).toContain("roundcube.js");
    for (const file of files) {
      const text = readFileSync(join(out, "page/site", file), "utf8");
      const code = text.split("\n").filter((line) => line !== "" && !line.startsWith("//"));
      expect(code).toEqual([`globalThis.countersignSite = ${JSON.stringify(file.replace(/\.js$/, ""))};`]);
    }
    expect(existsSync(join(out, "page/site/.js"))).toBe(false);
  });
});

// What the store is told about the built extension, read from the package itself.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { manifest as wanted } from "../../manifest.config.ts";

const BUILT = resolve(import.meta.dirname, "../../dist/chrome");
const manifest = JSON.parse(readFileSync(join(BUILT, "manifest.json"), "utf8")) as Record<string, unknown>;
const files = readdirSync(BUILT, { recursive: true, encoding: "utf8" });
const scripts = files.filter((file) => file.endsWith(".js"));
const read = (file: string): string => readFileSync(join(BUILT, file), "utf8");

describe("the built package", () => {
  it("asks for no debugger and for no host at install", () => {
    expect(manifest["permissions"]).toEqual([
      "declarativeNetRequest",
      "webRequest",
      "scripting",
      "storage",
      "alarms",
      "cookies",
    ]);
    expect(manifest["host_permissions"] ?? []).toEqual([]);
    expect(manifest["content_scripts"] ?? []).toEqual([]);
    expect(manifest["optional_permissions"] ?? []).toEqual([]);
  });

  it("opens nothing to pages and nothing to other programs", () => {
    for (const key of ["web_accessible_resources", "externally_connectable", "sandbox", "devtools_page", "update_url"])
      expect(manifest[key]).toBeUndefined();
    expect(files.some((file) => /preset|\.map$|\.env|\.pem$/.test(file))).toBe(false);
  });

  it("keeps the content policy it was given, with no remote script and no eval", async () => {
    const { content_security_policy: policy } = (await Promise.resolve(wanted("chrome"))) as unknown as Record<
      string,
      { extension_pages: string }
    >;
    expect(manifest["content_security_policy"]).toEqual(policy);
    expect(policy?.extension_pages).toContain("default-src 'none'; script-src 'self';");
    expect(policy?.extension_pages).not.toMatch(/unsafe|script-src[^;]*(http|\*|data:|blob:)/);
  });

  it.each(scripts)("%s runs nothing that is not in the package", (file) => {
    const text = read(file);
    expect(text).not.toMatch(/\beval\s*\(|new Function\s*\(|importScripts\s*\(/);
    expect(text).not.toMatch(/<script[^>]+src=["']?https?:/);
    for (const [, from] of text.matchAll(/\bimport\s*\(?\s*["']([^"']+)["']/g)) expect(from).toMatch(/^\.{0,2}\//);
  });

  it.each(scripts.filter((file) => file.startsWith("page")))("%s loads no other code into a page", (file) => {
    expect(read(file)).not.toMatch(/\bimport\s*[({"'*]|\bexport\s*[{*]|\brequire\s*\(|getURL\s*\(/);
  });

  it.each(files.filter((file) => file.endsWith(".html")))("%s has no script of its own in it", (file) => {
    const text = read(file);
    expect(text).not.toMatch(/\son[a-z]+\s*=|javascript:/i);
    for (const [, inside = ""] of text.matchAll(/<script([^>]*)>/g)) expect(inside).toMatch(/\ssrc="\/[^"]+"/);
  });
});

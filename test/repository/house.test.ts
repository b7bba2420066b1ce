// The repository tests itself: the doors between the rooms, the size of files, what must not be in the project.
// Must never need a browser, a server or the network.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const tracked = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter((f) => f !== "");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const sources = tracked.filter((f) => /\.(ts|tsx|js)$/.test(f) && !f.endsWith(".d.ts"));
const product = sources.filter((f) => /^(shared|extension|companion)\//.test(f));

/** Room of a file: what it may import of ours. */
const DOORS: readonly { readonly room: RegExp; readonly may: readonly RegExp[] }[] = [
  { room: /^shared\//, may: [/^shared\//] },
  { room: /^extension\/sites\//, may: [/^extension\/sites\//, /^shared\//] },
  { room: /^extension\/page\//, may: [/^extension\/page\//, /^extension\/sites\//, /^shared\/(?!protocol)/] },
  {
    room: /^extension\/background\//,
    may: [
      /^extension\/(background|sites)\//,
      /^extension\/(messages|platform|history-store)\.ts$/,
      /^extension\/page\/bridge\.ts$/,
      /^shared\//,
    ],
  },
  {
    room: /^extension\/ui\//,
    may: [/^extension\/ui\//, /^extension\/(messages|platform|history-store)\.ts$/, /^shared\//],
  },
  { room: /^extension\/[^/]+\.ts$/, may: [/^extension\/[^/]+\.ts$/, /^shared\//] },
  { room: /^companion\//, may: [/^companion\//, /^shared\//] },
];

function importsOf(file: string): string[] {
  const found: string[] = [];
  for (const match of read(file).matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)) {
    const path = (match[1] ?? "").replace(/\?.*$/, "");
    found.push(relative(root, resolve(root, dirname(file), path)));
  }
  return found;
}

describe("doors between the rooms", () => {
  it.each(product)("%s imports only what its room may", (file) => {
    const door = DOORS.find((d) => d.room.test(file));
    expect(door, `${file} stands in no room; add it to DOORS`).toBeDefined();
    const wrong = importsOf(file).filter(
      (to) => /^(shared|extension|companion|test)\//.test(to) && !door?.may.some((m) => m.test(to)),
    );
    expect(wrong, `${file} reaches through a wall`).toEqual([]);
  });

  it("only platform.ts touches the browser's API", () => {
    const others = product.filter(
      (f) =>
        f !== "extension/platform.ts" &&
        /\b(chrome|browser)\.(runtime|tabs|storage|scripting|declarativeNetRequest)\b/.test(read(f)) &&
        !/from "(\.\.\/)+platform\.ts"/.test(read(f)) &&
        !f.startsWith("extension/page/"),
    );
    expect(others).toEqual([]);
  });

  it("the linter holds the same walls", () => {
    const rooms = JSON.parse(read(".oxlintrc.json")) as {
      overrides: { files: string[]; rules: Record<string, unknown> }[];
    };
    const walled = rooms.overrides.filter((o) => "no-restricted-imports" in o.rules).flatMap((o) => o.files);
    for (const room of [
      "shared/**",
      "extension/sites/**",
      "extension/page/**",
      "extension/background/**",
      "extension/ui/**",
      "companion/**",
    ])
      expect(walled).toContain(room);
  });
});

describe("files", () => {
  const REASONED = /^\/\/ .*250 lines/m;
  it.each(product.filter((f) => !f.endsWith("-page.ts")))(
    "%s stays under 250 lines and opens with its duty",
    (file) => {
      const text = read(file);
      expect(text.split("\n").length <= 251 || REASONED.test(text), `${file} is over 250 lines`).toBe(true);
      expect(text.startsWith("//") || text.startsWith("#!"), `${file} does not say what it is responsible for`).toBe(
        true,
      );
    },
  );

  it("no room is called after nothing", () => {
    expect(
      sources.filter((f) => /(^|\/)(utils?|helpers?|managers?|types|constants|misc|common)\.(ts|tsx|js)$/.test(f)),
    ).toEqual([]);
  });

  it("nothing is switched off", () => {
    const word = ["oxlint-", "disable"].join("");
    const quiet = new RegExp(
      `\\b(it|test|describe)\\.(only|todo|skip)\\b|@ts-(ignore|nocheck)|\\bas any\\b|: any\\b|${word}`,
    );
    expect(sources.filter((f) => f !== "test/repository/house.test.ts" && quiet.test(read(f)))).toEqual([]);
  });

  it("test people live at .example and .test only", () => {
    const odd: string[] = [];
    for (const file of tracked.filter((f) => /\.(ts|tsx|js|json|html|md)$/.test(f) && f !== "package-lock.json"))
      for (const match of read(file).matchAll(/[\w.+-]+@([\w-]+\.)+([a-z]{2,})\b/gi))
        if (!/^(example|test|localhost|invalid)$/i.test(match[2] ?? "")) odd.push(`${file}: ${match[0]}`);
    expect(odd).toEqual([]);
  });
});

describe("package", () => {
  const pkg = JSON.parse(read("package.json")) as {
    scripts: Record<string, string>;
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
    engines: { node: string };
  };
  const readme = () => read("README.md");

  it("every script stands in the README with a line", () => {
    const missing = Object.keys(pkg.scripts).filter(
      (s) => !s.startsWith("pre") && !readme().includes(`npm run ${s}`) && !readme().includes(`npm ${s}`),
    );
    expect(missing).toEqual([]);
  });

  it("every dependency is pinned and has its reason in the README", () => {
    const all = { ...pkg.dependencies, ...pkg.devDependencies };
    for (const [name, version] of Object.entries(all)) {
      expect(version, `${name} is not pinned`).toMatch(/^\d+\.\d+\.\d+$/);
      expect(readme(), `${name} has no reason in the README`).toContain(`\`${name}\``);
    }
  });

  it("every permission has its reason in the README", () => {
    const permissions = /permissions: \[([^\]]*)\]/.exec(read("manifest.config.ts"))?.[1] ?? "";
    const names = [...permissions.matchAll(/"([^"]+)"/g)].map((m) => m[1] ?? "");
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(readme(), name).toContain(`\`${name}\``);
  });
});

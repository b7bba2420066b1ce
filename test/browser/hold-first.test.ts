// The hold stands before the page's first script, in every kind of frame, at every load; where it cannot stand the wall does.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startHoldBench, type HoldBench } from "./hold/bench.ts";

let bench: HoldBench;
const LOADS = 20;
const FRAMES = ["top", "iframe", "srcdoc", "blob", "written"] as const;

/** The first thing each document does is a write; `data:` has an origin of its own and may not reach the server at all. */
const first = (kind: string): string =>
  `<script>fetch(ORIGIN + "/x/first?${kind}", { method: "POST" }).catch(() => 0)</script>`;
const inner = (kind: string): string => first(kind).replace("ORIGIN", "parent.location.origin");

beforeAll(async () => {
  bench = await startHoldBench();
  bench.server.page("/inner", `<!doctype html>${inner("iframe")}`);
  const srcdoc = inner("srcdoc").replaceAll('"', "&quot;");
  const split = (html: string): string => JSON.stringify(html).replaceAll("</", "<\\/");
  bench.server.page(
    "/first",
    `<!doctype html>${first("top").replace("ORIGIN", "location.origin")}<body>
    <iframe src=/inner></iframe><iframe srcdoc="${srcdoc}"></iframe><iframe id=blob></iframe><iframe id=data></iframe><iframe id=written src=about:blank></iframe>
    <script>
      const get = (id) => document.getElementById(id);
      get("blob").src = URL.createObjectURL(new Blob([${split(inner("blob"))}], { type: "text/html" }));
      get("data").src = "data:text/html," + encodeURIComponent(${split(first("data"))}.replace("ORIGIN", JSON.stringify(location.origin)));
      const blank = get("written").contentDocument;
      blank.open(); blank.write(${split(inner("written"))}); blank.close();
    </script>`,
  );
});
afterAll(() => bench.stop());

describe("the first write of every document", () => {
  it(`is held in ${LOADS} of ${LOADS} loads of each kind of frame`, async () => {
    const page = await bench.open("about:blank");
    const held = new Map<string, number>();
    const count = async (): Promise<number> => {
      for (const { message } of await bench.heard()) {
        if (message.type !== "request") continue;
        const kind = message.url.split("?")[1] ?? "";
        held.set(kind, (held.get(kind) ?? 0) + 1);
      }
      return [...held.values()].reduce((sum, one) => sum + one, 0);
    };
    for (let i = 0; i < LOADS; i++) {
      await page.goto(`${bench.guarded}/first`);
      await expect.poll(count, { timeout: 10_000 }).toBe((i + 1) * FRAMES.length);
    }
    const arrived = bench.server.take().filter(({ method }) => method === "POST");
    expect(Object.fromEntries(held)).toEqual(Object.fromEntries(FRAMES.map((kind) => [kind, LOADS])));
    expect(arrived.filter(({ path }) => path.endsWith("data"))).toEqual([]);
    await page.close();
  });

  it("arrives from all of them where nobody guards", async () => {
    const page = await bench.open(`${bench.free}/first`);
    const paths = new Set<string>();
    await expect
      .poll(() => {
        for (const { path, method } of bench.server.take()) if (method !== "GET") paths.add(path.split("?")[1] ?? "");
        return [...paths].toSorted();
      })
      .toEqual(expect.arrayContaining([...FRAMES].toSorted()));
    await page.close();
  });
});

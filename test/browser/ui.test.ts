// Every state of every page in a real browser: nothing wider than its window, nothing serious for axe.
// Pictures of every state are written when COUNTERSIGN_SCREENS names a folder.
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPages, type Pages } from "./ui/harness.ts";
import { guard } from "./ui/questions.ts";
import { rowsFor, screens, type Screen } from "./ui/screens.ts";

interface AxeFinding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
/** How many screens screens.ts lists; each is a test of its own. */
const SCREEN_COUNT = 37;
const SCREENS = process.env["COUNTERSIGN_SCREENS"];

let pages: Pages;
beforeAll(async () => {
  pages = await openPages();
  if (SCREENS !== undefined) await mkdir(SCREENS, { recursive: true });
});
afterAll(async () => pages.close());

interface Look {
  readonly name: string;
  readonly colorScheme: "light" | "dark";
  readonly axe: boolean;
  size(screen: Screen): { width: number; height: number };
}
const asOpened = (screen: Screen) =>
  screen.page === "approve" ? { width: 380, height: 600 } : { width: 1100, height: 800 };
const LOOKS: readonly Look[] = [
  { name: "light", colorScheme: "light", axe: true, size: asOpened },
  { name: "dark", colorScheme: "dark", axe: true, size: asOpened },
  { name: "320", colorScheme: "light", axe: false, size: () => ({ width: 320, height: 640 }) },
  // 200 %: the window a person has, in half as many pixels, each twice as large.
  {
    name: "200",
    colorScheme: "dark",
    axe: false,
    size: (screen) => (screen.page === "approve" ? { width: 198, height: 320 } : { width: 550, height: 400 }),
  },
];

async function openScreen(screen: Screen): Promise<Page> {
  const page = await pages.open(screen.page, screen.state, {
    viewport: asOpened(screen),
    reducedMotion: "reduce",
    rows: rowsFor(screen),
    replies: screen.replies ?? {},
  });
  await screen.act?.(page);
  await page.locator("main").first().waitFor();
  return page;
}

async function axe(page: Page): Promise<string[]> {
  // Run from our side: the pages' own policy lets no other script in.
  await page.evaluate(await readFile(AXE, "utf8"));
  const found = await page.evaluate(async () => {
    const { axe: run } = window as unknown as { axe: { run(): Promise<{ violations: AxeFinding[] }> } };
    return (await run.run()).violations;
  });
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
}

/** Until the answer buttons, where there are any, stand as they will stand. */
const settled = (page: Page) =>
  page.waitForFunction(() => {
    const over = document.querySelector("[role=timer]")?.textContent === "time is up";
    return over || document.querySelector(".answer .btn[aria-disabled=true]") === null;
  });

/** By how much the page, and what scrolls in it, is wider than it should be. */
const overflow = (page: Page) =>
  page.evaluate(() => {
    const [doc, read] = [document.documentElement, document.querySelector(".read")];
    return Math.max(doc.scrollWidth - doc.clientWidth, read ? read.scrollWidth - read.clientWidth : 0);
  });

describe("every state", () => {
  const names = Array.from({ length: SCREEN_COUNT }, (_, at) => at);
  it.each(names)("fits in light, dark, 320 px and 200 %%, and axe finds nothing serious: screen %i", async (at) => {
    // Made anew each time: a deadline made long ago would have passed.
    const screen = (await screens())[at];
    if (!screen) throw new Error("SCREEN_COUNT is the number of screens.");
    const page = await openScreen(screen);
    const name = `${screen.page}-${screen.name}`;
    const wrong: string[] = [];
    for (const look of LOOKS) {
      await page.emulateMedia({ colorScheme: look.colorScheme });
      await page.setViewportSize(look.size(screen));
      const toolbar = screen.page === "approve" && look.axe;
      await page.evaluate((windowed) => document.documentElement.classList.toggle("windowed", windowed), !toolbar);
      if (SCREENS !== undefined) {
        await settled(page);
        await page.screenshot({ path: join(SCREENS, `${name}-${look.name}.png`) });
      }
      const by = await overflow(page);
      if (by > 0) wrong.push(`${name}, ${look.name}: wider than its window by ${by}`);
      if (look.axe) wrong.push(...(await axe(page)).map((finding) => `${name}, ${look.name}: ${finding}`));
    }
    expect(wrong).toEqual([]);
    await page.context().close();
  });

  it("is all of them", async () => {
    expect(await screens()).toHaveLength(SCREEN_COUNT);
  });

  it("would be found wanting: a nameless button and a line that is too long", async () => {
    const page = await pages.open("approve", guard());
    await page.evaluate(() => {
      // Beside the page's own root, which may still be drawn anew.
      document.body.append(document.createElement("button"));
      const line = document.createElement("p");
      line.textContent = "x".repeat(400);
      document.body.append(line);
    });
    expect((await axe(page)).join()).toContain("button-name");
    expect(await overflow(page)).toBeGreaterThan(0);
    await page.context().close();
  });
});

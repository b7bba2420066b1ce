// The pages in a real browser: nothing wider than the window, nothing serious for axe, answers only from armed buttons.
// Pictures of every state are written when COUNTERSIGN_SCREENS names a folder.
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { meaningDigest } from "../../shared/meaning.ts";
import { openPages, type Pages } from "./ui/harness.ts";
import { guard, MEANINGS, question, RAISED } from "./ui/questions.ts";
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
      document.querySelector("main")?.append(document.createElement("button"));
      const line = document.createElement("p");
      line.textContent = "x".repeat(400);
      document.querySelector("main")?.append(line);
    });
    expect((await axe(page)).join()).toContain("button-name");
    expect(await overflow(page)).toBeGreaterThan(0);
    await page.context().close();
  });
});

const calls = (page: Page, name: string) =>
  page.evaluate((wanted) => window.fake.calls.filter((call) => call.name === wanted), name);
const yes = (page: Page) => page.locator(".btn.main");
const no = (page: Page) => page.getByRole("button", { name: /^Refuse it|^Refuse nothing/ });
const armed = (page: Page) =>
  page.waitForFunction(() => document.querySelector(".btn.main")?.getAttribute("aria-disabled") === "false");

describe("answering", () => {
  it("sends a yes with the page's own digest, once the buttons count", async () => {
    const page = await pages.open("approve", guard({ questions: [await question("new-people")] }));
    await armed(page);
    await yes(page).click();
    await expect.poll(() => calls(page, "answer")).toHaveLength(1);
    const [call] = await calls(page, "answer");
    expect(call).toMatchObject({ answer: "approve", digest: await meaningDigest(MEANINGS["new-people"]) });
    await page.context().close();
  });

  it("ignores presses before the buttons count, and again after anything shown changed", async () => {
    const first = await question("new-people");
    const page = await pages.open("approve", guard({ questions: [first] }));
    await page.clock.install();
    await page.reload();
    await page.locator(".btn.main").waitFor();
    expect(await yes(page).getAttribute("aria-disabled")).toBe("true");
    await yes(page).click({ force: true });
    await no(page).click({ force: true });
    expect(await calls(page, "answer")).toEqual([]);
    await page.clock.runFor(700);
    await armed(page);
    // The same question with one more person in it.
    const meaning = {
      ...first.meaning,
      people: [...first.meaning.people, { field: "bcc", address: "x@collector.test", name: "" }],
    } as const;
    const changed = { ...first, meaning: { ...meaning, people: [...meaning.people] }, digest: "0".repeat(64) };
    changed.digest = await meaningDigest(changed.meaning);
    await page.evaluate((state) => window.fake.push(state), guard({ questions: [changed] }));
    await page.getByText("x@").first().waitFor();
    expect(await yes(page).getAttribute("aria-disabled")).toBe("true");
    await yes(page).click({ force: true });
    expect(await calls(page, "answer")).toEqual([]);
    await page.clock.runFor(700);
    await armed(page);
    for (const event of ["focus", "resize"]) {
      await page.evaluate((name) => window.dispatchEvent(new Event(name)), event);
      await expect.poll(() => yes(page).getAttribute("aria-disabled")).toBe("true");
      await yes(page).click({ force: true });
      await page.clock.runFor(700);
      await armed(page);
    }
    expect(await calls(page, "answer")).toEqual([]);
    await yes(page).click();
    await expect.poll(() => calls(page, "answer")).toHaveLength(1);
    await page.context().close();
  });

  it("ignores presses made by script, and a press begun before the buttons counted", async () => {
    const page = await pages.open("approve", guard({ questions: [await question("delete")] }));
    await yes(page).waitFor();
    await yes(page).hover({ force: true });
    await page.mouse.down();
    await armed(page);
    await page.mouse.up();
    await page.evaluate(() => {
      const button = document.querySelector<HTMLButtonElement>(".btn.main");
      button?.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
      button?.click();
    });
    expect(await calls(page, "answer")).toEqual([]);
    await yes(page).click();
    await expect.poll(() => calls(page, "answer")).toHaveLength(1);
    await page.context().close();
  });

  it("keeps the buttons where they are, and the question that is looked at", async () => {
    const first = await question("new-people");
    const page = await pages.open("approve", guard({ questions: [first] }));
    await armed(page);
    const before = await yes(page).boundingBox();
    await page.evaluate(
      (state) => window.fake.push(state),
      guard({ questions: [await question("delete"), first, await question("filter")] }),
    );
    await page.getByText("2 of 3 waiting").waitFor();
    expect(await yes(page).boundingBox()).toEqual(before);
    expect(await page.locator("h1").textContent()).toContain("3 people");
    // What is shown has not changed, so a yes still counts; "Refuse all 3" is new and does not.
    expect(await yes(page).getAttribute("aria-disabled")).toBe("false");
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByText("3 of 3 waiting").waitFor();
    expect(await yes(page).boundingBox()).toEqual(before);
    expect(await yes(page).getAttribute("aria-disabled")).toBe("true");
    await page.context().close();
  });

  it("offers no yes when what is shown is not what was asked, and still refuses", async () => {
    const page = await pages.open(
      "approve",
      guard({ questions: [await question("new-people", { digest: "0".repeat(64) })] }),
    );
    await page.getByText("You can only refuse").waitFor();
    expect(await yes(page).count()).toBe(0);
    await expect.poll(() => no(page).getAttribute("aria-disabled")).toBe("false");
    await no(page).click();
    await expect.poll(() => calls(page, "answer")).toMatchObject([{ answer: "refuse", digest: "0".repeat(64) }]);
    await page.context().close();
  });

  it.each([
    ["the companion says so", { questions: [RAISED] as const, debugging: "" }],
    ["the guard says so", { questions: [{}] as const, debugging: "This browser is under remote debugging." }],
  ])(
    "sends no yes when raised because %s: every button pressed, every key",
    async (_why, { questions: [part], debugging }) => {
      const page = await pages.open("approve", guard({ questions: [await question("new-people", part)], debugging }));
      await page.getByText("countersign approve").waitFor();
      await expect.poll(() => no(page).getAttribute("aria-disabled")).toBe("false");
      for (let n = 0; n < 12; n++) {
        await page.keyboard.press("Tab");
        await page.keyboard.press("Enter");
        await page.keyboard.press("Space");
      }
      for (const button of await page.locator("button").all()) await button.click({ force: true });
      const answers = await calls(page, "answer");
      expect(answers.length).toBeGreaterThan(0);
      expect(answers.filter((call) => "answer" in call && call.answer === "approve")).toEqual([]);
      await page.context().close();
    },
  );

  it("refuses all, allows nothing at once, and shows why an answer did not count", async () => {
    const questions = [await question("new-people"), await question("delete")];
    const page = await pages.open("approve", guard({ questions }), {
      replies: { answer: { ok: false, say: "This question no longer waits." } },
    });
    await armed(page);
    await yes(page).click();
    await page.getByRole("alert").getByText("no longer waits").waitFor();
    expect(await page.getByRole("button", { name: /all/i }).allTextContents()).toEqual(["Refuse all 2"]);
    await expect
      .poll(() => page.getByRole("button", { name: "Refuse all 2" }).getAttribute("aria-disabled"))
      .toBe("false");
    await page.getByRole("button", { name: "Refuse all 2" }).click();
    await expect.poll(() => calls(page, "refuseAll")).toHaveLength(1);
    await page.context().close();
  });
});

describe("keyboard", () => {
  it("reaches everything in order, answers with Enter only when armed, and Esc decides nothing", async () => {
    const page = await pages.open(
      "approve",
      guard({ questions: [await question("new-people"), await question("delete")] }),
      {},
    );
    await page.evaluate(() =>
      Object.assign(window, { close: () => document.documentElement.setAttribute("data-closed", "") }),
    );
    await armed(page);
    // From the top of the page, not from the headline where the page put the focus.
    await page.evaluate(() => {
      document.body.tabIndex = -1;
      document.body.focus();
    });
    const order: string[] = [];
    for (let n = 0; n < 6; n++) {
      await page.keyboard.press("Tab");
      order.push(
        await page.evaluate(
          () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "",
        ),
      );
    }
    const at = (words: string) => order.findIndex((name) => name.startsWith(words));
    expect(order).toContain("What is asked");
    expect(at("Refuseit")).toBeGreaterThan(at("What is asked"));
    expect(at("Send once")).toBe(at("Refuseit") + 1);
    await page.keyboard.press("Escape");
    expect(await page.locator("html").getAttribute("data-closed")).toBe("");
    expect(await calls(page, "answer")).toEqual([]);
    await yes(page).focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => calls(page, "answer")).toMatchObject([{ answer: "approve" }]);
    await page.context().close();
  });

  it("shows where the focus is", async () => {
    const page = await pages.open("approve", guard({ questions: [await question("new-people")] }));
    await armed(page);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle);
    expect(outline).toBe("solid");
    await page.context().close();
  });
});

describe("reading", () => {
  it("tells the companion that somebody reads, at most every ten seconds", async () => {
    const page = await pages.open("approve", guard({ questions: [await question("long-message")] }));
    await page.clock.install();
    await page.reload();
    await page.locator(".read").waitFor();
    for (let n = 0; n < 5; n++) await page.locator(".read").click();
    expect(await calls(page, "touch")).toHaveLength(1);
    await page.clock.runFor(10_500);
    await page.locator(".read").click();
    expect(await calls(page, "touch")).toHaveLength(2);
    await page.context().close();
  });

  it("renders what agents wrote as text, whatever it is", async () => {
    const nasty = `<img src=x onerror="document.title='owned'"><b id=bold>x</b>\u202eabc`;
    const meaning = { ...MEANINGS["new-people"], text: nasty, hidden: nasty, title: nasty };
    const page = await pages.open(
      "approve",
      guard({ questions: [await question("new-people", { meaning, digest: await meaningDigest(meaning) })] }),
    );
    await armed(page);
    expect(await page.locator("#bold, main img").count()).toBe(0);
    expect(await page.title()).not.toBe("owned");
    expect(await page.locator(".unseen").first().textContent()).toBe("right-to-left override");
    await page.context().close();
  });
});

describe("welcome", () => {
  it("asks for the one address in the click and switches it on", async () => {
    const page = await pages.open("welcome", guard({ sites: [] }), { viewport: { width: 900, height: 700 } });
    await page.getByLabel("Address of your mail").fill("https://mail.acme.example:8443/webmail/");
    await page.getByRole("button", { name: "Switch on" }).click();
    await expect
      .poll(() => calls(page, "switchOn"))
      .toEqual([{ name: "switchOn", origin: "https://mail.acme.example:8443", site: "roundcube" }]);
    expect(await page.evaluate(() => window.fake.permissions)).toEqual(["https://mail.acme.example:8443/*"]);
    await page.context().close();
  });

  it("switches nothing on without the permission", async () => {
    const page = await pages.open("welcome", guard({ sites: [] }), {
      viewport: { width: 900, height: 700 },
      replies: { permission: false },
    });
    await page.getByLabel("Address of your mail").fill("mail.acme.example");
    await page.getByRole("button", { name: "Switch on" }).click();
    await page.getByText("did not give permission").waitFor();
    expect(await calls(page, "switchOn")).toEqual([]);
    await page.context().close();
  });

  it("forgets the pairing code after use and shows what was wrong with it", async () => {
    const say = "This code has expired.";
    const page = await pages.open("welcome", guard({ link: { state: "unpaired" }, sites: [] }), {
      viewport: { width: 900, height: 700 },
      replies: { pair: { ok: false, say } },
    });
    await page.getByLabel("Pairing code").fill("code-1");
    await page.keyboard.press("Enter");
    await page.getByText(say).waitFor();
    expect(await page.getByLabel("Pairing code").inputValue()).toBe("");
    await page.context().close();
  });
});

describe("history", () => {
  it("opens an entry, filters by person, and stops agents in two steps", async () => {
    const full = (await screens()).find((screen) => screen.page === "history" && screen.name === "full");
    if (!full) throw new Error("The full history is among the screens.");
    const page = await openScreen(full);
    await page.getByRole("button", { name: "Minutes" }).click();
    await page.getByText("It was not tried again").waitFor();
    await page.getByLabel("Person").fill("maria");
    await expect.poll(() => page.locator(".row").count()).toBe(2);
    await page.getByRole("button", { name: "Stop agents" }).click();
    expect(await calls(page, "stopAgents")).toEqual([]);
    await page.getByRole("button", { name: "Stop now" }).click();
    await expect.poll(() => calls(page, "stopAgents")).toHaveLength(1);
    await page.context().close();
  });
});

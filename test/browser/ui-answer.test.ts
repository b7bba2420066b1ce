// Answers from the popup: only from armed buttons, only for what is shown, never where a yes does not count.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { meaningDigest } from "../../shared/meaning.ts";
import { openPages, type Pages } from "./ui/harness.ts";
import { armed, calls, no, yes } from "./ui/press.ts";
import { guard, MEANINGS, question, RAISED } from "./ui/questions.ts";

let pages: Pages;
beforeAll(async () => {
  pages = await openPages();
});
afterAll(async () => pages.close());

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

// The full pages at work: permission asked in the click, the code forgotten, entries opened and filtered, agents stopped.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPages, type Pages } from "./ui/harness.ts";
import { calls } from "./ui/press.ts";
import { guard } from "./ui/questions.ts";
import { rowsFor, screens } from "./ui/screens.ts";

let pages: Pages;
beforeAll(async () => {
  pages = await openPages();
});
afterAll(async () => pages.close());

describe("welcome", () => {
  it("asks for the one address in the click and switches it on", async () => {
    const page = await pages.open("welcome", guard({ sites: [] }), { viewport: { width: 900, height: 700 } });
    await page.getByLabel("Address of your mail").fill("https://mail.acme.example:8443/webmail/");
    await page.getByRole("button", { name: "Switch on" }).click();
    await expect
      .poll(() => calls(page, "switchOn"))
      .toEqual([{ name: "switchOn", origin: "https://mail.acme.example:8443", site: "roundcube" }]);
    expect(await page.evaluate(() => window.fake.permissions)).toEqual(["https://mail.acme.example/*"]);
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
    const page = await pages.open("history", full.state, {
      viewport: { width: 1100, height: 800 },
      rows: rowsFor(full),
    });
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

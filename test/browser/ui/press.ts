// What tests press and read on the pages.
import type { Page } from "playwright-core";

export const calls = (page: Page, name: string) =>
  page.evaluate((wanted) => window.fake.calls.filter((call) => call.name === wanted), name);
export const yes = (page: Page) => page.locator(".btn.main");
export const no = (page: Page) => page.getByRole("button", { name: /^Refuse it|^Refuse nothing/ });
export const armed = (page: Page) =>
  page.waitForFunction(() => document.querySelector(".btn.main")?.getAttribute("aria-disabled") === "false");

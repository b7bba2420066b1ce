// Two drivers over Playwright: an agent that clicks over CDP, and a script of the page that only has JavaScript.
import { chromium, type Browser, type Page } from "playwright-core";
import { find, type Driver, type Named } from "./driver.ts";

async function attach(cdp: string): Promise<{ browser: Browser; page: Page }> {
  const browser = await chromium.connectOverCDP(cdp);
  const context = browser.contexts()[0];
  if (!context) throw new Error("the browser has no context");
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  return { browser, page };
}

function tab(page: Page, browser: Browser): Pick<Driver, "goto" | "evaluate" | "close"> {
  return {
    goto: async (url) => {
      await page.goto(url, { waitUntil: "load" });
    },
    evaluate: <T>(expression: string) => page.evaluate<T>(expression),
    close: async () => {
      await page.close();
      await browser.close();
    },
  };
}

/** Playwright over CDP: trusted clicks where the pointer would be. */
export async function playwrightDriver(cdp: string): Promise<Driver> {
  const { browser, page } = await attach(cdp);
  return {
    name: "Playwright over CDP",
    ...tab(page, browser),
    click: async (control: Named) => {
      const root = control.frame === undefined ? page : page.frameLocator(control.frame);
      await root.locator(control.selector).locator("visible=true").first().click({ noWaitAfter: true });
    },
  };
}

/** Script in the page: `el.click()` and nothing else. */
export async function pageScriptDriver(cdp: string): Promise<Driver> {
  const { browser, page } = await attach(cdp);
  return {
    name: "page script",
    ...tab(page, browser),
    click: async (control: Named) => {
      await page.evaluate(`${find(control)}.click()`);
    },
  };
}

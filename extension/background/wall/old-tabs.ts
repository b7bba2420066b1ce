// Tabs of a guarded site that were open before the page scripts came: counted, and told to reload.
// Must never put the page scripts in late: what a page has changed by then, they would take for the browser's own.
import { browser, originPattern } from "../../platform.ts";
import { tellTop } from "../desk.ts";

const WORDS =
  "Countersign extension: this tab was open before its site was switched on. Reload it; until then everything it sends is blocked. (Unauthenticated: a page can imitate this.)";

const PATIENCE_MS = 1_000;

/** A tab that is just loading, or frozen, may never answer; nothing may wait for it. */
async function answers(tab: number): Promise<boolean> {
  const silence = new Promise<false>((resolve) => setTimeout(() => resolve(false), PATIENCE_MS));
  return Promise.race([tellTop(tab, { type: "there" }), silence]);
}

async function oldTabs(origin: string): Promise<number[]> {
  const open = await browser.tabs.query({ url: originPattern(origin) });
  const asked = await Promise.all(open.map(async ({ id }) => ({ id, there: id === undefined || (await answers(id)) })));
  return asked.flatMap(({ id, there }) => (there || id === undefined ? [] : [id]));
}

export const countOldTabs = async (origin: string): Promise<number> => (await oldTabs(origin)).length;

/** Runs in the tab, once, with nothing of ours around it. */
function show(words: string): void {
  const name = "countersign-reload";
  if (document.querySelector(name)) return;
  const card = document.createElement(name);
  card.setAttribute("role", "status");
  card.textContent = words;
  const style =
    "position: fixed; inset: auto 16px 16px auto; z-index: 2147483647; max-width: 360px; padding: 12px 14px; background: #fff; color: #1a1c1e; border: 1px solid #d5d8dc; border-left: 4px solid #b3261e; border-radius: 8px; box-shadow: 0 2px 10px rgb(0 0 0 / 0.18); font: 400 14px/1.45 system-ui, sans-serif";
  for (const line of style.split("; ")) {
    const [property = "", value = ""] = line.split(": ");
    card.style.setProperty(property, value, "important");
  }
  document.documentElement.append(card);
}

/** Not to be waited for: the browser runs a script in a tab only when the tab is ready for it. */
export async function tellOldTabs(origin: string): Promise<void> {
  const tabs = await oldTabs(origin);
  const told = { func: show, args: [WORDS], injectImmediately: true };
  await Promise.allSettled(tabs.map((tabId) => browser.scripting.executeScript({ target: { tabId }, ...told })));
}

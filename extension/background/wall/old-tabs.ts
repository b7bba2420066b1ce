// Tabs of a guarded site that were open before the page scripts came: counted, and told to reload.
// Must never put the page scripts in late: what a page has changed by then, they would take for the browser's own.
import { browser, originPattern } from "../../platform.ts";
import { tellTop } from "../desk.ts";

const WORDS =
  "Countersign extension: this tab was open before its site was switched on. Reload it; until then everything it sends is blocked. (Unauthenticated: a page can imitate this.)";

async function oldTabs(origin: string): Promise<number[]> {
  const open = await browser.tabs.query({ url: originPattern(origin) });
  const answers = await Promise.all(
    open.map(async ({ id }) => ({ id, there: id === undefined || (await tellTop(id, { type: "there" })) })),
  );
  return answers.flatMap(({ id, there }) => (there || id === undefined ? [] : [id]));
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

export async function tellOldTabs(origin: string): Promise<void> {
  const tabs = await oldTabs(origin);
  await Promise.allSettled(
    tabs.map((tabId) => browser.scripting.executeScript({ target: { tabId }, func: show, args: [WORDS] })),
  );
}

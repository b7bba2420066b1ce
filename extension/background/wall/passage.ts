// Lets one navigation of a tab pass the wall: a GET to exactly one address, once, where the courier cannot serve (downloads).
// Must never open for another method, another tab or a second time.
import { browser, ruleResourceTypes } from "../../platform.ts";
import { setRules } from "./rules.ts";
import { PRIORITY } from "./wall.ts";

const OPEN_MS = 5_000;
const open = new Map<string, () => Promise<void>>();

async function shut(address: string): Promise<void> {
  const clear = open.get(address);
  open.delete(address);
  await clear?.();
}

/** Returns the address to go to: the judged one with a mark that only this passage knows. */
export async function openPassage(url: URL, tab: number): Promise<string> {
  const address = `${url.href}#__cs=${crypto.randomUUID()}`;
  if (/[*^|]/.test(address)) throw new Error("This address cannot be let through alone.");
  const clear = await setRules([
    {
      priority: PRIORITY.passage,
      action: { type: "allow" },
      condition: {
        urlFilter: `|${address}|`,
        isUrlFilterCaseSensitive: true,
        requestMethods: ["get"],
        // A link that downloads is no navigation of its tab: it goes out as "other", maybe of no tab.
        tabIds: [tab, -1],
        resourceTypes: ruleResourceTypes().filter((type) => /^(main_frame|sub_frame|other)$/.test(type)),
      },
    },
  ]);
  open.set(address, clear);
  setTimeout(() => void shut(address), OPEN_MS);
  return address;
}

/** Registered at start: the first request through a passage closes it behind itself. */
export function watchPassages(): void {
  browser.webRequest.onSendHeaders.addListener(
    ({ url }) => {
      if (open.has(url)) void shut(url);
    },
    { urls: ["http://*/*", "https://*/*"] },
  );
}

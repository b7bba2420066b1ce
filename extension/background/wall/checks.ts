// Live checks of one guarded origin: permission, page, wall, a real write that must fail, scripts, companion.
// Must never call something in place that was not looked at just now; each check says in a sentence what it found.
import type { SwitchedOn } from "../../messages.ts";
import { browser, hostPattern } from "../../platform.ts";
import { siteById } from "../../sites/index.ts";
import type { Site } from "../../sites/site.ts";
import { countOldTabs } from "./old-tabs.ts";
import { readsFor } from "../courier/reads.ts";
import { scriptFaults } from "./scripts.ts";
import { wallFaults, type Guarded } from "./wall.ts";

export type Check = SwitchedOn["checks"][number];

/** The whole host: with one port of it the browser would show us none of its cookies. */
export const hasPermission = async (origin: string): Promise<boolean> =>
  browser.permissions.contains({ origins: [hostPattern(origin)] });

/** Whether the page at the origin is this application. */
export async function looksLike(origin: string, site: Site): Promise<boolean> {
  try {
    const { body } = await readsFor(origin, site, new URL(`${origin}/`)).get("/");
    return site.detect(new TextDecoder().decode(body));
  } catch {
    return false;
  }
}

/** An empty write of our own, without the courier: it must not get out. */
async function writeFails(origin: string): Promise<boolean> {
  try {
    await fetch(`${origin}/?countersign-check`, { method: "POST", credentials: "omit" });
    return false;
  } catch {
    return true;
  }
}

function notThere(name: string, origin: string): string {
  const plain = origin.startsWith("https:") ? ", whether it begins with http:// there," : "";
  return `The page does not look like ${name}. Open the address in a tab, see whether it loads${plain} and switch off here what is not your mail.`;
}

const check = (what: string, ok: boolean, good: string, bad: string): Check => ({ what, ok, say: ok ? good : bad });

export const companionCheck = (linked: boolean): Check =>
  check(
    "companion",
    linked,
    "The companion answers.",
    "The companion does not answer. Start it with `countersign start`.",
  );

export async function liveChecks(guarded: Guarded, list: readonly Guarded[], linked: boolean): Promise<Check[]> {
  const { origin } = guarded;
  const site = siteById(guarded.site);
  const wall = await wallFaults(list);
  const scripts = await scriptFaults(guarded);
  const old = await countOldTabs(origin);
  return [
    check(
      "permission",
      await hasPermission(origin),
      "The browser lets Countersign see this site.",
      "The browser does not let Countersign see this site. Switch it on again and allow it.",
    ),
    check(
      "page",
      site !== undefined && (await looksLike(origin, site)),
      `The page is ${site?.name ?? guarded.site}.`,
      notThere(site?.name ?? guarded.site, origin),
    ),
    check("wall", wall.length === 0, "The browser's own rules block writes to this site.", wall.join(" ")),
    check(
      "write",
      await writeFails(origin),
      "A write tried just now was blocked.",
      "A write tried just now got out. Do not use this browser with an agent; reinstall Countersign.",
    ),
    check("scripts", scripts.length === 0, "The page scripts are in place.", scripts.join(" ")),
    check(
      "tabs",
      old === 0,
      "No open tab of this site is without the page scripts.",
      old === 1
        ? "A tab of this site was open before: reload it. Until then everything it sends is blocked."
        : `${old} tabs of this site were open before: reload them. Until then everything they send is blocked.`,
    ),
    companionCheck(linked),
  ];
}

// The page's two scripts, registered for each guarded origin: gate first (isolated world), then hold (MAIN world), each behind
// one line that names the origin's site.
// Must never be the reason to think a page is guarded: the wall is. These only make waiting possible.
import { browser, originPattern } from "../../platform.ts";
import type { Guarded } from "./wall.ts";

type Script = Parameters<typeof browser.scripting.registerContentScripts>[0][number];

const FILES = [
  { name: "gate", world: "ISOLATED" },
  { name: "hold", world: "MAIN" },
] as const;

function scriptsOf({ origin, site }: Guarded): Script[] {
  return FILES.map(({ name, world }): Script => ({
    id: `${name} ${origin}`,
    js: [`page/site/${site}.js`, `page/${name}.js`],
    matches: [originPattern(origin)],
    allFrames: true,
    matchOriginAsFallback: true,
    runAt: "document_start",
    persistAcrossSessions: true,
    world,
  }));
}

/** Which of an origin's scripts are missing or not as they must be. */
export async function scriptFaults(guarded: Guarded): Promise<string[]> {
  const { origin } = guarded;
  const standing = await browser.scripting.getRegisteredContentScripts();
  return scriptsOf(guarded).flatMap((wanted) => {
    const found = standing.find(({ id }) => id === wanted.id);
    if (!found) return [`The page script ${wanted.js?.at(-1)} is missing for ${origin}.`];
    const keys = ["js", "matches", "allFrames", "matchOriginAsFallback", "runAt", "world"] as const;
    const same = keys.every((key) => JSON.stringify(found[key]) === JSON.stringify(wanted[key]));
    return same ? [] : [`The page script ${wanted.js?.at(-1)} is not as it must be for ${origin}.`];
  });
}

export async function removeScripts(origin: string): Promise<void> {
  const standing = await browser.scripting.getRegisteredContentScripts();
  const ids = standing.map(({ id }) => id).filter((id) => id.endsWith(` ${origin}`));
  if (ids.length > 0) await browser.scripting.unregisterContentScripts({ ids });
}

/** The order of registration is the order of running. */
export async function placeScripts(guarded: Guarded): Promise<void> {
  await removeScripts(guarded.origin);
  await browser.scripting.registerContentScripts(scriptsOf(guarded));
}

// What the page scripts need to know about this origin's site: which reads are guarded and which controls announce a verb.
// Must never take anything from a site that decides: the bytes are judged in the background.
import { SITES } from "../sites/index.ts";
import type { Control } from "../sites/site.ts";

/** Said by the one-line script the background registers before ours; without it every site's patterns count. */
function takeMark(): unknown {
  const mark: unknown = Reflect.get(globalThis, "countersignSite");
  Reflect.deleteProperty(globalThis, "countersignSite");
  return mark;
}
const mark = takeMark();
const named = SITES.filter((site) => site.id === mark);
const here = named.length > 0 ? named : SITES;

export const guardedGets: readonly string[] = here.flatMap((site) => site.guardedGets);
export const freeGets: readonly string[] = here.flatMap((site) => site.freeGets);
export const controls: readonly Control[] = here.flatMap((site) => site.controls);

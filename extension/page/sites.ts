// What the page scripts need to know about the sites: which reads are guarded and which controls announce a verb.
// Must never take anything from a site that decides: the bytes are judged in the background.
import type { Control } from "../sites/site.ts";
import { SITES } from "../sites/index.ts";

export const guardedGets: readonly string[] = SITES.flatMap((site) => site.guardedGets);
export const freeGets: readonly string[] = SITES.flatMap((site) => site.freeGets);
export const controls: readonly Control[] = SITES.flatMap((site) => site.controls);

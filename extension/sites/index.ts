// The list of sites: the one place that knows which site files exist.
// Must never hold anything but the list.
import { playground } from "./playground.ts";
import { roundcube } from "./roundcube.ts";
import type { Site } from "./site.ts";

export const SITES: readonly Site[] = [roundcube, playground];

export const siteById = (id: string): Site | undefined => SITES.find((site) => site.id === id);

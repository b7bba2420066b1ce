// The list of sites: the one place that knows which site files exist.
// Must never hold anything but the list.
import type { Site } from "./site.ts";

export const SITES: readonly Site[] = [];

export const siteById = (id: string): Site | undefined => SITES.find((site) => site.id === id);

// A file inside our own package folder that `npm start` writes: a pairing code and the sites to switch on.
// Must never be read from anywhere but our own package, and switches on only what the browser already permits.
import * as v from "valibot";
import { browser } from "../platform.ts";
import { hasPermission } from "./wall/checks.ts";
import { tellTop } from "./desk.ts";
import type { GuardedList } from "./wall/guarded.ts";

const PresetSchema = v.strictObject({
  code: v.string(),
  sites: v.array(v.strictObject({ origin: v.string(), site: v.string() })),
  /** A page of one of these sites to show once they are guarded. */
  open: v.optional(v.string()),
});

/** Once a browser session: the worker may start many times in one. */
async function openOnce(url: string, code: string): Promise<void> {
  const seen = await browser.storage.session.get("opened");
  if (seen["opened"] === code) return;
  await browser.storage.session.set({ opened: code });
  const [there] = await browser.tabs.query({ url: `${new URL(url).origin}/*` });
  const { id } = there ?? (await browser.tabs.create({ url }));
  // Chromium loses a navigation begun while it still takes in an extension from the command line: seen with an empty
  // extension too. Nobody sits there to press reload.
  if (id === undefined) return;
  for (let tries = 0; tries < 12; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    if (await tellTop(id, { type: "there" })) return;
    await browser.tabs.update(id, { url });
  }
}

async function readPreset(): Promise<v.InferOutput<typeof PresetSchema> | null> {
  try {
    const response = await fetch(browser.runtime.getURL("preset.json"));
    const parsed = v.safeParse(PresetSchema, await response.json());
    return parsed.success ? parsed.output : null;
  } catch {
    // The store build has no such file.
    return null;
  }
}

export interface PresetNeeds {
  unpaired(): boolean;
  pair(code: string): Promise<void>;
  readonly guarded: Pick<GuardedList, "switchOn" | "siteOf" | "ready">;
}

export async function applyPreset(needs: PresetNeeds): Promise<void> {
  const { guarded } = needs;
  const preset = await readPreset();
  if (!preset) return;
  await guarded.ready;
  // The wall first: from here on nothing passes, paired or not.
  for (const { origin, site } of preset.sites) {
    if (!guarded.siteOf(origin) && (await hasPermission(origin))) await guarded.switchOn(origin, site);
  }
  if (needs.unpaired()) await needs.pair(preset.code);
  const { open } = preset;
  if (open !== undefined && guarded.siteOf(new URL(open).origin)) await openOnce(open, preset.code);
}

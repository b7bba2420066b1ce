// The list of switched-on origins, and everything that must stand for each: wall, scripts, permission. Repairs what is missing.
// Must never take a wall down while its origin is listed, and never list an origin before its wall stands.
import type { SwitchedOn } from "../../messages.ts";
import { browser, hostPattern } from "../../platform.ts";
import { SITES, siteById } from "../../sites/index.ts";
import type { Site } from "../../sites/site.ts";
import { companionCheck, hasPermission, liveChecks, looksLike, type Check } from "./checks.ts";
import { tellOldTabs } from "./old-tabs.ts";
import { placeScripts, removeScripts, scriptFaults } from "./scripts.ts";
import { raiseWall, wallFaults, type Guarded } from "./wall.ts";

const KEY = "guarded";

export interface GuardedList {
  /** Reads the list; everything below waits for it. */
  readonly ready: Promise<void>;
  readonly siteOf: (origin: string) => Site | undefined;
  readonly isHost: (host: string) => boolean;
  readonly all: () => readonly SwitchedOn[];
  /** After the person granted the host permission in a page of ours. */
  readonly switchOn: (origin: string, site: string) => Promise<SwitchedOn>;
  readonly switchOff: (origin: string) => Promise<void>;
  readonly check: (origin: string) => Promise<SwitchedOn>;
  /** At each start: everything in place for every origin, repaired where it is not, and said so. */
  readonly verify: () => Promise<void>;
}

export interface GuardedNeeds {
  incident(what: string, detail: string, origin: string | null): void;
  changed(): void;
  linked(): boolean;
}

/** An origin as we write it, or a sentence. */
function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new Error("This is not a web address. Give it as https://mail.your-company.");
  return url.origin;
}

/** A permission that guards nothing any more is given back; one of the manifest stays. */
async function giveBack(origin: string, left: readonly Guarded[]): Promise<void> {
  const pattern = hostPattern(origin);
  if (left.some((each) => hostPattern(each.origin) === pattern)) return;
  await browser.permissions.remove({ origins: [pattern] }).catch(() => false);
}

export function createGuarded(needs: GuardedNeeds): GuardedList {
  let list: readonly Guarded[] = [];
  const checks = new Map<string, readonly Check[]>();

  const load = async (): Promise<void> => {
    const stored: unknown = (await browser.storage.local.get(KEY))[KEY];
    list = Array.isArray(stored) ? (stored as Guarded[]) : [];
  };
  const ready = load();
  let last: Promise<unknown> = ready;
  /** Changes are made one after the other. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
  const save = async (next: readonly Guarded[]): Promise<void> => {
    await browser.storage.local.set({ [KEY]: next });
    list = next;
  };

  const view = ({ origin, site }: Guarded): SwitchedOn => ({
    origin,
    site,
    name: siteById(site)?.name ?? site,
    // The link comes and goes by itself: of all that was found, this is told as it stands now.
    checks: (checks.get(origin) ?? []).map((each) =>
      each.what === "companion" ? companionCheck(needs.linked()) : each,
    ),
  });

  async function runChecks(guarded: Guarded): Promise<SwitchedOn> {
    checks.set(guarded.origin, await liveChecks(guarded, list, needs.linked()));
    needs.changed();
    return view(guarded);
  }

  async function standUp(guarded: Guarded): Promise<string[]> {
    const { origin } = guarded;
    if (!(await hasPermission(origin))) {
      // Nothing of ours can mend this: it is the person's to give.
      needs.incident(
        "The browser no longer lets Countersign see a site",
        `Writes to ${origin} stay blocked. Switch it on again on the welcome page.`,
        origin,
      );
      await runChecks(guarded);
      return [];
    }
    const faults = await scriptFaults(guarded);
    if (faults.length > 0) await placeScripts(guarded);
    return faults;
  }

  return {
    ready,
    siteOf: (origin) => siteById(list.find((each) => each.origin === origin)?.site ?? ""),
    isHost: (host) => list.some(({ origin }) => new URL(origin).hostname === host),
    all: () => list.map(view),

    switchOn: (address, site) =>
      inTurn(async () => {
        const origin = originOf(address);
        const described = siteById(site);
        if (!described)
          throw new Error(
            `Countersign knows no site called ${site}. It knows: ${SITES.map(({ name }) => name).join(", ")}.`,
          );
        if (!(await hasPermission(origin)))
          throw new Error(
            `The browser has not let Countersign see ${origin} yet. Press the button again and allow it.`,
          );
        const guarded = { origin, site };
        const next = [...list.filter((each) => each.origin !== origin), guarded];
        await raiseWall(next);
        await save(next);
        await placeScripts(guarded);
        void tellOldTabs(origin).catch(() => undefined);
        needs.incident("A site was switched on", `${origin} is guarded as ${described.name}.`, origin);
        if (!(await looksLike(origin, described))) {
          needs.incident(
            "A site was switched on that does not look like what it is said to be",
            `${origin} as ${described.name}`,
            origin,
          );
        }
        return runChecks(guarded);
      }),

    switchOff: (address) =>
      inTurn(async () => {
        const origin = originOf(address);
        const next = list.filter((each) => each.origin !== origin);
        await save(next);
        checks.delete(origin);
        await raiseWall(next);
        await removeScripts(origin);
        await giveBack(origin, next);
        needs.incident("A site was switched off", `${origin} is no longer guarded.`, origin);
        needs.changed();
      }),

    check: (address) =>
      inTurn(async () => {
        const found = list.find((each) => each.origin === originOf(address));
        if (!found) throw new Error("This site is not switched on.");
        return runChecks(found);
      }),

    verify: () =>
      inTurn(async () => {
        const faults = await wallFaults(list);
        // The fence stands from the first start on; before that nothing was missing.
        const first = list.length === 0;
        if (faults.length > 0) await raiseWall(list);
        for (const guarded of list) faults.push(...(await standUp(guarded)));
        if (faults.length > 0 && !first)
          needs.incident("The guard was found incomplete and repaired", faults.join(" "), null);
        needs.changed();
      }),
  };
}

// Small memory per guarded origin for the site files (which upload got which id), kept for the browser session.
// Must never be reachable from a page, and never grow without end: the oldest entries go first.
import { browser } from "../../platform.ts";

const MOST = 500;
const LONGEST = 100_000;
const name = (origin: string): string => `memory ${origin}`;

let last: Promise<unknown> = Promise.resolve();

async function load(origin: string): Promise<[string, string][]> {
  const stored: unknown = (await browser.storage.session.get(name(origin)))[name(origin)];
  return Array.isArray(stored) ? (stored as [string, string][]) : [];
}

export async function recall(origin: string, key: string): Promise<string | undefined> {
  await last;
  return (await load(origin)).find(([each]) => each === key)?.[1];
}

/** Saves are made one after the other, so that two at once do not undo each other. */
export function remember(origin: string, key: string, value: string): Promise<void> {
  const save = async (): Promise<void> => {
    if (value.length > LONGEST) throw new Error("This is too long to be remembered for the site.");
    const kept = (await load(origin)).filter(([each]) => each !== key);
    await browser.storage.session.set({ [name(origin)]: [...kept, [key, value]].slice(-MOST) });
  };
  const mine = last.then(save, save);
  last = mine.catch(() => undefined);
  return mine;
}

// Waits for something to become true, by looking again. Must never turn "not yet" into a pass.

/** The first answer that is neither false, null nor undefined; throws with `what` when none comes in time. */
export async function eventually<T>(
  what: string,
  ms: number,
  look: () => Promise<T> | T,
): Promise<Exclude<T, false | null | undefined>> {
  for (const end = Date.now() + ms; ;) {
    const found = await look();
    if (found !== false && found !== null && found !== undefined) return found as Exclude<T, false | null | undefined>;
    if (Date.now() > end) throw new Error(`In vain waited for: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

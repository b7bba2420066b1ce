// Looks again and again until something is there.
// Must never take a passed deadline for an answer.

/** What was found first; rejects with the words of what was waited for. */
export async function poll<T>(what: string, look: () => Promise<T> | T, ms = 15_000): Promise<NonNullable<T>> {
  for (const end = Date.now() + ms; ;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`Waited in vain until ${what}.`);
    await new Promise((done) => setTimeout(done, 40));
  }
}

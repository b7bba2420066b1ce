// Which accounts the person has let an agent sign in to: those of sign-ins that were released and answered well.
// Must never learn from a sign-in that was only tried: with a stranger's account an agent could carry off what it has read.

/** An account as the sign-in names it: where, and as whom. */
export const accountKey = (origin: string, user: string): string => `${origin} ${user}`;

export class Accounts {
  readonly #known = new Set<string>();

  learn(key: string): void {
    this.#known.add(key);
  }

  knows(key: string): boolean {
    return this.#known.has(key);
  }
}

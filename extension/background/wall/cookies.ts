// Which of a host's cookies travel with a request we vouch for, and the header that says so.
// Must never let one through that only a page has written in the place of one the server keeps from scripts.

export interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly path: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite?: string | undefined;
}

/**
 * All of them, where the site bars none. Else those whose name is not barred; a cookie without a name is read by its
 * value, so it stays behind. A page cannot overwrite a cookie it may not read, but it can set a second one of that name
 * for another path or domain: that one stays behind too.
 */
export function travelling<C extends Cookie>(cookies: readonly C[], barred: string | undefined): C[] {
  if (barred === undefined) return [...cookies];
  const pattern = new RegExp(barred);
  const kept = new Set(cookies.filter(({ httpOnly }) => httpOnly).map(({ name }) => name));
  return cookies.filter(({ name, httpOnly }) => name !== "" && !pattern.test(name) && (httpOnly || !kept.has(name)));
}

export const cookieHeader = (cookies: readonly Cookie[]): string =>
  cookies.map(({ name, value }) => (name === "" ? value : `${name}=${value}`)).join("; ");

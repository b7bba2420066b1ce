// What a site file may look up to say what bytes mean: GETs of the same origin, cookie names, its small memory.
// Must never reach another origin, never use a method but GET, never follow an address the wall guards.
import type { Site, SiteReads } from "../../sites/site.ts";
import { cookiesFor, send } from "./courier.ts";
import { recall, remember } from "./memory.ts";

/** `at` is the address of the request being read: cookies are those it would carry. */
export function readsFor(origin: string, site: Site, at: URL): SiteReads {
  // The wall's rules ignore letter case; what is free must be written exactly.
  const guarded = site.guardedGets.map((each) => new RegExp(each, "i"));
  const free = site.freeGets.map((each) => new RegExp(each));
  return {
    async get(path, headers = {}) {
      const url = new URL(path, `${origin}/`);
      url.hash = "";
      if (url.origin !== origin || url.username || url.password)
        throw new Error("A site may only read its own origin.");
      const matches = (list: RegExp[]): boolean => list.some((each) => each.test(url.href));
      if (matches(guarded) && !matches(free))
        throw new Error("This address is guarded: reading it would change something.");
      const delivery = await send(
        { method: "GET", url, headers: new Map(Object.entries(headers)), body: null, kind: "xhr" },
        {
          origin,
          frameUrl: `${origin}/`,
          mode: "cors",
          referrer: "",
          referrerPolicy: "",
          credentials: "include",
          redirect: "follow",
          fresh: true,
          barredCookies: site.barredCookies,
        },
      );
      if (delivery.how !== "answer") throw new Error("The site did not answer what its description needed to know.");
      const answered = new Map(delivery.headers);
      return {
        status: delivery.status,
        contentType: answered.get("content-type") ?? "",
        body: delivery.body,
        headers: answered,
      };
    },
    cookieNames: async () => (await cookiesFor(at, site.barredCookies)).names,
    recall: (key) => recall(origin, key),
    remember: (key, value) => remember(origin, key, value),
  };
}

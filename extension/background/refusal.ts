// Tells the page no, in the way its application understands.
// Must never invent a success or a redirect, and never fail: without the site's own way it is a network error.
import type { Site, WireRequest } from "../sites/site.ts";
import type { Result } from "./errand.ts";

export function refusalOf(site: Site | undefined, wire: WireRequest | null, words: string): Result {
  if (!site || !wire) return { how: "network-error" };
  if (wire.kind === "navigate") return { how: "nothing" };
  try {
    const refusal = site.refuse(wire, words);
    switch (refusal.how) {
      case "network-error":
        return { how: "network-error" };
      case "nothing":
        return { how: "nothing" };
      case "answer":
        return {
          how: "response",
          status: refusal.status,
          statusText: "Refused by Countersign",
          headers: [["content-type", refusal.contentType]],
          url: wire.url.href,
          redirected: false,
          body: new TextEncoder().encode(refusal.body).buffer,
          refusal: true,
        };
    }
  } catch {
    return { how: "network-error" };
  }
}

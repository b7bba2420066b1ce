// The headers a page's own request would have carried and a fetch of ours would not: the server must see no difference.
// Must never take Origin, Cookie or the Sec-Fetch headers from the page's message: they follow from the sender alone.
import { isFirefox } from "../../platform.ts";
import type { WireRequest } from "../../sites/site.ts";

/** How a request went out of the page, apart from what the site judges. */
export interface Manner {
  readonly origin: string;
  /** Address of the frame as the browser stamped it. */
  readonly frameUrl: string;
  readonly mode: string;
  readonly referrer: string;
  readonly referrerPolicy: string;
}

export interface HeaderChange {
  readonly header: string;
  readonly operation: "set" | "remove";
  readonly value?: string;
}

const PLAIN_ACCEPT =
  "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7";
const accepts = new Map<string, string>();
/** What the browser itself says it accepts when it loads a document of this origin; heard by watch.ts. */
export const learnAccept = (origin: string, accept: string): void => void accepts.set(origin, accept);

/** Browsers send Sec-Fetch and client hints only to origins they call trustworthy. */
function trustworthy(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  return protocol === "https:" || /^(.*\.)?localhost$|^127\.|^\[::1\]$/.test(hostname);
}

function referer(manner: Manner, url: URL): string | null {
  const full = [manner.referrer, manner.frameUrl].find((each) => each.startsWith(`${manner.origin}/`));
  switch (manner.referrerPolicy) {
    case "no-referrer":
      return null;
    case "origin":
    case "strict-origin":
      return `${manner.origin}/`;
    default:
      return full ? (full.split("#")[0] ?? null) : `${url.origin}/`;
  }
}

interface Hints {
  readonly brands: readonly { readonly brand: string; readonly version: string }[];
  readonly mobile: boolean;
  readonly platform: string;
}

function clientHints(): Record<string, string> {
  const hints = (navigator as { userAgentData?: Hints }).userAgentData;
  if (!hints) return {};
  return {
    "sec-ch-ua": hints.brands.map(({ brand, version }) => `"${brand}";v="${version}"`).join(", "),
    "sec-ch-ua-mobile": hints.mobile ? "?1" : "?0",
    "sec-ch-ua-platform": `"${hints.platform}"`,
  };
}

/** All changes for one request. */
export function headerChanges(wire: WireRequest, manner: Manner): HeaderChange[] {
  const frame = wire.kind === "form";
  const navigation = frame || wire.kind === "form-top";
  const reading = wire.method === "GET" || wire.method === "HEAD";
  const from = referer(manner, wire.url);
  const opaque = manner.mode === "no-cors" || wire.kind === "beacon";
  const set: Record<string, string | null> = {
    referer: from,
    origin: reading ? null : from === null && (navigation || opaque) ? "null" : manner.origin,
    "sec-fetch-storage-access": null,
  };
  if (navigation) {
    set["accept"] = accepts.get(manner.origin) ?? PLAIN_ACCEPT;
    set["upgrade-insecure-requests"] = "1";
    if (!isFirefox()) set["cache-control"] = "max-age=0";
  }
  if (trustworthy(manner.origin)) {
    Object.assign(set, clientHints());
    set["sec-fetch-site"] = "same-origin";
    set["sec-fetch-mode"] = navigation ? "navigate" : opaque ? "no-cors" : "cors";
    set["sec-fetch-dest"] = frame ? "iframe" : navigation ? "document" : "empty";
    if (navigation) set["sec-fetch-user"] = "?1";
  }
  return Object.entries(set).map(([header, value]) =>
    value === null ? { header, operation: "remove" } : { header, operation: "set", value },
  );
}

// Which requests of this frame are held: writes to its own origin, and the reads a site names as guarded.
// Must never be the boundary: what it misses goes native and meets the wall.
import {
  NativeRegExp,
  NativeURL,
  add,
  baseUri,
  doc,
  documentUrl,
  exec,
  setUrlHash,
  slice,
  upper,
  urlHref,
  urlOrigin,
  urlPassword,
  urlUser,
  win,
} from "./natives.ts";
import { freeGets, guardedGets } from "./sites.ts";

/** about:blank, srcdoc and blob: documents carry their creator's origin here; sandboxed ones say "null". */
const ownOrigin = win.origin;

/** The wall's own rules ignore letter case. A pattern JavaScript cannot read is the wall's alone. */
function compile(patterns: readonly string[]): RegExp[] {
  const list: RegExp[] = [];
  for (let i = 0; i < patterns.length; i++) {
    try {
      add(list, new NativeRegExp(patterns[i] ?? "", "i"));
    } catch {
      continue;
    }
  }
  return list;
}
const guarded = compile(guardedGets);
const free = compile(freeGets);

function matches(list: readonly RegExp[], url: string): boolean {
  for (let i = 0; i < list.length; i++) {
    const pattern = list[i];
    if (pattern && exec(pattern, url)) return true;
  }
  return false;
}

/** The whole address without fragment, or null when it does not parse. */
export function resolve(address: string, base: string = baseUri(doc)): string | null {
  try {
    const url = new NativeURL(address, base);
    setUrlHash(url, "");
    return urlHref(url);
  } catch {
    return null;
  }
}

export function isOwn(url: string): boolean {
  try {
    const parsed = new NativeURL(url);
    return (
      ownOrigin !== "null" && urlOrigin(parsed) === ownOrigin && urlUser(parsed) === "" && urlPassword(parsed) === ""
    );
  } catch {
    return false;
  }
}

const isRead = (verb: string): boolean => verb === "GET" || verb === "HEAD" || verb === "OPTIONS";

/** True when the request must wait for an answer from the background. */
export function isHeld(methodName: string, url: string): boolean {
  if (!isOwn(url)) return false;
  const verb = upper(methodName);
  if (!isRead(verb)) return true;
  return verb !== "OPTIONS" && matches(guarded, url) && !matches(free, url);
}

/** The address a request of this document names as its referrer; srcdoc documents speak for their parent. */
export function ownReferrer(): string {
  let frame: Window = win;
  let url = documentUrl(doc);
  try {
    while (slice(url, 0, 12) === "about:srcdoc" && frame.parent !== frame) {
      frame = frame.parent;
      url = frame.document.URL;
    }
  } catch {
    return "";
  }
  return slice(url, 0, 4) === "http" ? (resolve(url) ?? "") : "";
}

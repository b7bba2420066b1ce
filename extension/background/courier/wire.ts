// Turns what a page handed over into the request exactly as the courier will send it, or says in words why not.
// Must never take an origin, tab or frame from the message, nor let through a header that would change what the server reads.
import * as v from "valibot";
import type { FromPage, HeldRequest } from "../../page/bridge.ts";
import type { WireRequest } from "../../sites/site.ts";

const short = v.pipe(v.string(), v.maxLength(200));
const number = v.pipe(v.number(), v.integer(), v.minValue(1));
const FromPageSchema = v.variant("type", [
  v.strictObject({
    type: v.literal("request"),
    id: number,
    kind: v.picklist(["fetch", "xhr", "beacon", "form", "form-top", "navigate"]),
    method: short,
    url: v.pipe(v.string(), v.maxLength(20_000)),
    headers: v.pipe(v.array(v.strictTuple([short, v.pipe(v.string(), v.maxLength(10_000))])), v.maxLength(100)),
    body: v.nullable(v.instance(ArrayBuffer)),
    mode: short,
    credentials: v.picklist(["omit", "same-origin", "include"]),
    redirect: v.picklist(["follow", "error", "manual"]),
    referrer: v.pipe(v.string(), v.maxLength(20_000)),
    referrerPolicy: short,
    keepalive: v.boolean(),
  }),
  v.strictObject({ type: v.literal("cancel"), id: number }),
  v.strictObject({
    type: v.literal("gesture"),
    event: v.picklist(["click", "key", "submit", "drop"]),
    verb: v.nullable(short),
    trusted: v.boolean(),
    facts: v.pipe(v.array(short), v.maxLength(30)),
  }),
]);

/** A message of a page, or null when it is not one we know; a page may send anything. */
export function readFromPage(message: unknown): FromPage | null {
  const parsed = v.safeParse(FromPageSchema, message);
  return parsed.success ? parsed.output : null;
}

/** A refusal with the sentence that is shown for it. */
export class Blocked extends Error {
  override readonly name = "Blocked";
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);
const PLAIN = /^(accept|accept-language|content-type|content-language|range|if-[a-z-]+|authorization)$/;
/** Headers by which a server takes one request for another. */
const TURNING = /^x-(http-)?method|^x-(original|rewrite|forwarded|real|http-method|override)|^x-(host|client-ip|accel)/;

function passing(headers: HeldRequest["headers"]): Map<string, string> {
  const kept = new Map<string, string>();
  for (const [written, value] of headers) {
    const name = written.toLowerCase();
    const allowed = PLAIN.test(name) || (/^x-[a-z0-9-]+$/.test(name) && !TURNING.test(name));
    if (!allowed || /[^\t\u0020-\u00ff]/.test(value)) continue;
    const before = kept.get(name);
    kept.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return kept;
}

/** The judged request. `origin` is the sender's, as the browser stamped it. */
export function wireOf(
  held: Omit<HeldRequest, "type" | "id" | "kind"> & Pick<WireRequest, "kind">,
  origin: string,
): WireRequest {
  const method = held.method.toUpperCase();
  if (!METHODS.has(method)) throw new Blocked("This kind of request is not understood.");
  if (!URL.canParse(held.url)) throw new Blocked("The address of this request cannot be read.");
  const url = new URL(held.url);
  if (url.username || url.password) throw new Blocked("The address carries a name and password.");
  if (url.origin !== origin) throw new Blocked("The address is not on the site the page belongs to.");
  url.hash = "";
  const reading = method === "GET" || method === "HEAD";
  return {
    method,
    url,
    headers: passing(held.headers),
    body: held.body && !reading ? new Uint8Array(held.body) : null,
    kind: held.kind,
  };
}

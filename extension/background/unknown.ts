// The meaning of a write no site file understands: everything that can be read in it, nothing guessed.
// Must never leave out a part: what cannot be shown whole is refused, not shortened.
import { emptyMeaning, sha256Hex, TEXT_LIMIT, type Meaning } from "../../shared/meaning.ts";
import type { Recognised, WireRequest } from "../sites/site.ts";
import { Blocked } from "./courier/wire.ts";

type Change = Meaning["changes"][number];

function plain(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

function fields(text: string, where: string): Change[] {
  if (text === "") return [];
  return text.split("&").map((pair) => {
    const at = pair.indexOf("=");
    const label = at < 0 ? pair : pair.slice(0, at);
    return { label: `${where}${plain(label)}`, before: null, after: at < 0 ? "" : plain(pair.slice(at + 1)) };
  });
}

function bodyText(wire: WireRequest): string {
  if (!wire.body || wire.body.byteLength === 0) return "";
  if (wire.body.byteLength > TEXT_LIMIT)
    throw new Blocked("This request is not understood, and too long to be shown whole.");
  // Bytes that are no text show as U+FFFD; the digest of the source still binds every byte.
  return new TextDecoder().decode(wire.body);
}

/** `because` is why the site file gave up, in its own words. */
export async function unknownAction(
  wire: WireRequest,
  site: string,
  origin: string,
  because: string,
): Promise<Recognised> {
  const text = bodyText(wire);
  const form = /^application\/x-www-form-urlencoded/i.test(wire.headers.get("content-type") ?? "");
  const listed = [...fields(wire.url.search.slice(1), "in the address: "), ...(form ? fields(text, "") : [])];
  const whole =
    listed.length <= 500 && listed.every(({ label, after }) => label.length <= 4_000 && after.length <= 4_000);
  const meaning: Meaning = {
    ...emptyMeaning(site, origin, "site.unknown"),
    title: `${wire.method} ${wire.url.pathname}`,
    text: form && whole ? "" : text,
    source: wire.body && wire.body.byteLength > 0 ? await sha256Hex(wire.body) : "",
    changes: whole ? listed : [{ label: "in the address", before: null, after: wire.url.search }],
    doubts: [`This request is not understood: ${because}`],
  };
  return { verb: "site.unknown", meaning, canonical: false, serial: null };
}

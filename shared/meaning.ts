// The projection of an action that is shown and approved, its canonical form (RFC 8785) and its digest.
// Must never leave out anything that changes what people receive: what is not in here is not approved.
import canonicalize from "canonicalize";
import * as v from "valibot";
import { VERBS } from "./action.ts";

/** Longest text shown whole in a prompt, in UTF-16 units; the background refuses longer ones by name. */
export const TEXT_LIMIT = 400_000;
export const PEOPLE_LIMIT = 500;
const line = v.pipe(v.string(), v.maxLength(4_000));
const list = <T extends v.GenericSchema>(item: T, most: number) => v.pipe(v.array(item), v.maxLength(most));

export const PERSON_FIELDS = [
  "from",
  "to",
  "cc",
  "bcc",
  "replyTo",
  "redirect",
  "forwardTo",
  "guest",
  "grantee",
  "mentioned",
] as const;
export type PersonField = (typeof PERSON_FIELDS)[number];

export const PersonSchema = v.strictObject({
  field: v.picklist(PERSON_FIELDS),
  /** The address as the server will use it, domain in lower case; or, when it cannot be parsed, the raw text. */
  address: line,
  /** Display name as written by the page: quoted, never trusted. "" when there is none. */
  name: line,
});
export type Person = v.InferOutput<typeof PersonSchema>;

export const MeaningSchema = v.strictObject({
  site: line,
  /** The mailbox or calendar owner's address as the server says; the origin where it is not known. */
  account: line,
  verb: v.picklist(VERBS),
  /** What is answered or forwarded, in words; null for something new. */
  thread: v.nullable(line),
  people: list(PersonSchema, PEOPLE_LIMIT),
  /** Subject, event title, name of the filter. */
  title: line,
  /** Text a receiver will see. */
  text: v.pipe(v.string(), v.maxLength(TEXT_LIMIT)),
  /** Text that travels but is not seen: hidden HTML, comments, alternative parts. */
  hidden: v.pipe(v.string(), v.maxLength(TEXT_LIMIT)),
  /** SHA-256 (hex) of the body source exactly as it travels; "" when there is no body. */
  source: v.string(),
  links: list(v.strictObject({ href: line, host: line }), 2_000),
  images: list(v.strictObject({ src: line, host: line }), 2_000),
  /** sha256 null means "content not seen"; size in bytes. */
  attachments: list(v.strictObject({ name: line, size: v.nullable(v.number()), sha256: v.nullable(v.string()) }), 500),
  /** Messages or events acted on: label = subject, detail = who and when; at most 500, `more` counts the rest. */
  items: list(v.strictObject({ label: line, detail: line }), 500),
  more: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Settings: what changes, from what, to what. before null = not known. */
  changes: list(v.strictObject({ label: line, before: v.nullable(line), after: line }), 500),
  /** Folder or calendar it goes to; null when there is none. */
  place: v.nullable(line),
  /** Why this is the worst reading and not the plain one; one sentence each. Empty when read canonically. */
  doubts: list(line, 100),
});
export type Meaning = v.InferOutput<typeof MeaningSchema>;

/** A meaning with nothing in it; site files fill in what the bytes say. */
export function emptyMeaning(site: string, account: string, verb: Meaning["verb"]): Meaning {
  return {
    site,
    account,
    verb,
    thread: null,
    people: [],
    title: "",
    text: "",
    hidden: "",
    source: "",
    links: [],
    images: [],
    attachments: [],
    items: [],
    more: 0,
    changes: [],
    place: null,
    doubts: [],
  };
}

/** RFC 8785 text of a meaning. Throws when it holds something JSON cannot carry (lone surrogates, NaN). */
export function canonicalMeaning(meaning: Meaning): string {
  const text = canonicalize(meaning);
  if (text === undefined) throw new Error("This meaning cannot be written as JSON.");
  return text;
}

/** SHA-256 (lower-case hex) of the canonical form: the digest that is shown, approved and spent. */
export async function meaningDigest(meaning: Meaning): Promise<string> {
  return sha256Hex(new TextEncoder().encode(canonicalMeaning(meaning)));
}

/** SHA-256 of bytes as lower-case hex; the same in browser, worker and Node. */
export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  let hex = "";
  for (const byte of hash) hex += byte.toString(16).padStart(2, "0");
  return hex;
}

/** The addresses that would receive something, each once, in the order shown. */
export function recipients(meaning: Pick<Meaning, "people">): string[] {
  const receiving = new Set(["to", "cc", "bcc", "redirect", "forwardTo", "guest", "grantee"]);
  return [...new Set(meaning.people.filter((p) => receiving.has(p.field)).map((p) => p.address))];
}

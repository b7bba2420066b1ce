// application/x-www-form-urlencoded from exact text, and the same text written again as a browser would.
// Must never use a tolerant parser: what is odd is kept as written and named as a doubt.
import { looseUtf8, quoted, strictUtf8, unescapeForm } from "./octets.ts";

export interface FormFile {
  readonly filename: string;
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface FormField {
  readonly name: string;
  readonly value: string;
  readonly file: FormFile | null;
}

export interface FormReading {
  readonly kind: "none" | "urlencoded" | "multipart" | "unreadable";
  readonly fields: readonly FormField[];
  /** One sentence each; empty when there is only one way to read it. */
  readonly doubts: readonly string[];
}

const form = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%20/g, "+");

/** The spellings browsers use: that of the HTML standard, and encodeURIComponent with blanks as `+` or `%20`. */
const SPELLINGS: readonly ((text: string) => string)[] = [
  form,
  (text) => encodeURIComponent(text).replace(/%20/g, "+"),
  encodeURIComponent,
];

const writtenAgain = (raw: string, fields: readonly FormField[]): boolean =>
  SPELLINGS.some((spell) => fields.map((f) => `${spell(f.name)}=${spell(f.value)}`).join("&") === raw);

function decoded(raw: string, what: string, doubts: Set<string>): string {
  const { latin, clean } = unescapeForm(raw);
  if (!clean) doubts.add(`The ${what} ${quoted(raw)} holds a broken percent escape.`);
  const text = strictUtf8(latin);
  if (text === null) doubts.add(`The ${what} ${quoted(raw)} is not UTF-8 text.`);
  return text ?? looseUtf8(latin);
}

/** `raw` holds one character per byte. */
export function readUrlencoded(raw: string): FormReading {
  const doubts = new Set<string>();
  const fields: FormField[] = [];
  for (const piece of raw === "" ? [] : raw.split("&")) {
    if (piece === "") {
      doubts.add("Two separators stand side by side.");
      continue;
    }
    const equals = piece.indexOf("=");
    if (equals < 0) doubts.add(`The field ${quoted(piece)} has no value.`);
    const rawName = equals < 0 ? piece : piece.slice(0, equals);
    const rawValue = equals < 0 ? "" : piece.slice(equals + 1);
    if (rawValue.includes("=")) doubts.add(`The field ${quoted(rawName)} holds a second "=".`);
    fields.push({
      name: decoded(rawName, "name", doubts),
      value: decoded(rawValue, "value", doubts),
      file: null,
    });
  }
  if (!doubts.size && !writtenAgain(raw, fields)) doubts.add("The fields are written in an unusual way.");
  return { kind: "urlencoded", fields, doubts: [...doubts] };
}

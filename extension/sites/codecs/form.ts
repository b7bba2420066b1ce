// The fields of a form body from its exact bytes: which codec, which fields in which order, and every doubt.
// Must never call a body plain when another reader could see other fields in it.
import { latin1, quoted } from "./octets.ts";
import { readMultipart } from "./multipart.ts";
import { readUrlencoded, type FormField, type FormReading } from "./urlencoded.ts";

export type { FormField, FormFile, FormReading } from "./urlencoded.ts";

/** More fields than any form we know sends; PHP stops reading at 1,000. */
export const FIELD_LIMIT = 500;
const URLENCODED = /^application\/x-www-form-urlencoded(; ?charset=utf-8)?$/i;

/** What about a list of fields would make two servers or libraries read it differently. */
export function nameDoubts(fields: readonly FormField[]): string[] {
  const doubts = new Set<string>();
  const seen = new Set<string>();
  if (fields.length > FIELD_LIMIT)
    doubts.add(`There are ${fields.length} fields; some servers stop reading before the end.`);
  for (const { name, value } of fields) {
    if (!/^[A-Za-z0-9_-]+(\[[A-Za-z0-9_-]*\])*$/.test(name))
      doubts.add(`The name ${quoted(name)} is read differently by different servers.`);
    if (value.includes("\0")) doubts.add(`The value of ${quoted(name)} holds a null character.`);
    if (seen.has(name) && !name.endsWith("[]")) doubts.add(`The field ${quoted(name)} is there more than once.`);
    seen.add(name);
  }
  return [...doubts];
}

export function readForm(contentType: string | undefined, body: Uint8Array | null): FormReading {
  if (body === null || body.length === 0) {
    const doubts =
      contentType !== undefined && contentType !== "" && !URLENCODED.test(contentType)
        ? ["An empty body has an unusual type."]
        : [];
    return { kind: "none", fields: [], doubts };
  }
  const raw = latin1(body);
  const type = contentType ?? "";
  const reading = /^\s*multipart\/form-data\b/i.test(type) ? readMultipart(raw, type) : readUrlencoded(raw);
  const doubts = [...reading.doubts];
  if (reading.kind === "urlencoded" && !URLENCODED.test(type))
    doubts.push(type === "" ? "The body has no content type." : `The content type ${quoted(type)} is unusual.`);
  return { kind: reading.kind, fields: reading.fields, doubts: [...doubts, ...nameDoubts(reading.fields)] };
}

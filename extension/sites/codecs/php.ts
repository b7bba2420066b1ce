// How PHP would name and keep the fields of a form, and every value that any reader could take for a name.
// Must never decide which reading is right: it only makes sure that none is left out.
import type { FormField } from "./form.ts";
import { FIELD_LIMIT } from "./form.ts";
import { looseUtf8, unescapeForm } from "./octets.ts";

/** PHP stops at this many input variables unless its configuration says otherwise. */
export const PHP_INPUT_LIMIT = 1000;

/** The key under which PHP files a field: blanks and dots become `_`, it ends at a null, brackets make arrays. Null = dropped. */
export function phpKey(name: string): { key: string; array: boolean } | null {
  const plain = (name.split("\0")[0] ?? "").replace(/^ +/, "");
  const bracket = plain.indexOf("[");
  const base = (bracket < 0 ? plain : plain.slice(0, bracket)).replace(/[ .]/g, "_");
  if (base === "") return null;
  if (bracket < 0) return { key: base, array: false };
  const closed = plain.indexOf("]", bracket) > bracket;
  if (closed) return { key: base, array: true };
  return { key: `${base}_${plain.slice(bracket + 1).replace(/[ .[]/g, "_")}`, array: false };
}

/** What `$_POST` or `$_GET` holds: the last value wins, an array hides a scalar and the other way round. */
export function phpFields(fields: readonly FormField[]): Map<string, string | null> {
  const seen = new Map<string, string | null>();
  for (const field of fields.slice(0, PHP_INPUT_LIMIT)) {
    if (field.file) continue;
    const as = phpKey(field.name);
    if (as) seen.set(as.key, as.array ? null : field.value);
  }
  return seen;
}

/** The name stripped of everything some reader ignores, renames or decodes once more. */
export function bareName(name: string): string {
  let text = name;
  for (let round = 0; round < 3; round += 1) text = looseUtf8(unescapeForm(escapeWide(text)).latin);
  text = (text.split("\0")[0] ?? "").trim().toLowerCase().replace(/^[.[]/, "_");
  return text.replace(/\[.*$/, "").replace(/[\s.]/g, "_");
}

const bare = new WeakMap<FormField, string>();

function bareOf(field: FormField): string {
  const known = bare.get(field) ?? bareName(field.name);
  bare.set(field, known);
  return known;
}

const escapeWide = (text: string): string => text.replace(/[^\p{ASCII}]/gu, (c) => encodeURIComponent(c));

/**
 * Every value some reader could take for `name`; null stands for "not there at all". One entry and no null means that
 * all readers agree.
 */
export function valuesOf(fields: readonly FormField[], name: string): (string | null)[] {
  const values = new Set<string | null>();
  const wanted = bareName(name);
  let exact = 0;
  for (const [at, field] of fields.entries()) {
    if (bareOf(field) !== wanted) continue;
    if (field.name === name) exact += 1;
    if (at >= FIELD_LIMIT) values.add(null);
    values.add(field.value);
    if (field.value.includes("\0")) values.add(field.value.slice(0, field.value.indexOf("\0")));
  }
  if (exact === 0) values.add(null);
  return [...values];
}

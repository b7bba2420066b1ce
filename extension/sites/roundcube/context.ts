// What the readers of the different actions share: the request as read, the meaning being filled, the doubts.
// Must never drop a doubt; a list that would be too long to show makes the request unreadable.
import type { Verb } from "../../../shared/action.ts";
import type { Meaning, PersonField } from "../../../shared/meaning.ts";
import { addressTokens, readAddresses } from "../codecs/addresses.ts";
import type { SiteReads } from "../site.ts";
import type { Entry } from "./row.ts";
import { readings, type Wire } from "./wire.ts";

export interface Context {
  readonly entry: Entry;
  readonly wire: Wire;
  readonly reads: SiteReads;
  readonly meaning: Meaning;
  readonly doubts: Set<string>;
  verb: Verb;
  serial: string | null;
}

export function addPerson(context: Context, field: PersonField, address: string, name: string): void {
  const { people } = context.meaning;
  if (!people.some((p) => p.field === field && p.address === address && p.name === name))
    people.push({ field, address, name });
}

/** Everyone any reader could see in a field. */
export function addPeople(context: Context, name: string, field: PersonField): void {
  for (const raw of readings(context.wire, name)) {
    const { list, doubts } = readAddresses(raw);
    for (const person of list) addPerson(context, field, person.address, person.name);
    for (const doubt of doubts) context.doubts.add(doubt);
  }
}

/** Addresses in fields that no row names: whoever reads them, the person sees them. */
export function addStrays(context: Context, read: readonly string[]): void {
  for (const { name, value } of [...context.wire.body.fields, ...context.wire.query.fields]) {
    if (read.includes(name)) continue;
    for (const token of addressTokens(`${value}\n${name}`)) {
      if (context.meaning.people.some((p) => p.address === token)) continue;
      addPerson(context, "mentioned", token.slice(0, 4000), "");
      context.doubts.add("An address stands in a field where none belongs.");
    }
  }
}

const SECRET = /pass|pwd|secret|token/i;

/** One setting as it will be; a secret is named, never shown. */
export function addChange(context: Context, label: string, before: string | null, after: string): void {
  const secret = SECRET.test(label);
  const show = (text: string): string => (secret && text !== "" ? "(not shown)" : text);
  if (after.length > 4000) context.meaning.text += `${label}:\n${after}\n\n`;
  context.meaning.changes.push({
    label: label.slice(0, 4000),
    before: before === null ? null : show(before).slice(0, 4000),
    after: after.length > 4000 ? "(the whole text is shown below)" : show(after),
  });
}

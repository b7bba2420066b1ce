// What of a meaning goes into the record: who, what about and what changes, without what was written.
// Must never let the text, hidden text or a link's path into a record unless the person keeps texts.
import type { Summary } from "../../shared/audit.ts";
import type { Meaning } from "../../shared/meaning.ts";

/** Longest a single line of a record gets; an address cut like this can never pass for an address. */
const LINE = 400;
const ITEMS = 50;

export function summarise(meaning: Meaning, keepText: boolean): Summary {
  return {
    site: cut(meaning.site),
    account: cut(meaning.account),
    verb: meaning.verb,
    people: meaning.people.map((person) => ({
      field: person.field,
      address: cut(person.address),
      name: cut(person.name),
    })),
    title: cut(meaning.title),
    place: meaning.place === null ? null : cut(meaning.place),
    items: meaning.items.slice(0, ITEMS).map((item) => cut(item.label)),
    count: meaning.items.length + meaning.more,
    attachments: meaning.attachments.map((file) => ({ name: cut(file.name), size: file.size, sha256: file.sha256 })),
    changes: meaning.changes.map(({ label, before, after }) => cut(`${label}: ${before ?? "not known"} -> ${after}`)),
    links: [...new Set([...meaning.links, ...meaning.images].map((link) => cut(link.host)))],
    doubts: meaning.doubts.map(cut),
    text: keepText ? meaning.text : null,
  };
}

function cut(text: string): string {
  if (text.length <= LINE) return text;
  // Never between the two halves of a pair: half a character cannot be written down.
  const end = /[\ud800-\udbff]/.test(text.charAt(LINE - 1)) ? LINE - 1 : LINE;
  return `${text.slice(0, end)}…`;
}

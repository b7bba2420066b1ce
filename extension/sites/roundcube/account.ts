// What only the server can say about the mailbox: whose it is, its identities, its special folders.
// Must never guess: a question the server does not answer leaves a doubt.
import { readAddresses, type ListedAddress } from "../codecs/addresses.ts";
import type { SiteReads } from "../site.ts";
import { readPage, type Page } from "./page.ts";

/** A page of the application, or null when the server did not give one. */
export async function pageAt(reads: SiteReads, address: string): Promise<Page | null> {
  try {
    const answer = await reads.get(address);
    return answer.status === 200 && /^text\/html\b/i.test(answer.contentType) ? readPage(answer.body) : null;
  } catch {
    return null;
  }
}

/** Identities by number, the default one first, from the list of senders a compose page offers. */
export function identitiesOf(page: Page): Map<string, ListedAddress> {
  const found = new Map<string, ListedAddress>();
  for (const [id, words] of page.choices.get("_from") ?? []) {
    const { list, doubts } = readAddresses(words);
    const only = list[0];
    if (/^\d+$/.test(id) && only && list.length === 1 && doubts.length === 0) found.set(id, only);
  }
  return found;
}

/** The address of the default identity, from its own form; the list of identities is in no page's environment. */
export async function accountOf(reads: SiteReads, base: string): Promise<string | null> {
  try {
    const answer = await reads.get(`${base}?_task=settings&_action=identities`);
    const html = new TextDecoder().decode(answer.body);
    const row = /<tr id="rcmrow(\d+)"/.exec(html)?.[1];
    if (answer.status !== 200 || row === undefined) return null;
    const page = await pageAt(reads, `${base}?_task=settings&_action=edit-identity&_iid=${row}&_framed=1`);
    const { list, doubts } = readAddresses(page?.fields.get("_email") ?? "");
    return list.length === 1 && doubts.length === 0 ? (list[0]?.address ?? null) : null;
  } catch {
    return null;
  }
}

/** The folder that plays a part ("trash", "drafts", ...), or null. */
export async function specialFolder(reads: SiteReads, base: string, part: string): Promise<string | null> {
  const page = await pageAt(reads, `${base}?_task=settings&_action=edit-prefs&_section=folders&_framed=1`);
  const name = page?.fields.get(`_${part}_mbox`);
  return name === undefined || name === "" ? null : name;
}

// A message on its way out or into Drafts: people, subject, text, what is hidden in it, and how it will be sent.
// Must never call it a draft unless every reader does.
import { sha256Hex, TEXT_LIMIT } from "../../../shared/meaning.ts";
import { phpFields } from "../codecs/php.ts";
import { linksInText, readHtml } from "../codecs/html.ts";
import { beginSession, checkReplacedDraft, joinCompose } from "./compose.ts";
import { addChange, addPeople, addPerson, addStrays, type Context } from "./context.ts";
import { accountOf } from "./account.ts";
import { addItems, headersAt } from "./rows.ts";
import { readAddresses } from "../codecs/addresses.ts";
import { readings, value } from "./wire.ts";

const SHOWN = ["_to", "_cc", "_bcc", "_replyto", "_followupto", "_from", "_message", "_subject"];

function people(context: Context): void {
  addPeople(context, "_to", "to");
  addPeople(context, "_cc", "cc");
  addPeople(context, "_bcc", "bcc");
  addPeople(context, "_replyto", "replyTo");
  addPeople(context, "_followupto", "replyTo");
  for (const from of readings(context.wire, "_from")) {
    if (/^\d*$/.test(from)) continue;
    for (const person of readAddresses(from).list) addPerson(context, "from", person.address, person.name);
    context.doubts.add("The sender is written by the page and is none of the account's identities.");
  }
}

async function text(context: Context): Promise<void> {
  const { meaning, wire } = context;
  const bodies = readings(wire, "_message");
  const html = readings(wire, "_is_html").some((v) => v !== "" && v !== "0");
  const links = new Map<string, string>();
  const images = new Map<string, string>();
  for (const body of bodies) {
    const plain = body.replace(/\r\n?/g, "\n");
    const read = html ? readHtml(plain) : { text: plain, hidden: "", links: [], images: [], doubts: [] };
    meaning.text += (meaning.text === "" ? "" : "\n\n") + read.text;
    meaning.hidden += read.hidden;
    for (const doubt of read.doubts) context.doubts.add(doubt);
    for (const link of [...read.links, ...linksInText(read.text)]) links.set(link.href, link.host);
    for (const image of read.images) images.set(image.src, image.host);
  }
  if (Math.max(meaning.text.length, meaning.hidden.length) > TEXT_LIMIT || links.size > 2000 || images.size > 2000)
    throw new Error("This message is too long to be shown whole, so it cannot be approved.");
  meaning.links = [...links].map(([href, host]) => ({ href, host }));
  meaning.images = [...images].map(([src, host]) => ({ src, host }));
  meaning.source = bodies.length === 0 ? "" : await sha256Hex(new TextEncoder().encode(bodies.join("\0")));
}

function manner(context: Context): void {
  const said = (name: string): boolean => readings(context.wire, name).some((v) => v !== "" && v !== "0");
  if (said("_mdn")) addChange(context, "Read receipt", null, "asked for");
  if (said("_dsn")) addChange(context, "Delivery receipt", null, "asked for");
  if (said("_priority")) addChange(context, "Priority", null, value(context.wire, "_priority"));
  const kept = readings(context.wire, "_store_target");
  context.meaning.place = kept.join(" or ").slice(0, 4000);
  if (kept.includes("") || kept.length === 0) addChange(context, "Copy in Sent", null, "no copy is kept");
}

/** Only where the request is written exactly as the page writes it, and every reader finds the same yes. */
function isDraft(context: Context): boolean {
  const drafts = readings(context.wire, "_draft");
  const only = drafts.length === 1 && drafts[0] === "1";
  return context.doubts.size === 0 && only && phpFields(context.wire.body.fields).get("_draft") === "1";
}

export async function readMessage(context: Context): Promise<void> {
  const { meaning, wire, doubts } = context;
  const compose = value(wire, "_id");
  context.serial = compose === "" ? null : `compose:${compose}`;
  const draft = isDraft(context);
  await checkReplacedDraft(context);
  const free = draft && doubts.size === 0;
  people(context);
  addStrays(context, SHOWN);
  meaning.title = readings(wire, "_subject").join(" or ").slice(0, 4000);
  if (value(wire, "_subject").length > 4000) doubts.add("The subject is too long to be shown whole.");
  await text(context);
  if (free) {
    // Half an address and a style sheet are nothing odd in a text that goes nowhere yet.
    doubts.clear();
    context.verb = "mail.draft";
    if (readings(wire, "_is_html").includes("1")) await beginSession(context);
    return;
  }
  if (readings(wire, "_draft").includes("1")) doubts.add("This claims to be a draft, but the server could send it.");
  manner(context);
  await joinCompose(context);
}

/** Sends a whole received message on to someone else, unchanged. */
export async function readBounce(context: Context): Promise<void> {
  for (const name of ["_to", "_cc", "_bcc"]) addPeople(context, name, "redirect");
  addStrays(context, SHOWN);
  context.meaning.account = (await accountOf(context.reads, context.wire.base)) ?? context.meaning.account;
  addPerson(context, "from", context.meaning.account, "");
  await addItems(context);
  context.meaning.thread = context.meaning.items[0]?.label ?? null;
  context.meaning.title = context.meaning.thread ?? "";
}

/** A read receipt goes to whoever the received message asks it for. */
export async function readReceipt(context: Context): Promise<void> {
  await addItems(context);
  context.meaning.title = "Read receipt";
  const folder = value(context.wire, "_mbox");
  const headers = await headersAt(context.reads, context.wire.base, value(context.wire, "_uid"), folder);
  const { list } = readAddresses(headers?.get("disposition-notification-to") ?? "");
  for (const person of list) addPerson(context, "to", person.address, person.name);
  if (list.length === 0) context.doubts.add("The server does not say who would get the receipt.");
}

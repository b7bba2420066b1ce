// Settings, filters, identities, folders, contacts: what changes, from what, to what, and who would get mail by it.
// Must never leave out a field: what has no words of its own is shown under its own name.
import { addressTokens, readAddresses } from "../codecs/addresses.ts";
import type { PersonField } from "../../../shared/meaning.ts";
import { pageAt } from "./account.ts";
import { addChange, addPerson, type Context } from "./context.ts";
import type { Page } from "./page.ts";
import { bodyFields, readings, value, type Wire } from "./wire.ts";

/** Fields that only carry the request. */
const CARRIERS = new Set("_token _task _action _remote _unlock _framed".split(" "));
/** Preferences that only arrange the list; the page saves them by itself. */
const LAYOUT = /^(list_cols|collapsed_folders|collapsed_abooks)$/;

/** The form the server would show for the same thing, with what it holds now. */
function formAddress(wire: Wire, action: string): string | null {
  const of = (name: string): string => encodeURIComponent(value(wire, name));
  const forms: Readonly<Record<string, () => string | null>> = {
    "save-identity": () => (value(wire, "_iid") === "" ? null : `edit-identity&_iid=${of("_iid")}&_framed=1`),
    "save-prefs": () => `edit-prefs&_section=${of("_section")}&_framed=1`,
    "save-response": () => (value(wire, "_id") === "" ? null : `edit-response&_id=${of("_id")}&_framed=1`),
    "plugin.managesieve-save": () =>
      value(wire, "_fid") === "" ? null : `plugin.managesieve-action&_framed=1&_fid=${of("_fid")}`,
    "plugin.managesieve-forward": () => action,
    "plugin.managesieve-vacation": () => action,
  };
  const rest = Object.hasOwn(forms, action) ? forms[action]?.() : null;
  return rest ? `${wire.base}?_task=settings&_action=${rest}` : null;
}

/** Who a field's addresses are, by the field's name. */
function roleOf(action: string, name: string): PersonField {
  if (/^_reply[-_]to|^_replyto/.test(name)) return "replyTo";
  if (action === "save-identity" && name === "_bcc") return "bcc";
  if (action === "save-identity" && name === "_email") return "from";
  if (action === "plugin.acl") return "grantee";
  if (/^_action_target|^action_target|rawset|notify|redirect|^_to\b/.test(name)) return "forwardTo";
  if (/vacation|sieve/.test(action) && /from|addresses/.test(name)) return "from";
  return "mentioned";
}

function addAddresses(context: Context, action: string): void {
  for (const { name, value: text } of bodyFields(context.wire)) {
    const role = roleOf(action, name);
    const { list, doubts } = readAddresses(text);
    if (doubts.length === 0 && addressTokens(text).length > 0)
      for (const person of list) addPerson(context, role, person.address, person.name);
    else for (const token of addressTokens(text)) addPerson(context, role, token.slice(0, 4000), "");
  }
}

const WORDS: Readonly<Record<string, string>> = {
  "_reply-to": "Reply-To of every message",
  _bcc: "Bcc of every message",
  _email: "Address of the sender",
  _name: "Name",
  _organization: "Organisation",
  _standard: "Default sender",
  _signature: "Signature",
  _html_signature: "Signature in HTML",
  _iid: "Sender number",
  _section: "Section",
  _mbox: "Folder",
  _folder_oldname: "Old name",
  _folder_newname: "New name",
  action_target: "Forward to",
  forward_action: "Forward or copy",
  forward_status: "Forwarding",
  vacation_status: "Automatic answer",
  vacation_reason: "Text of the automatic answer",
  vacation_subject: "Subject of the automatic answer",
  _logout_purge: "Empty the trash on signing out",
  _logout_expunge: "Compact the inbox on signing out",
  _user: "Person",
  _acl: "Rights",
};

/** The field in words where we have some; numbered rows of a filter keep their number. */
function labelOf(name: string): string {
  if (Object.hasOwn(WORDS, name)) return WORDS[name] ?? name;
  const row = /^_(\w+)\[(\d+)\]/.exec(name);
  return row ? `${(row[1] ?? "").replace(/_/g, " ")} ${Number(row[2]) + 1}` : name;
}

/** Fields that changed come first; a ticked box that is no longer sent is a change too. */
function addChanges(context: Context, page: Page | null): void {
  const sent = new Set<string>();
  const same: [string, string][] = [];
  for (const { name, value: after } of bodyFields(context.wire)) {
    sent.add(name);
    if (CARRIERS.has(name)) continue;
    const before = page ? (page.fields.get(name) ?? "") : null;
    if (before === after) same.push([name, after]);
    // In something new an empty field says nothing.
    else if (before !== null || after !== "") addChange(context, labelOf(name), before, after);
  }
  for (const [name, before] of page?.fields ?? [])
    if (page && !sent.has(name) && !CARRIERS.has(name) && before !== "")
      addChange(context, labelOf(name), before, "(off)");
  for (const [name, after] of same)
    if (/^_(iid|section|fid|mbox|name|email)$/.test(name)) addChange(context, labelOf(name), after, after);
  for (const { name, value: text } of context.wire.query.fields)
    if (!CARRIERS.has(name)) addChange(context, name, null, text);
}

export async function readSettings(context: Context): Promise<void> {
  const { wire, entry, meaning } = context;
  const names = readings(wire, "_name");
  meaning.title = names.join(" or ").slice(0, 4000);
  if (entry.action === "save-pref") {
    if (
      names.length === 1 &&
      LAYOUT.test(names[0] ?? "") &&
      readings(wire, "_session").every((s) => s === "" || s === "list_attrib/columns")
    )
      context.verb = "site.housekeeping";
    addChanges(context, null);
    return;
  }
  if (
    entry.action === "plugin.managesieve-action" &&
    readings(wire, "_act").every((a) => /^(list|ruleadd|actionadd|addresses)$/.test(a)) &&
    readings(wire, "_act").length === 1
  )
    context.verb = "site.housekeeping";
  const kinds = bodyFields(wire).filter((f) => /^_action_type\b/.test(f.name) || f.name === "rawsetcontent");
  const sendsOn = readings(wire, "vacation_action").some((a) => /redirect|copy/i.test(a));
  if (sendsOn || kinds.some((f) => /redirect/i.test(f.value))) context.verb = "mail.set-forwarding";
  const address = formAddress(wire, entry.action);
  const page = address === null ? null : await pageAt(context.reads, address);
  if (address !== null && !page) context.doubts.add("Roundcube did not say what the setting is now.");
  addChanges(context, page);
  addAddresses(context, entry.action);
  if (meaning.changes.length > 500) throw new Error("These settings are too many to be shown.");
}

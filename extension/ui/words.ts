// Verb, state and answer -> the words a person reads. Pure tables and small sentences.
// Must never soften what a yes would do: the primary button says how narrow it is.
import type { Verb } from "../../shared/action.ts";
import type { RowState } from "../../shared/audit.ts";
import { recipients, type Meaning, type PersonField } from "../../shared/meaning.ts";

/** [what it wants to do, what it did]. */
const VERB_WORDS: Readonly<Record<Verb, readonly [string, string]>> = {
  "mail.read": ["read mail", "Read mail"],
  "mail.search": ["search the mail", "Searched the mail"],
  "mail.draft": ["save a draft", "Saved a draft"],
  "mail.upload": ["attach a file", "Attached a file"],
  "mail.mark": ["mark messages", "Marked messages"],
  "mail.send": ["send a message", "Sent a message"],
  "mail.reply": ["send a reply", "Sent a reply"],
  "mail.forward": ["forward a message", "Forwarded a message"],
  "mail.schedule-send": ["send a message later", "Scheduled a message"],
  "mail.redirect": ["pass a message on as it is", "Passed a message on"],
  "mail.delete": ["delete messages", "Deleted messages"],
  "mail.purge": ["delete messages for good", "Deleted messages for good"],
  "mail.move": ["move messages", "Moved messages"],
  "mail.archive": ["archive messages", "Archived messages"],
  "mail.label": ["label messages", "Labelled messages"],
  "mail.report-spam": ["report messages as junk", "Reported messages as junk"],
  "mail.download": ["download from the mailbox", "Downloaded from the mailbox"],
  "mail.set-filter": ["change a mail filter", "Changed a mail filter"],
  "mail.set-forwarding": ["forward your incoming mail", "Set up forwarding"],
  "mail.delegate": ["let somebody into your mailbox", "Let somebody into the mailbox"],
  "mail.change-settings": ["change mail settings", "Changed mail settings"],
  "calendar.read": ["read the calendar", "Read the calendar"],
  "calendar.create": ["add an event", "Added an event"],
  "calendar.update": ["change an event", "Changed an event"],
  "calendar.delete": ["delete events", "Deleted events"],
  "calendar.invite": ["invite people", "Invited people"],
  "calendar.respond": ["answer an invitation", "Answered an invitation"],
  "calendar.share": ["share a calendar", "Shared a calendar"],
  "calendar.publish": ["publish a calendar", "Published a calendar"],
  "calendar.delegate": ["let somebody manage your calendar", "Let somebody manage the calendar"],
  "calendar.change-settings": ["change calendar settings", "Changed calendar settings"],
  "account.consent": ["let another program into the account", "Let another program into the account"],
  "account.app-password": ["make an app password", "Made an app password"],
  "account.recovery": ["change how the account is recovered", "Changed how the account is recovered"],
  "account.export": ["export the account", "Exported the account"],
  "account.sending-address": ["change a sending address", "Changed a sending address"],
  "account.protocol-access": ["open the account to mail programs", "Opened the account to mail programs"],
  "site.sign-in": ["sign in", "Signed in"],
  "site.sign-out": ["sign out", "Signed out"],
  "site.housekeeping": ["do routine work of the site", "Routine work of the site"],
  "site.unknown": ["do something Countersign does not know", "Did something Countersign does not know"],
};

export const wants = (verb: Verb): string => VERB_WORDS[verb][0];
export const did = (verb: Verb): string => VERB_WORDS[verb][1];
export const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
/** As the title of a history row: what was wanted until it is known to have happened. */
export const rowTitle = (verb: Verb, state: RowState | null): string =>
  state === "sent" ? did(verb) : sentence(wants(verb));

export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

export const FIELD_WORDS: Readonly<Record<PersonField, string>> = {
  from: "From",
  to: "To",
  cc: "Cc",
  bcc: "Bcc",
  replyTo: "Replies",
  redirect: "To",
  forwardTo: "To",
  guest: "Guest",
  grantee: "Gets",
  mentioned: "Named",
};

export type Tone = "wait" | "rule" | "yes" | "stop" | "odd";
export const STATE_WORDS: Readonly<Record<RowState, { readonly words: string; readonly tone: Tone }>> = {
  waiting: { words: "waiting for you", tone: "wait" },
  allowed: { words: "let through by rule", tone: "rule" },
  approved: { words: "approved by you", tone: "yes" },
  refused: { words: "refused by you", tone: "stop" },
  denied: { words: "stopped by rule", tone: "stop" },
  expired: { words: "no answer, refused", tone: "stop" },
  withdrawn: { words: "taken back by the page", tone: "rule" },
  sending: { words: "on its way", tone: "wait" },
  sent: { words: "done", tone: "yes" },
  failed: { words: "allowed, but the site said no", tone: "odd" },
  "may have been sent": { words: "may have been sent", tone: "odd" },
};

export const MAILS: ReadonlySet<Verb> = new Set(["mail.send", "mail.reply", "mail.forward", "mail.schedule-send"]);

/** Under the Refuse button: what a no leaves behind. */
export const refuseSub = (verb: Verb): string => (MAILS.has(verb) ? "it stays a draft" : "nothing changes");

export interface ButtonWords {
  readonly main: string;
  readonly sub: string;
}

interface Counts {
  readonly these: string;
  readonly parcel: string;
  readonly people: string;
}
const EXACTLY: ButtonWords = { main: "Allow once", sub: "exactly this, nothing more" };
const YES: Partial<Record<Verb, (counts: Counts) => ButtonWords>> = {
  "mail.send": ({ parcel }) => ({ main: "Send once", sub: parcel }),
  "mail.reply": ({ parcel }) => ({ main: "Send once", sub: parcel }),
  "mail.forward": ({ parcel }) => ({ main: "Forward once", sub: parcel }),
  "mail.schedule-send": ({ parcel }) => ({ main: "Schedule once", sub: parcel }),
  "mail.redirect": ({ people }) => ({ main: "Pass on once", sub: `as it is, ${people}` }),
  "mail.delete": ({ these }) => ({ main: "Delete once", sub: these }),
  "mail.purge": ({ these }) => ({ main: "Delete for good", sub: `${these}, once` }),
  "mail.move": ({ these }) => ({ main: "Move once", sub: these }),
  "mail.archive": ({ these }) => ({ main: "Archive once", sub: these }),
  "mail.label": ({ these }) => ({ main: "Mark once", sub: these }),
  "mail.mark": ({ these }) => ({ main: "Mark once", sub: these }),
  "mail.report-spam": ({ these }) => ({ main: "Report once", sub: these }),
  "mail.download": () => ({ main: "Download once", sub: "exactly this" }),
  "mail.set-forwarding": () => ({ main: "Change forwarding", sub: "exactly so, once" }),
  "mail.set-filter": () => ({ main: "Save this filter", sub: "exactly so, once" }),
  "calendar.invite": ({ people }) => ({ main: "Invite once", sub: people }),
  "calendar.share": ({ people }) => ({ main: "Share once", sub: `with ${people}` }),
  "calendar.delete": ({ these }) => ({ main: "Delete once", sub: these }),
  "site.sign-in": () => ({ main: "Sign in once", sub: "to this account" }),
  "site.unknown": () => ({ main: "Let it through", sub: "once, effect not known" }),
};

/** The narrowest yes, said so that nobody takes it for more than it is. */
export function yesWords(meaning: Meaning): ButtonWords {
  const count = meaning.items.length + meaning.more;
  const thing = meaning.verb.startsWith("calendar.") ? "event" : "message";
  const people = plural(recipients(meaning).length, "address", "addresses");
  const files = meaning.attachments.length > 0 ? `, ${plural(meaning.attachments.length, "file")}` : "";
  const counts = {
    these: count === 1 ? `this ${thing}` : `these ${plural(count, thing)}`,
    parcel: `this text${files}, ${people}`,
    people,
  };
  return YES[meaning.verb]?.(counts) ?? EXACTLY;
}

/** What happens on a yes, under "If you allow". */
export function ifAllowed(verb: Verb): string {
  const leaves =
    MAILS.has(verb) || verb === "mail.redirect" ? "This leaves, at most once." : "This is done, at most once.";
  return `${leaves} If anything in it changes, you are asked again.`;
}

const SIZES = ["bytes", "kB", "MB", "GB"];
/** 5 242 880 -> "5.2 MB". */
export function sizeWords(size: number | null): string {
  if (size === null) return "size not known";
  let value = size;
  let unit = 0;
  for (; value >= 1000 && unit < SIZES.length - 1; unit++) value /= 1000;
  return `${value.toFixed(unit > 0 && value < 10 ? 1 : 0)} ${SIZES[unit] ?? ""}`;
}

/** Sites by id, as people call them; a test holds this to the site files. */
export const SITE_NAMES: Readonly<Record<string, string>> = { roundcube: "Roundcube", playground: "Playground" };
export const siteName = (id: string): string => SITE_NAMES[id] ?? id;

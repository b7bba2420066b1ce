// Verbs as a person would say them, for the terminal.
// Must never make a verb sound smaller than it is; what is not listed is shown as it is called.
import type { Verb } from "../../shared/action.ts";

const WORDS: Partial<Record<Verb, string>> = {
  "mail.send": "Send a message",
  "mail.reply": "Send a reply",
  "mail.forward": "Forward a message",
  "mail.schedule-send": "Send a message later",
  "mail.redirect": "Redirect a message to somebody else",
  "mail.delete": "Delete messages",
  "mail.purge": "Delete messages for good",
  "mail.move": "Move messages",
  "mail.archive": "Archive messages",
  "mail.mark": "Mark messages",
  "mail.label": "Label messages",
  "mail.report-spam": "Report messages as spam",
  "mail.draft": "Save a draft",
  "mail.upload": "Upload an attachment",
  "mail.set-filter": "Change a filter that acts on every message",
  "mail.set-forwarding": "Forward all future mail",
  "mail.delegate": "Let somebody else into this mailbox",
  "mail.change-settings": "Change mail settings",
  "calendar.create": "Create an event",
  "calendar.update": "Change an event",
  "calendar.delete": "Delete an event",
  "calendar.invite": "Invite people",
  "calendar.respond": "Answer an invitation",
  "calendar.share": "Share a calendar",
  "calendar.publish": "Publish a calendar",
  "account.consent": "Let another program into this account",
  "account.app-password": "Make a password for another program",
  "account.export": "Export the account",
  "site.unknown": "Do something that is not understood",
};

export function verbWords(verb: Verb): string {
  return WORDS[verb] ?? verb.replace(".", ": ").replaceAll("-", " ");
}

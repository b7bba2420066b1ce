// What an agent is about to do, in the words every room uses: verbs, actors, evidence, GuardedAction.
// Pure data: never reads a page, a clock or a socket.
import type { Meaning } from "./meaning.ts";

/** Every verb, `area.verb`. `site.*` are what any web application needs; `site.unknown` is a write nobody understood. */
export const VERBS = [
  "mail.read",
  "mail.search",
  "mail.draft",
  "mail.upload",
  "mail.mark",
  "mail.send",
  "mail.reply",
  "mail.forward",
  "mail.schedule-send",
  "mail.redirect",
  "mail.delete",
  "mail.purge",
  "mail.move",
  "mail.archive",
  "mail.label",
  "mail.report-spam",
  "mail.download",
  "mail.set-filter",
  "mail.set-forwarding",
  "mail.delegate",
  "mail.change-settings",
  "calendar.read",
  "calendar.create",
  "calendar.update",
  "calendar.delete",
  "calendar.invite",
  "calendar.respond",
  "calendar.share",
  "calendar.publish",
  "calendar.delegate",
  "calendar.change-settings",
  "account.consent",
  "account.app-password",
  "account.recovery",
  "account.export",
  "account.sending-address",
  "account.protocol-access",
  "site.sign-in",
  "site.sign-out",
  "site.housekeeping",
  "site.unknown",
] as const;
export type Verb = (typeof VERBS)[number];

/** Groups the profile speaks about; a verb stands in exactly one (test/shared/action.test.ts holds us to it). */
export const VERB_GROUPS = {
  reading: ["mail.read", "mail.search", "mail.download", "calendar.read"],
  drafting: ["mail.draft", "mail.upload"],
  sending: ["mail.send", "mail.reply", "mail.forward", "mail.schedule-send", "calendar.invite", "calendar.respond"],
  tidying: [
    "mail.mark",
    "mail.delete",
    "mail.move",
    "mail.archive",
    "mail.label",
    "mail.report-spam",
    "calendar.create",
    "calendar.update",
    "calendar.delete",
  ],
  lasting: [
    "mail.redirect",
    "mail.purge",
    "mail.set-filter",
    "mail.set-forwarding",
    "mail.delegate",
    "mail.change-settings",
    "calendar.share",
    "calendar.publish",
    "calendar.delegate",
    "calendar.change-settings",
    "account.consent",
    "account.app-password",
    "account.recovery",
    "account.export",
    "account.sending-address",
    "account.protocol-access",
  ],
  running: ["site.sign-in", "site.sign-out", "site.housekeeping"],
  unknown: ["site.unknown"],
} as const satisfies Record<string, readonly Verb[]>;
export type VerbGroup = keyof typeof VERB_GROUPS;

/** Verbs whose effect carries text or rights to people; these must name at least one recipient or be denied. */
export const OUTGOING: readonly Verb[] = [
  "mail.send",
  "mail.reply",
  "mail.forward",
  "mail.schedule-send",
  "mail.redirect",
  "calendar.invite",
  "calendar.share",
];

export interface Evidence {
  /** Short machine name, e.g. "gesture.untrusted", "webdriver". */
  readonly what: string;
  /** -100 (person) .. 100 (agent). */
  readonly weight: number;
  /** One plain sentence for the record. */
  readonly say: string;
}

export interface Actor {
  readonly kind: "agent" | "presumed person" | "unknown";
  readonly name: string | null;
  readonly evidence: readonly Evidence[];
}

export interface GuardedAction {
  /** UUID made by the background; names the action in every record. */
  readonly id: string;
  /** Site file id, e.g. "roundcube". */
  readonly site: string;
  readonly verb: Verb;
  readonly meaning: Meaning;
  /** Scheme, host and port the request came from, as stamped by the browser. */
  readonly origin: string;
  readonly tab: number | null;
  readonly frame: number | null;
  /** ISO 8601, the background's clock. */
  readonly seenAt: string;
  readonly layer: "event" | "request";
  /** True only when the bytes parse canonically and the site file lists the request as one that may pass unasked. */
  readonly canonical: boolean;
}

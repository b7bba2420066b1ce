// Meanings for looking at the popup, one for each thing that may be asked: people at .example and .test only.
import { emptyMeaning, type Meaning, type Person } from "../../../shared/meaning.ts";

export const ACCOUNT = "alex@acme.example";
const person = (field: Person["field"], address: string, name = ""): Person => ({ field, address, name });
export const meaningOf = (verb: Meaning["verb"], part: Partial<Meaning>): Meaning => ({
  ...emptyMeaning("roundcube", ACCOUNT, verb),
  ...part,
});

const REPLY = `Hi Maria,

the contract can be signed on 3 December. For your planning: Lindholm moves to 79,500 and Berg to 84,000 from 1 October, so the team stays as it is.

Kind regards
Alex`;
const me = person("from", ACCOUNT, "Alex Berg");
/** Three people nobody has written to. */
export const three = [
  person("to", "maria.lindqvist@northgate.example", "Maria Lindqvist"),
  person("cc", "piotr.nowak@northgate.example"),
  person("cc", "deals@northgate.example", "Deals"),
];

export const MEANINGS = {
  "new-people": meaningOf("mail.reply", {
    people: [me, ...three],
    title: "Re: Contract timing",
    thread: "Contract timing, from Maria Lindqvist",
    text: REPLY,
    source: "ab",
  }),
  "known-people": meaningOf("mail.reply", {
    people: [me, person("to", "ana.ruiz@acme.example", "Ana Ruiz"), person("cc", "jo.berg@acme.example", "Jo Berg")],
    title: "Re: Lunch on Friday",
    text: "Friday works for both of us. Shall we say half past twelve?\n\nAlex",
    source: "ab",
  }),
  lookalike: meaningOf("mail.forward", {
    people: [
      me,
      person("to", "maria@nоrthgate.example", "Maria Lindqvist <maria@northgate.example>"),
      person("cc", "billing@xn--nrthgate-56a.example"),
      person("bcc", "archive\u200b@northgate-mail.example"),
      person("cc", "jo.berg@northgate.example"),
      person("replyTo", "alex.berg@freemail.example"),
    ],
    title: "Fwd: Q3 salaries",
    text: "As agreed.",
    source: "ab",
  }),
  doubts: meaningOf("mail.send", {
    people: [me, person("to", "ana.ruiz@acme.example"), person("bcc", "drop@collector.test")],
    title: "Minutes",
    text: "Minutes of today are below.",
    source: "ab",
    doubts: [
      "The field “_bcc” comes twice; the server may use either value.",
      "There are 1,104 fields; servers stop reading after 1,000.",
    ],
  }),
  "hidden-text": meaningOf("mail.send", {
    people: [me, person("to", "supplier@northgate.example", "Supplier")],
    title: "Order 4711",
    text: "Please confirm the order.\u202e Total 1.200,00\u202c\nThank you.",
    hidden: "IBAN XX00 0000 0000 0000; forward this to accounts and pay before noon.\nsecond\u200b\u200b\u200bline",
    source: "ab",
    links: [
      { href: "https://northgate.example/orders/4711", host: "northgate.example" },
      { href: "https://northgate.example@collector.test/login?next=/orders", host: "collector.test" },
    ],
    images: [{ src: "https://collector.test/p.gif?m=alex@acme.example", host: "collector.test" }],
  }),
  "long-message": meaningOf("mail.send", {
    people: [me, person("to", "board@acme.example", "Board")],
    title: "Quarterly report, with every figure that was asked for in the meeting of last Thursday",
    text: Array.from(
      { length: 60 },
      (_, n) =>
        `${n + 1}. In region ${n + 1} the figures stand as they stood, with a change of ${(n * 37) % 19} per cent against last year.`,
    ).join("\n\n"),
    source: "ab",
  }),
  "many-recipients": meaningOf("mail.send", {
    people: [
      me,
      ...Array.from({ length: 14 }, (_, n) =>
        person(n < 2 ? "to" : "bcc", `customer.${n + 1}@client-${n + 1}.example`),
      ),
      ...Array.from({ length: 9 }, (_, n) => person("cc", `colleague.${n + 1}@acme.example`, `Colleague ${n + 1}`)),
    ],
    title: "New price list",
    text: "Please find the new price list attached.",
    source: "ab",
    attachments: [{ name: "prices-2026.pdf", size: 482_113, sha256: "9f".repeat(32) }],
  }),
  "attachments-unseen": meaningOf("mail.forward", {
    people: [me, person("to", "ana.ruiz@acme.example", "Ana Ruiz")],
    title: "Fwd: scans",
    text: "Here are the scans.",
    source: "ab",
    attachments: [
      { name: "scan-1.pdf", size: 5_242_880, sha256: "1a".repeat(32) },
      { name: "export\u202efdp.zip", size: null, sha256: null },
    ],
  }),
  delete: meaningOf("mail.delete", {
    items: Array.from({ length: 12 }, (_, n) => ({
      label: `Newsletter no. ${n + 30}`,
      detail: `news@shop-${n}.example, ${n + 1} November`,
    })),
    place: "Trash",
  }),
  filter: meaningOf("mail.set-filter", {
    title: "Tidy invoices",
    people: [person("redirect", "books@ledger.test")],
    changes: [
      { label: "When", before: null, after: "subject contains “invoice”" },
      { label: "Then", before: "move to “Invoices”", after: "send on to books@ledger.test, then delete" },
    ],
  }),
  forwarding: meaningOf("mail.set-forwarding", {
    people: [person("forwardTo", "alex.berg@freemail.test")],
    changes: [{ label: "Forward incoming mail", before: "", after: "alex.berg@freemail.test" }],
  }),
  unknown: meaningOf("site.unknown", {
    title: "POST /?_task=addressbook&_action=plugin.sync",
    text: "_remote=1&_token=…&_cid[]=17&_cid[]=18",
    doubts: ["No part of the site file explains this request."],
    source: "ab",
  }),
} satisfies Record<string, Meaning>;

// Questions and guard states for looking at the pages: people at .example and .test only.
import { emptyMeaning, meaningDigest, type Meaning, type Person } from "../../../shared/meaning.ts";
import type { GuardState } from "../../../extension/messages.ts";
import type { Question } from "../../../shared/protocol.ts";

export const ACCOUNT = "alex@acme.example";
const person = (field: Person["field"], address: string, name = ""): Person => ({ field, address, name });
export const meaningOf = (verb: Meaning["verb"], part: Partial<Meaning>): Meaning => ({
  ...emptyMeaning("roundcube", ACCOUNT, verb),
  ...part,
});

let made = 0;
/** A question asked just now, with two minutes left unless said otherwise. */
export async function ask(meaning: Meaning, part: Partial<Question> = {}): Promise<Question> {
  made += 1;
  return {
    approvalId: `ap-${made}`,
    actionId: `ac-${made}`,
    digest: await meaningDigest(meaning),
    verb: meaning.verb,
    meaning,
    origin: "https://mail.acme.example",
    actor: {
      kind: "agent",
      name: null,
      evidence: [
        { what: "profile.agents", weight: 60, say: "This browser profile is an agent's own." },
        { what: "pointer.jump", weight: 20, say: "The pointer jumped to the button." },
      ],
    },
    rules: [{ id: "ask-sending", say: "You are asked before anything is sent to anyone." }],
    newPeople: [],
    askedAt: new Date(Date.now() - 8_000).toISOString(),
    until: new Date(Date.now() + 112_000).toISOString(),
    channel: "popup",
    channelWhy: "",
    joined: 1,
    ...part,
  };
}

export const guard = (part: Partial<GuardState> = {}): GuardState => ({
  link: { state: "connected", profile: "Assistant", companion: "0.1.0" },
  questions: [],
  debugging: "",
  stopped: false,
  sites: [
    {
      origin: "https://mail.acme.example",
      site: "roundcube",
      name: "Roundcube",
      checks: [
        { what: "permission", ok: true, say: "Countersign may see this address." },
        { what: "wall", ok: true, say: "Requests that change something are blocked unless Countersign sends them." },
        { what: "page", ok: true, say: "The page is Roundcube." },
      ],
    },
  ],
  refusals: [],
  clockSkewMs: 0,
  ...part,
});

const REPLY = `Hi Maria,

the contract can be signed on 3 December. For your planning: Lindholm moves to 79,500 and Berg to 84,000 from 1 October, so the team stays as it is.

Kind regards
Alex`;
const me = person("from", ACCOUNT, "Alex Berg");
const three = [
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

const FRESH: Partial<Record<keyof typeof MEANINGS, readonly string[]>> = {
  "new-people": three.map((each) => each.address),
  lookalike: [
    "maria@nоrthgate.example",
    "billing@xn--nrthgate-56a.example",
    "archive\u200b@northgate-mail.example",
    "alex.berg@freemail.example",
  ],
  doubts: ["drop@collector.test"],
  "hidden-text": ["supplier@northgate.example"],
  "many-recipients": Array.from({ length: 14 }, (_, n) => `customer.${n + 1}@client-${n + 1}.example`),
  filter: ["books@ledger.test"],
  forwarding: ["alex.berg@freemail.test"],
};
const RULES: Partial<Record<keyof typeof MEANINGS, Question["rules"][number]>> = {
  delete: { id: "ask-delete", say: "You are asked before anything is deleted or reported as spam." },
  filter: {
    id: "ask-lasting",
    say: "You are asked before a filter, forwarding, a share, a setting or another change that lasts is made.",
  },
  forwarding: {
    id: "ask-lasting",
    say: "You are asked before a filter, forwarding, a share, a setting or another change that lasts is made.",
  },
  unknown: { id: "ask-unknown", say: "You are asked before anything is done that is not understood." },
};

export async function question(name: keyof typeof MEANINGS, part: Partial<Question> = {}): Promise<Question> {
  const rule = RULES[name];
  return ask(MEANINGS[name], { newPeople: [...(FRESH[name] ?? [])], ...(rule ? { rules: [rule] } : {}), ...part });
}

export const RAISED = {
  channel: "terminal",
  channelWhy: "This browser is under remote debugging; whatever drives it could press a yes here.",
} as const;

/** Every state of the popup by the name of its picture. */
export async function popupStates(): Promise<Record<string, GuardState>> {
  const states: Record<string, GuardState> = {};
  for (const name of Object.keys(MEANINGS) as (keyof typeof MEANINGS)[]) {
    states[name] = guard({ questions: [await question(name)] });
  }
  return {
    ...states,
    raised: guard({ questions: [await question("new-people", RAISED)], debugging: RAISED.channelWhy }),
    waiting: guard({ questions: [await question("new-people"), await question("delete"), await question("filter")] }),
    expired: guard({ questions: [await question("new-people", { until: new Date(Date.now() - 1000).toISOString() })] }),
    differs: guard({ questions: [await question("new-people", { digest: "0".repeat(64) })] }),
    idle: guard({
      refusals: [
        {
          digest: "c".repeat(64),
          words: "Forward “Q3 salaries” to maria@northgate-mail.example",
          at: new Date(Date.now() - 600_000).toISOString(),
          until: new Date(Date.now() + 3_000_000).toISOString(),
        },
      ],
    }),
    unpaired: guard({ link: { state: "unpaired" }, sites: [] }),
    away: guard({
      link: { state: "away", since: new Date(Date.now() - 300_000).toISOString(), why: "the connection was refused" },
    }),
    stranger: guard({ link: { state: "stranger", port: 47113 } }),
    "other-build": guard({ link: { state: "other-build", companion: "0.2.0", extension: "0.1.0" } }),
    stopped: guard({ stopped: true }),
  };
}

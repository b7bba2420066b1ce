// A day of history for looking at the page: records folded as the background folds them.
import { fold, type AuditRecord, type NewRecord, type Row, type Summary } from "../../../shared/audit.ts";
import { termsOf, type StoredRow } from "../../../extension/history-store.ts";
import type { Person } from "../../../shared/meaning.ts";

const ACCOUNT = "alex@acme.example";
type Decided = Extract<AuditRecord, { kind: "decided" }>;

export const summary = (verb: Summary["verb"], part: Partial<Summary> = {}): Summary => ({
  site: "roundcube",
  account: ACCOUNT,
  verb,
  people: [],
  title: "",
  place: null,
  items: [],
  count: 0,
  attachments: [],
  changes: [],
  links: [],
  doubts: [],
  text: null,
  ...part,
});
const to = (address: string, field: Person["field"] = "to"): Person => ({ field, address, name: "" });

let seq = 12_300;
const record = (at: Date, part: NewRecord): AuditRecord => {
  seq += 1;
  return { ...part, seq, at: at.toISOString() };
};

export function decided(at: Date, part: Partial<Decided> & { summary: Summary }): AuditRecord {
  return record(at, {
    kind: "decided",
    action: `action-${seq}`,
    digest: "4be1".repeat(16),
    origin: "https://mail.acme.example",
    actor: {
      kind: "agent",
      name: null,
      evidence: ["This browser profile is an agent's own.", "The pointer jumped to the button."],
    },
    verdict: "allow",
    because: null,
    rules: [{ id: "reading", say: "Your agent may read, search and download mail, and read the calendar." }],
    approval: null,
    newPeople: [],
    browser: "Chromium 156",
    ...part,
  });
}

/** Rows of one action: what was decided, and what followed after some seconds each. */
function story(
  at: Date,
  part: Parameters<typeof decided>[1],
  ...then: readonly [number, "approved" | "refused" | "expired" | "spent" | "sent" | "failed" | "may have been sent"][]
): Row {
  const first = decided(at, part);
  let row = fold(undefined, first);
  const action = "action" in first ? first.action : "";
  for (const [seconds, what] of then) {
    const when = new Date(at.getTime() + seconds * 1000);
    const next: NewRecord =
      what === "spent"
        ? { kind: "spent", action, approval: null, digest: "4be1".repeat(16) }
        : what === "sent" || what === "failed" || what === "may have been sent"
          ? { kind: "outcome", action, outcome: what, note: what === "failed" ? "The site answered 500." : "" }
          : { kind: "answered", action, approval: "ap", state: what, channel: what === "expired" ? null : "popup" };
    row = fold(row, record(when, next));
  }
  if (!row) throw new Error("A story begins with a decision.");
  return row;
}

const stored = (row: Row): StoredRow => ({
  ...row,
  order: row.seq,
  verb: row.decided?.summary.verb ?? "",
  verdict: row.decided?.verdict ?? "",
  people: row.decided?.summary.people.map(({ address }) => address.toLowerCase()) ?? [],
  terms: termsOf([row.decided?.summary.title, row.decided?.because, row.words, row.decided?.summary.place].join(" ")),
});

const ASK = {
  verdict: "ask" as const,
  rules: [{ id: "ask-sending", say: "You are asked before anything is sent to anyone." }],
};

/** A day that ends at `now`, oldest first. */
export function aDay(now: Date): StoredRow[] {
  const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
  const rows: Row[] = [];
  for (const [minutes, count] of [
    [1500, 3],
    [420, 6],
    [360, 14],
    [300, 9],
    [240, 4],
    [120, 11],
    [60, 7],
  ] as const) {
    for (let n = 0; n < count; n++) {
      rows.push(
        story(ago(minutes - n), {
          summary: summary("mail.read", { title: n % 2 ? "Contract timing" : "Newsletter no. 41" }),
        }),
      );
    }
  }
  const guardRow = (at: Date, part: NewRecord) => {
    const row = fold(undefined, record(at, part));
    if (row) rows.push(row);
  };
  rows.push(
    story(
      ago(290),
      {
        summary: summary("mail.reply", { title: "Re: Lunch on Friday", people: [to("ana.ruiz@acme.example")] }),
        ...ASK,
      },
      [9, "approved"],
      [9, "spent"],
      [10, "sent"],
    ),
    story(ago(235), {
      summary: summary("mail.set-forwarding", {
        people: [to("alex.berg@freemail.test", "forwardTo")],
        changes: ["Forward incoming mail: nothing -> alex.berg@freemail.test"],
      }),
      verdict: "deny",
      because: "Filters, forwarding, sharing, settings and other changes that last are never made by an agent.",
      rules: [
        {
          id: "never-lasting",
          say: "Filters, forwarding, sharing, settings and other changes that last are never made by an agent.",
        },
      ],
      newPeople: ["alex.berg@freemail.test"],
    }),
    story(
      ago(118),
      {
        summary: summary("mail.delete", {
          count: 42,
          items: ["Newsletter no. 30", "Newsletter no. 31"],
          place: "Trash",
        }),
        ...ASK,
      },
      [150, "expired"],
    ),
  );
  guardRow(ago(95), {
    kind: "gap",
    from: ago(96).toISOString(),
    until: ago(95).toISOString(),
    why: "For 38 seconds: the extension was reloaded.",
  });
  guardRow(ago(80), {
    kind: "incident",
    what: "A write went past Countersign",
    detail: "POST to mail.acme.example from a tab that was closed to agents.",
    origin: null,
  });
  rows.push(
    story(
      ago(64),
      {
        summary: summary("mail.draft", { title: "Re: Contract timing" }),
        rules: [{ id: "drafting", say: "Your agent may write drafts and upload attachments to them." }],
      },
      [0, "spent"],
      [1, "sent"],
    ),
    story(
      ago(41),
      {
        summary: summary("mail.send", {
          title: "Minutes",
          people: [to("board@acme.example")],
          attachments: [{ name: "minutes.pdf", size: 88_201, sha256: "5d".repeat(32) }],
        }),
        ...ASK,
      },
      [21, "approved"],
      [21, "spent"],
      [24, "may have been sent"],
    ),
    story(
      ago(22),
      {
        summary: summary("mail.forward", {
          title: "Q3 salaries",
          people: [to("maria@northgate-mail.example")],
          doubts: [],
        }),
        ...ASK,
        newPeople: ["maria@northgate-mail.example"],
      },
      [14, "refused"],
    ),
    story(ago(2), {
      summary: summary("mail.reply", {
        title: "Re: Contract timing",
        people: [
          to("maria.lindqvist@northgate.example"),
          to("piotr.nowak@northgate.example", "cc"),
          to("deals@northgate.example", "cc"),
        ],
        links: ["https://northgate.example/contract"],
      }),
      ...ASK,
      newPeople: ["maria.lindqvist@northgate.example", "piotr.nowak@northgate.example", "deals@northgate.example"],
    }),
  );
  return rows
    .map(stored)
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
    .map((row, order) => Object.assign(row, { order: order + 1 }));
}

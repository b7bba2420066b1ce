// The playground served by the companion: five JSON writes, each with its own address.
// Must never claim to understand a body that is not exactly the fields it names.
import type { Verb } from "../../shared/action.ts";
import { emptyMeaning, sha256Hex, type Meaning, type PersonField } from "../../shared/meaning.ts";
import type { Recognised, Site, SiteReads, WireRequest } from "./site.ts";

const ACCOUNT = "alex@acme.example";

interface Write {
  readonly verb: Verb;
  /** Field -> what it is. Every field must be there, and no other. */
  readonly fields: Readonly<Record<string, "people" | "subject" | "text" | "ids" | "thread">>;
  readonly person: PersonField;
}

const WRITES: Readonly<Record<string, Write>> = {
  "/api/draft": { verb: "mail.draft", fields: { to: "people", subject: "subject", text: "text" }, person: "to" },
  "/api/send": {
    verb: "mail.send",
    fields: { to: "people", subject: "subject", text: "text", thread: "thread" },
    person: "to",
  },
  "/api/delete": { verb: "mail.delete", fields: { ids: "ids" }, person: "mentioned" },
  "/api/forwarding": { verb: "mail.set-forwarding", fields: { to: "people" }, person: "forwardTo" },
  "/api/share": { verb: "calendar.share", fields: { with: "people" }, person: "grantee" },
};

const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((v) => typeof v === "string");

function fill(meaning: Meaning, role: string, value: unknown, person: PersonField): boolean {
  if (role === "people" && isStrings(value)) {
    for (const address of value) meaning.people.push({ field: person, address, name: "" });
    return true;
  }
  if (role === "ids" && isStrings(value)) {
    for (const id of value) meaning.items.push({ label: `Letter ${id}`, detail: "" });
    return true;
  }
  if (typeof value !== "string") return false;
  if (role === "subject") meaning.title = value;
  else if (role === "text") meaning.text = value;
  else if (role === "thread") meaning.thread = value === "" ? null : value;
  else return false;
  return true;
}

interface Row {
  readonly id?: unknown;
  readonly subject?: unknown;
  readonly from?: unknown;
}

/** Says of each letter what a person knows it by; a letter that is not in the mailbox keeps its number. */
async function nameItems(meaning: Meaning, reads: SiteReads): Promise<void> {
  if (meaning.items.length === 0) return;
  const { body } = await reads.get("/api/state");
  const state: unknown = JSON.parse(new TextDecoder().decode(body));
  const letters = (state as { readonly letters?: unknown } | null)?.letters;
  if (!Array.isArray(letters)) return;
  const rows = letters as readonly (Row | null)[];
  meaning.items = meaning.items.map((item) => {
    const row = rows.find((each) => typeof each?.id === "string" && item.label === `Letter ${each.id}`);
    if (typeof row?.subject !== "string" || typeof row.from !== "string") return item;
    return { label: row.subject, detail: row.from };
  });
}

async function recognise(request: WireRequest, reads: SiteReads): Promise<Recognised> {
  const write = WRITES[request.url.pathname];
  if (!write || request.method !== "POST" || request.url.search !== "" || !request.body)
    throw new Error(`The playground knows no ${request.method} ${request.url.pathname}.`);
  const source = new TextDecoder("utf-8", { fatal: true }).decode(request.body);
  const body: unknown = JSON.parse(source);
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw new Error("The body is not an object.");
  const reply = write.verb === "mail.send" && (body as Record<string, unknown>).thread !== "";
  const meaning = emptyMeaning("playground", ACCOUNT, reply ? "mail.reply" : write.verb);
  meaning.source = await sha256Hex(request.body);
  const names = Object.keys(body);
  for (const name of names) {
    const role = Object.hasOwn(write.fields, name) ? write.fields[name] : undefined;
    if (!role || !fill(meaning, role, (body as Record<string, unknown>)[name], write.person))
      throw new Error(`The playground does not know what "${name}" says.`);
  }
  if (names.length !== Object.keys(write.fields).length) throw new Error("A field is missing.");
  await nameItems(meaning, reads).catch(() => meaning.doubts.push("The letters could not be looked up."));
  // A second key of the same name, odd spacing or escapes would be read one way here and maybe another way there.
  const canonical = JSON.stringify(body) === source;
  if (!canonical) meaning.doubts.push("The request is written in an unusual way.");
  return { verb: meaning.verb, meaning, canonical, serial: null };
}

export const playground: Site = {
  id: "playground",
  name: "Countersign playground",
  deadlineMs: 150_000,
  guardedGets: [],
  freeGets: [],
  controls: [
    { verb: "mail.reply", selector: "[data-verb=reply]", events: ["click"] },
    { verb: "mail.delete", selector: "[data-verb=delete]", events: ["click"] },
  ],
  recognise,
  refuse: (_request, words) => ({
    how: "answer",
    status: 409,
    contentType: "application/json",
    body: JSON.stringify({ ok: false, say: words }),
  }),
  detect: (html) => html.includes('name="generator" content="Countersign playground"'),
};

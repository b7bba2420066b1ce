// Bodies that two readers read differently, on the real server: sent past everything each does its harm; sent by the
// guarded page each is asked about as the worst it could be, and refused it does nothing.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { mailUser } from "../servers/people.ts";
import type { MailStack } from "../servers/stack.ts";
import { logIn, type WebmailSession } from "../servers/webmail.ts";
import { DRAFT, written } from "../sites/roundcube/mail.ts";
import { attack, openField, type Field } from "./field.ts";

let field: Field;
let direct: WebmailSession;
beforeAll(async () => {
  field = await openField();
  direct = await logIn(field.stack.directUrl, mailUser("alice"));
});
afterAll(() => field.stop());

const VICTIM = "mallory@outside.example";
const FORM = "application/x-www-form-urlencoded";
const SEND = "?_task=mail&_unlock=loading1&_framed=1";

interface Crafted {
  readonly name: string;
  /** One character a byte. */
  readonly body: (save: string, token: string) => string;
  readonly query?: string;
  readonly type?: string;
  readonly harm: (stack: MailStack) => Promise<boolean>;
  readonly verb: string;
  readonly person?: string;
}

const mailed = (stack: MailStack): Promise<boolean> => Promise.resolve(stack.sink.count() > 0);
const reached = (stack: MailStack): Promise<boolean> =>
  Promise.resolve(stack.sink.messages().some((mail) => mail.envelopeTo.includes(VICTIM)));
const emptied =
  (folder: string) =>
  async (stack: MailStack): Promise<boolean> =>
    (await stack.mailbox("alice", folder)).length === 0;
const marked = async (stack: MailStack): Promise<boolean> =>
  (await stack.mailbox("alice", "INBOX")).some(({ flags }) => flags.includes("\\Deleted"));

const real = (save: string): string => save.replace("&_draft=1", "&_draft=");
const many = Array.from({ length: 1100 }, (_, at) => `filler${at}=1`).join("&");
const send = (name: string, change: (save: string) => string, person?: string): Crafted => ({
  name,
  body: change,
  harm: person?.includes("outside") ? reached : mailed,
  verb: "mail.send",
  ...(person === undefined ? {} : { person }),
});
const parts = (save: string, more: string): string =>
  `${save
    .split("&")
    .map((pair) => pair.split("=").map((t) => decodeURIComponent(t.replaceAll("+", " "))))
    .map(([name, value]) => `--b1\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    .join("")}${more}--b1--\r\n`;
const multipart = (name: string, more: string): Crafted => ({
  ...send(name, (save) => parts(real(save), more), VICTIM),
  type: "multipart/form-data; boundary=b1",
});

const PURGE = "?_task=mail&_action=purge&_uid=1-INBOX&_remote=1";
const CRAFTED: readonly Crafted[] = [
  send("_draft=1&_draft=0", (save) => `${save}&_draft=0`),
  send("the draft's mark behind 1,100 fields", (save) => `${save.replace("&_draft=1", "")}&${many}&_draft=1`),
  send("a null character in a name", (save) => `${save}&_draft%00x=`),
  send(".draft", (save) => `${save}&.draft=`),
  send("a blank before a name", (save) => `${save}&+_draft=`),
  send(".bcc", (save) => `${real(save)}&.bcc=${VICTIM}`, VICTIM),
  send("_bcc with a null character behind it", (save) => `${real(save)}&_bcc%00=${VICTIM}`, VICTIM),
  send("%5Fbcc", (save) => `${real(save)}&%5Fbcc=${VICTIM}`, VICTIM),
  send("a second _bcc", (save) => `${real(save)}&_bcc=${VICTIM}`, VICTIM),
  send("a second equals sign", (save) => real(save).replace("&_bcc=", `&_bcc==?utf-8?q?x?=+<${VICTIM}>`), VICTIM),
  send(
    "an address in the name of another",
    (save) => real(save).replace("&_bcc=", `&_bcc=bob@example.test+<${VICTIM}>`),
    VICTIM,
  ),
  send(
    "an address that is broken until the server mends it",
    (save) => real(save).replace("&_bcc=", "&_bcc=mal%FFlory@outside.example"),
    VICTIM,
  ),
  send(
    "a line break between addresses",
    (save) => real(save).replace("&_bcc=", `&_bcc=bob@example.test%0A${VICTIM}`),
    VICTIM,
  ),
  send(
    "a charset of its own",
    (save) => `${real(save).replace("&_bcc=", "&_bcc=mallory%EF%BC%A0@outside.example")}&_charset=US-ASCII`,
    "mallory\uff20@outside.example",
  ),
  send("another text under _pgpmime", (save) => `${real(save)}&_pgpmime=${encodeURIComponent("Something else")}`),
  send("a sender of its own", (save) => real(save).replace("&_from=1", "&_from=Boss+<boss@northgate.example>")),
  { ...send("a content type of two", real), type: `${FORM}, text/plain` },
  multipart(
    "a part with two names",
    `--b1\r\nContent-Disposition: form-data; name="x"; name="_bcc"\r\n\r\n${VICTIM}\r\n`,
  ),
  multipart(
    "a part whose name is not quoted",
    `--b1\r\nContent-Disposition: form-data; name=_bcc\r\n\r\n${VICTIM}\r\n`,
  ),
  multipart("a part with a dot", `--b1\r\nContent-Disposition: form-data; name=".bcc"\r\n\r\n${VICTIM}\r\n`),
  {
    name: "a draft that takes the place of all drafts",
    body: (save) => save.replace("&_draft_saveid=", "&_draft_saveid=1:*"),
    harm: async (stack) => !(await stack.mailbox("alice", "Drafts")).some(({ subject }) => /Delivery/.test(subject)),
    verb: "mail.send",
  },
  {
    name: "a send that is only stored, by the address",
    body: real,
    query: `${SEND}&_saveonly=1`,
    harm: async (stack) => (await stack.mailbox("alice", "Sent")).some(({ subject }) => subject.startsWith("Crafted")),
    verb: "mail.send",
  },
  {
    name: "a mark that deletes, cut in two by a tag",
    body: (_save, token) => `_flag=de<b>leted&_uid=1&_mbox=INBOX&_remote=1&_token=${token}`,
    query: "?_task=mail&_action=mark",
    harm: marked,
    verb: "mail.delete",
  },
  {
    name: "an empty folder asked for, another one named in the address",
    body: (_save, token) => `_mbox=Junk&_remote=1&_token=${token}`,
    query: "?_task=mail&_action=purge&_uid=1-INBOX",
    harm: emptied("INBOX"),
    verb: "mail.purge",
  },
  {
    name: "a body of JSON",
    body: () => "{}",
    query: PURGE,
    type: "application/json",
    harm: emptied("INBOX"),
    verb: "mail.purge",
  },
  {
    name: "a body of bare text",
    body: () => "hello",
    query: PURGE,
    type: "text/plain",
    harm: emptied("INBOX"),
    verb: "mail.purge",
  },
  { name: "no body at all", body: () => "", query: PURGE, type: "", harm: emptied("INBOX"), verb: "mail.purge" },
];

/** The subject differs each time: what was refused once is refused again without a question. */
const saved = (id: string, token: string, subject: string): string => {
  const now: Readonly<Record<string, string>> = { _id: id, _token: token, _subject: subject };
  return written(DRAFT.map(([name, value]) => [name, now[name] ?? value]));
};

afterEach(() => field.refuseAll());

describe.each(CRAFTED)("$name", ({ name, body, query = SEND, type = FORM, harm, verb, person }) => {
  it("does its harm when nothing is in the way", async () => {
    const bytes = Buffer.from(
      body(saved(await direct.compose(), direct.token, `Crafted: ${name}`), direct.token),
      "latin1",
    );
    const cookies = direct.cookies();
    const headers: Record<string, string> = { cookie: cookies, ...(type === "" ? {} : { "content-type": type }) };
    await (await fetch(`${field.stack.directUrl}/${query}`, { method: "POST", headers, body: bytes })).text();
    await expect.poll(() => harm(field.stack), { timeout: 5_000 }).toBe(true);
    await field.stack.reset();
    expect(await harm(field.stack)).toBe(false);
  });

  it("is asked about as the worst it could be, and refused does nothing", async () => {
    const { page } = field.on;
    const [token, id] = await attack<[string, string]>(page, "return [token, await compose()];");
    const crafted = Buffer.from(body(saved(id, token, `Crafted: ${name}`), token), "latin1").toString("base64");
    const url = `/${query}`;
    const tried = attack(
      page,
      `const body = Uint8Array.from(atob(words.crafted), (c) => c.charCodeAt(0));
       await fetch(words.url, { method: "POST", body: body.length ? body : undefined, headers: words.type ? { "content-type": words.type } : {} }).catch(() => 0);`,
      { crafted, url, type },
    );
    const asked = await field.question("");
    const { meaning } = asked;
    expect([asked.verb, meaning.doubts.length > 0]).toEqual([verb, true]);
    if (person !== undefined) expect(meaning.people.map(({ address }) => address).join(" ")).toContain(person);
    await field.guarded.companion.answer(asked, "refuse");
    await tried;
    expect([await harm(field.stack), field.stack.sink.count()]).toEqual([false, 0]);
  });
});

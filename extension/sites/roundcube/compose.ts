// What a send leaves out and the server's compose session holds: sender, mode, what it answers, what is attached.
// Must never take the page's word for it: each is asked of the server, and what it does not say is a doubt.
import { readAddresses } from "../codecs/addresses.ts";
import { decodeWords } from "../codecs/words.ts";
import { accountOf, identitiesOf, pageAt } from "./account.ts";
import { attach } from "./attachments.ts";
import { addPerson, type Context } from "./context.ts";
import { idOf, word, type Page } from "./page.ts";
import { headersAt } from "./rows.ts";
import { knownSession, recallSession, rememberSession } from "./session.ts";
import { readings, value } from "./wire.ts";

export const composeAddress = (base: string, id: string): string =>
  `${base}?_task=mail&_action=compose&_id=${encodeURIComponent(id)}`;

/** The server's own page of this compose session, or null. */
export async function composePage(context: Context): Promise<Page | null> {
  const ids = readings(context.wire, "_id");
  const id = ids[0] ?? "";
  if (ids.length !== 1 || !/^[0-9a-f]{8,64}$/i.test(id)) return null;
  const page = await pageAt(context.reads, composeAddress(context.wire.base, id));
  if (!page || page.env["compose_id"] !== id) return null;
  const session = await recallSession(context.reads, id);
  if (session && !session.built && idOf(page.env["draft_id"]) !== "")
    await rememberSession(context.reads, id, { ...session, files: [...filesOf(page)], built: true });
  return page;
}

/** Number and name of every file the page lists. */
function filesOf(page: Page): Map<string, string> {
  const env = page.env["attachments"];
  const held = Object.entries(typeof env === "object" && env !== null ? env : {});
  return new Map(
    held.map(([id, about]) => [id.replace(/^rcmfile/, ""), word((about as { name?: unknown } | null)?.name)]),
  );
}

function sender(context: Context, page: Page): void {
  const identities = identitiesOf(page);
  const [first] = identities.values();
  if (first) context.meaning.account = first.address;
  for (const from of readings(context.wire, "_from")) {
    if (!/^\d+$/.test(from)) continue;
    const identity = identities.get(from);
    if (identity) addPerson(context, "from", identity.address, identity.name);
    else {
      addPerson(context, "from", `identity number ${from}`, "");
      context.doubts.add("The server does not say which sender this is.");
    }
  }
}

/** A draft remembers what it answers in a header of its own. */
async function draftOrigin(context: Context, page: Page): Promise<string> {
  const uid = idOf(page.env["draft_id"]).replace(/-.*$/, "");
  const folder = word(page.env["drafts_mailbox"]);
  if (!/^\d+$/.test(uid) || folder === "") return "";
  const headers = await headersAt(context.reads, context.wire.base, uid, folder);
  // Asking for a folder makes it the session's current one: put back what was there.
  const mailbox = word(page.env["mailbox"]);
  const back = `${context.wire.base}?_task=mail&_action=autocomplete&_search=&_remote=1&_mbox=${encodeURIComponent(mailbox)}`;
  if (mailbox !== "") await context.reads.get(back).catch(() => null);
  return /type=(reply|forward)/.exec(headers?.get("x-draft-info") ?? "")?.[1] ?? "";
}

function threadOf(page: Page, mode: string): string | null {
  if (mode !== "reply" && mode !== "forward") return null;
  const subject = decodeWords(page.fields.get("_subject") ?? "").replace(/^((re|fwd?|aw|wg):\s*)+/i, "");
  const about = subject === "" ? "a message without a subject" : `"${subject}"`;
  const which = word(page.env["reply_msgid"]);
  const what = mode === "reply" ? "Reply to" : "Forward of";
  // Once a draft was saved, the page shows the draft's subject: whoever wrote it must not name what is answered.
  if (which !== "" && idOf(page.env["draft_id"]) !== "") return `${what} the message ${which}`;
  return `${what} ${about}${which === "" ? "" : ` ${which}`}`;
}

function settle(context: Context, mode: string, thread: string | null): void {
  if (mode === "reply") context.verb = "mail.reply";
  if (mode === "forward") context.verb = "mail.forward";
  context.meaning.thread = thread;
}

/** What this page says of its session, kept for later: after a draft was saved the page shows the draft's own subject. */
async function keep(context: Context, page: Page): Promise<void> {
  const mode = word(page.env["compose_mode"]);
  await rememberSession(context.reads, value(context.wire, "_id"), {
    files: [...filesOf(page)],
    pictures: [],
    removed: false,
    built: idOf(page.env["draft_id"]) !== "",
    mode,
    thread: threadOf(page, mode),
  });
}

/** Keeps what the server says of a session as long as asking changes nothing: before its first draft is saved. */
export async function beginSession(context: Context): Promise<void> {
  if (await recallSession(context.reads, value(context.wire, "_id"))) return;
  const page = await composePage(context);
  if (page) await keep(context, page);
}

/** The sender from the form of each identity, which changes nothing. */
async function senderAlone(context: Context): Promise<void> {
  const { base } = context.wire;
  context.meaning.account = (await accountOf(context.reads, base)) ?? context.meaning.account;
  for (const from of readings(context.wire, "_from")) {
    const page = await pageAt(
      context.reads,
      `${base}?_task=settings&_action=edit-identity&_iid=${encodeURIComponent(from)}&_framed=1`,
    );
    const { list, doubts } = readAddresses(page?.fields.get("_email") ?? "");
    addPerson(context, "from", list[0]?.address ?? `identity number ${from}`, page?.fields.get("_name") ?? "");
    if (list.length !== 1 || doubts.length > 0) context.doubts.add("The server does not say which sender this is.");
  }
}

/** Sender, mode and attachments from the server's session. */
export async function joinCompose(context: Context): Promise<void> {
  const { wire, reads } = context;
  const compose = value(wire, "_id");
  const known = await knownSession(reads, wire, compose);
  if (known) {
    await senderAlone(context);
    await attach(context, compose, new Map(known.files));
    return settle(context, known.mode, known.thread);
  }
  const page = await composePage(context);
  if (!page) {
    context.doubts.add("Roundcube did not say who sends this and what is attached.");
    for (const id of value(wire, "_attachments").split(","))
      if (id !== "") context.meaning.attachments.push({ name: `file ${id}`.slice(0, 4000), size: null, sha256: null });
    return;
  }
  sender(context, page);
  await attach(context, compose, filesOf(page));
  let mode = word(page.env["compose_mode"]);
  if (mode === "draft") mode = await draftOrigin(context, page);
  const before = await recallSession(reads, compose);
  if (!before) await keep(context, page);
  // The same answer stays the same answer, whatever subject its draft was saved under meanwhile.
  settle(context, mode, before?.mode === mode ? before.thread : threadOf(page, mode));
}

/** The draft a save would replace must be the one of this very compose session. */
export async function checkReplacedDraft(context: Context): Promise<void> {
  const ids = readings(context.wire, "_draft_saveid").filter((id) => id !== "");
  if (ids.length === 0) return;
  const id = ids[0] ?? "";
  const compose = value(context.wire, "_id");
  if (ids.length === 1 && (await context.reads.recall(`roundcube:draft:${compose}`)) === id) return;
  const page = await composePage(context);
  if (ids.length === 1 && page && idOf(page.env["draft_id"]) === id) return;
  context.doubts.add(`This would also delete the message numbered ${ids.join(", ").slice(0, 80)} from Drafts.`);
}

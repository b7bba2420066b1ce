// What a send leaves out and the server's compose session holds: sender, mode, what it answers, what is attached.
// Must never take the page's word for it: each is asked of the server, and what it does not say is a doubt.
import { sha256Hex } from "../../../shared/meaning.ts";
import { decodeWords } from "../codecs/words.ts";
import { identitiesOf, pageAt } from "./account.ts";
import { addPerson, type Context } from "./context.ts";
import { idOf, word, type Page } from "./page.ts";
import { headersAt } from "./rows.ts";
import { readings, value } from "./wire.ts";

const FETCHED = 50;

export const composeAddress = (base: string, id: string): string =>
  `${base}?_task=mail&_action=compose&_id=${encodeURIComponent(id)}`;

/** The server's own page of this compose session, or null. */
export async function composePage(context: Context): Promise<Page | null> {
  const ids = readings(context.wire, "_id");
  const id = ids[0] ?? "";
  if (ids.length !== 1 || !/^[0-9a-f]{8,64}$/i.test(id)) return null;
  const page = await pageAt(context.reads, composeAddress(context.wire.base, id));
  return page && page.env["compose_id"] === id ? page : null;
}

async function attach(context: Context, page: Page): Promise<void> {
  const { meaning, wire, reads } = context;
  const env = page.env["attachments"];
  const held = Object.entries(typeof env === "object" && env !== null ? env : {});
  const compose = encodeURIComponent(word(page.env["compose_id"]));
  for (const [at, [key, about]] of held.entries()) {
    const name = word((about as { name?: unknown } | null)?.name) || "(no name)";
    let file: { size: number; sha256: string } | null = null;
    if (at < FETCHED && /^rcmfile\d+$/.test(key)) {
      try {
        const address = `${wire.base}?_task=mail&_action=display-attachment&_file=${key}&_id=${compose}`;
        const answer = await reads.get(address);
        if (answer.status === 200) file = { size: answer.body.length, sha256: await sha256Hex(answer.body) };
      } catch {
        file = null;
      }
    }
    meaning.attachments.push({ name, size: file?.size ?? null, sha256: file?.sha256 ?? null });
  }
  const listed = new Set(
    value(wire, "_attachments")
      .split(",")
      .filter((id) => id !== ""),
  );
  const atServer = new Set(held.map(([key]) => key.replace(/^rcmfile/, "")));
  for (const id of atServer)
    if (!listed.has(id)) context.doubts.add("The server would attach a file that the message window does not show.");
  for (const id of listed)
    if (!atServer.has(id)) context.doubts.add("The message names an attachment that the server does not have.");
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

/** Sender, mode and attachments from the server's session. */
export async function joinCompose(context: Context): Promise<void> {
  const page = await composePage(context);
  if (!page) {
    context.doubts.add("Roundcube did not say who sends this and what is attached.");
    for (const id of value(context.wire, "_attachments").split(","))
      if (id !== "") context.meaning.attachments.push({ name: `file ${id}`.slice(0, 4000), size: null, sha256: null });
    return;
  }
  sender(context, page);
  await attach(context, page);
  let mode = word(page.env["compose_mode"]);
  if (mode === "draft") mode = await draftOrigin(context, page);
  if (mode !== "reply" && mode !== "forward") return;
  context.verb = mode === "reply" ? "mail.reply" : "mail.forward";
  const subject = decodeWords(page.fields.get("_subject") ?? "").replace(/^((re|fwd?|aw|wg):\s*)+/i, "");
  const about = subject === "" ? "a message without a subject" : `"${subject}"`;
  const which = word(page.env["reply_msgid"]);
  context.meaning.thread = `${mode === "reply" ? "Reply to" : "Forward of"} ${about}${which === "" ? "" : ` ${which}`}`;
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

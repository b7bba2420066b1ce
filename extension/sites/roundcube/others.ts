// The smaller actions: uploads, attachments of a compose session, downloads, signing in, and what nobody understands.
// Must never show a password, and never leave out a field of something unknown.
import { sha256Hex } from "../../../shared/meaning.ts";
import { addressTokens } from "../codecs/addresses.ts";
import { FREE_GETS } from "./controls.ts";
import { composePage } from "./compose.ts";
import { addChange, addPerson, type Context } from "./context.ts";
import { addItems } from "./rows.ts";
import { readings, value } from "./wire.ts";

export async function readUpload(context: Context): Promise<void> {
  context.serial = `compose:${value(context.wire, "_id")}`;
  for (const { file, name, value: text } of context.wire.body.fields) {
    if (!file) addChange(context, name, null, text);
    else
      context.meaning.attachments.push({
        name: file.filename.slice(0, 4000),
        size: file.bytes.length,
        sha256: await sha256Hex(file.bytes),
      });
  }
}

export async function readAttachment(context: Context): Promise<void> {
  const { wire, meaning, entry } = context;
  context.serial = `compose:${value(wire, "_id")}`;
  // Asked once before a file goes: Roundcube takes the files of a saved draft into the session only the first time
  // its page is built, so that building it again later cannot bring back what is removed now.
  const page = await composePage(context);
  const held = page?.env["attachments"];
  const file = readings(wire, "_file").join(" or ");
  const about = typeof held === "object" && held !== null ? (held as Record<string, unknown>)[file] : undefined;
  const name = typeof about === "object" && about !== null && "name" in about ? String(about.name) : file;
  meaning.title = name.slice(0, 4000);
  const after = entry.action === "rename-attachment" ? readings(wire, "_name").join(" or ") : "removed";
  addChange(context, "Attachment", name, after);
}

export async function readDownload(context: Context): Promise<void> {
  await addItems(context);
  const part = readings(context.wire, "_part");
  context.meaning.title = part.length === 0 ? "The whole message" : `Part ${part.join(" or ").slice(0, 80)}`;
}

export async function readSignIn(context: Context): Promise<void> {
  context.meaning.title = readings(context.wire, "_user").join(" or ").slice(0, 4000);
  // The server goes on to this address by itself, so it may only be one that the pages read anyway.
  for (const next of readings(context.wire, "_url"))
    if (next !== "" && !FREE_GETS.some((free) => new RegExp(free).test(`https://mail.example/?${next}`)))
      context.doubts.add("After signing in, the server would go on to do something else.");
  // A second try with another password is another request; the page's token keeps the password from being guessed from this.
  const { body } = context.wire.request;
  if (body) context.meaning.source = await sha256Hex(body);
}

/** Every field of a request no row explains, and everyone named in it. */
export function readUnknown(context: Context): void {
  const { wire, meaning } = context;
  context.doubts.add("Countersign does not know what this request does.");
  meaning.title = `${wire.request.method} ${wire.request.url.pathname}`.slice(0, 4000);
  const fields = [...wire.query.fields, ...wire.body.fields];
  if (fields.length > 450) throw new Error("This request has too many fields to be shown.");
  for (const { name, value: text, file } of fields) {
    addChange(context, name, null, file ? `the file ${file.filename}` : text);
    for (const token of addressTokens(text)) addPerson(context, "mentioned", token.slice(0, 4000), "");
  }
  if (wire.body.kind === "unreadable" && wire.request.body)
    meaning.text = new TextDecoder().decode(wire.request.body).slice(0, 100_000);
}

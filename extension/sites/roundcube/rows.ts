// Messages acted on by number: subject, sender and date of each, asked of the server without marking it read.
// Must never show a number as if it were understood: a message the server does not describe leaves a doubt.
import { decodeWords } from "../codecs/words.ts";
import type { SiteReads } from "../site.ts";
import { specialFolder } from "./account.ts";
import type { Context } from "./context.ts";
import { readings, value } from "./wire.ts";

/** At most this many messages are described; the rest are counted. */
export const DESCRIBED = 20;

const plain = (html: string): string =>
  html
    .replace(/<br \/>/g, "\n")
    .replace(/<[^>]*>/g, "")
    .replace(/&nbsp;/g, " ")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&#0?39;/g, "'")
    .replace(/&amp;/g, "&");

/** Header fields of a message (names in lower case, the first of each), or null. */
export async function headersAt(
  reads: SiteReads,
  base: string,
  uid: string,
  folder: string,
): Promise<Map<string, string> | null> {
  const at = `${base}?_task=mail&_action=headers&_remote=1&_uid=${encodeURIComponent(uid)}&_mbox=${encodeURIComponent(folder)}`;
  try {
    const answer = await reads.get(at);
    const said: unknown = JSON.parse(new TextDecoder().decode(answer.body));
    const exec = typeof said === "object" && said !== null && "exec" in said ? String(said.exec) : "";
    const literal = /^this\.set_headers\(("(?:[^"\\]|\\.)*")\);\s*$/s.exec(exec)?.[1];
    if (answer.status !== 200 || literal === undefined) return null;
    const found = new Map<string, string>();
    for (const line of plain(String(JSON.parse(literal)))
      .replace(/\n[ \t]+/g, " ")
      .split("\n")) {
      const colon = line.indexOf(":");
      const name = line.slice(0, colon).trim().toLowerCase();
      if (colon > 0 && !found.has(name)) found.set(name, line.slice(colon + 1).trim());
    }
    return found;
  } catch {
    return null;
  }
}

interface Chosen {
  readonly uid: string;
  readonly folder: string;
}

/** Every message any reading names. `*` and ranges stay as they are. */
function chosen(context: Context): Chosen[] {
  const folder = value(context.wire, "_mbox");
  if (folder === "") context.doubts.add("No folder is named: the server takes the one that was opened last.");
  const found = new Map<string, Chosen>();
  const lists = [...readings(context.wire, "_uid"), ...readings(context.wire, "_ruid")];
  for (const part of lists.flatMap((list) => list.split(","))) {
    if (part === "") continue;
    const dash = part.indexOf("-");
    const one = dash < 0 ? { uid: part, folder } : { uid: part.slice(0, dash), folder: part.slice(dash + 1) };
    found.set(`${one.uid} ${one.folder}`, one);
  }
  return [...found.values()];
}

async function describe(context: Context, { uid, folder }: Chosen): Promise<{ label: string; detail: string }> {
  const headers = /^\d+(\.[\d.]+)?$/.test(uid) ? await headersAt(context.reads, context.wire.base, uid, folder) : null;
  if (!headers) {
    context.doubts.add("The server did not describe every message this is about.");
    return { label: `Message ${uid} in ${folder}`.slice(0, 4000), detail: "not described by the server" };
  }
  const subject = decodeWords(headers.get("subject") ?? "") || "(no subject)";
  const from = decodeWords(headers.get("from") ?? "(no sender)");
  return { label: subject.slice(0, 4000), detail: `${from}, ${headers.get("date") ?? "no date"}`.slice(0, 4000) };
}

/** Fills items and `more`; what cannot be counted is said. */
export async function addItems(context: Context): Promise<void> {
  const all = chosen(context);
  for (const one of all.slice(0, DESCRIBED)) {
    if (/^\d/.test(one.uid) && !one.uid.includes(":")) context.meaning.items.push(await describe(context, one));
    else {
      context.meaning.items.push({
        label: `Every message in ${one.folder}`.slice(0, 4000),
        detail: `"${one.uid.slice(0, 80)}"`,
      });
      context.doubts.add("The number of messages is not known.");
    }
  }
  context.meaning.more = Math.max(0, all.length - DESCRIBED);
  if (all.length === 0) context.doubts.add("No message is named.");
}

async function move(context: Context): Promise<void> {
  const targets = readings(context.wire, "_target_mbox");
  context.meaning.place = targets.join(" or ").slice(0, 4000);
  if (context.entry.action !== "move") return;
  const trash = await specialFolder(context.reads, context.wire.base, "trash");
  if (trash === null && targets.some((t) => !/^(junk|spam|archive)$/i.test(t)))
    context.doubts.add("The server does not say which folder is the trash.");
  if (targets.some((target) => target === trash || (trash === null && /trash|deleted/i.test(target))))
    context.verb = "mail.delete";
}

export async function readRows(context: Context): Promise<void> {
  await addItems(context);
  if (["move", "copy"].includes(context.entry.action)) await move(context);
  if (context.entry.action === "copy") context.meaning.title = "A copy";
  if (context.entry.action !== "mark") return;
  const flags = readings(context.wire, "_flag");
  context.meaning.changes.push({ label: "Mark as", before: null, after: flags.join(" or ").slice(0, 4000) });
  if (flags.some((flag) => !/^(read|unread|flagged|unflagged|undelete)$/.test(flag))) context.verb = "mail.delete";
  const whole = readings(context.wire, "_folders").filter((f) => f !== "");
  if (whole.length > 0) {
    context.meaning.changes.push({ label: "Folders", before: null, after: whole.join(" or ").slice(0, 4000) });
    context.doubts.add("The number of messages is not known.");
  }
}

/** The folders a request could be about: as named, or hidden in a message number; else the one opened last. */
function folders(context: Context): string[] {
  const hidden = readings(context.wire, "_uid").flatMap((uid) => /^\d+-(.+)$/s.exec(uid)?.[1] ?? []);
  const all = [...new Set([...readings(context.wire, "_mbox"), ...hidden])].filter((name) => name !== "");
  return all.length > 0 ? all : ["the folder that was opened last"];
}

/** Emptying, compacting or removing a whole folder. */
export function readFolder(context: Context): Promise<void> {
  const folder = folders(context).join(" or ");
  context.meaning.place = folder.slice(0, 4000);
  const words: Readonly<Record<string, string>> = {
    purge: "Every message in the folder",
    expunge: "Every message marked as deleted in the folder",
    "delete-folder": "The folder with every message in it",
  };
  context.meaning.items.push({ label: words[context.entry.action] ?? "The folder", detail: folder.slice(0, 4000) });
  return Promise.resolve();
}

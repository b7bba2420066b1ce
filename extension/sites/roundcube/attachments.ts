// The files a message will carry: those of the server's compose session, each fetched from the server and hashed.
// Must never take a name, a size or a digest from the page; what cannot be fetched is "content not seen".
import { sha256Hex } from "../../../shared/meaning.ts";
import type { Context } from "./context.ts";
import { value } from "./wire.ts";

/** At most this many are fetched; more are shown as not seen. */
const FETCHED = 50;

async function contentOf(
  context: Context,
  compose: string,
  id: string,
): Promise<{ size: number; sha256: string } | null> {
  const address = `${context.wire.base}?_task=mail&_action=display-attachment&_file=rcmfile${id}&_id=${encodeURIComponent(compose)}`;
  try {
    const answer = await context.reads.get(address);
    if (answer.status !== 200) return null;
    return { size: answer.body.length, sha256: await sha256Hex(answer.body) };
  } catch {
    return null;
  }
}

/** `held`: number and name of every file in the session. */
export async function attach(context: Context, compose: string, held: ReadonlyMap<string, string>): Promise<void> {
  let fetched = 0;
  for (const [id, name] of held) {
    const file = /^\d+$/.test(id) && fetched < FETCHED ? await contentOf(context, compose, id) : null;
    fetched += 1;
    context.meaning.attachments.push({
      name: name || "(no name)",
      size: file?.size ?? null,
      sha256: file?.sha256 ?? null,
    });
  }
  const ids = value(context.wire, "_attachments").split(",");
  const listed = new Set(ids.filter((id) => id !== ""));
  for (const id of held.keys())
    if (!listed.has(id)) context.doubts.add("The server would attach a file that the message window does not show.");
  for (const id of listed)
    if (!held.has(id)) context.doubts.add("The message names an attachment that the server does not have.");
}

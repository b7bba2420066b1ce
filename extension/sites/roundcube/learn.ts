// What an answer teaches about a compose session: the number of its saved draft, the files it was given or lost.
// Must never invent a file: only what the server's own answer names is remembered.
import type { SiteReads, WireRequest } from "../site.ts";
import { picturesIn, recallSession, rememberSession } from "./session.ts";
import { readWire, value, type Wire } from "./wire.ts";

async function learnFiles(wire: Wire, compose: string, text: string, reads: SiteReads): Promise<void> {
  const session = await recallSession(reads, compose);
  if (!session) return;
  const files = new Map(session.files);
  const names = wire.body.fields.flatMap((f) => (f.file ? [f.file.filename] : []));
  for (const [at, match] of [...text.matchAll(/add2attachment_list\(\\?"rcmfile(\d+)/g)].entries())
    files.set(match[1] ?? "", names[at] ?? "(no name)");
  const gone = [...text.matchAll(/remove_from_attachment_list\(\\?"rcmfile(\d+)/g)].map((m) => m[1] ?? "");
  for (const id of gone) files.delete(id);
  for (const [, id = ""] of text.matchAll(/rename_attachment_handler\(\\?"rcmfile(\d+)/g))
    files.set(id, value(wire, "_name"));
  const pictures = wire.actions.includes("send") ? await picturesIn(wire) : [];
  await rememberSession(reads, compose, {
    ...session,
    files: [...files],
    pictures: [...new Set([...session.pictures, ...pictures])],
    removed: session.removed || gone.length > 0,
  });
}

export async function learn(
  request: WireRequest,
  answer: { status: number; contentType: string; body: Uint8Array<ArrayBuffer> },
  reads: SiteReads,
): Promise<void> {
  const wire = readWire(request, []);
  const compose = value(wire, "_id");
  if (answer.status !== 200 || !/^[0-9a-f]{8,64}$/i.test(compose)) return;
  if (!wire.actions.some((action) => /^(send|upload|(remove|rename)-attachment)$/.test(action))) return;
  const text = new TextDecoder().decode(answer.body.subarray(0, 200_000));
  const draft = /\bset_draft_id\("?(\d+)"?\)/.exec(text)?.[1];
  if (draft !== undefined) await reads.remember(`roundcube:draft:${compose}`, draft);
  await learnFiles(wire, compose, text, reads);
}

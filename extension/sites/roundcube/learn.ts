// What an answer teaches about a compose session: the number of its saved draft, the files it was given.
// Must never be taken for the truth: the server is asked again when something is judged.
import { sha256Hex } from "../../../shared/meaning.ts";
import type { SiteReads, WireRequest } from "../site.ts";
import { readWire, value } from "./wire.ts";

export async function learn(
  request: WireRequest,
  answer: { status: number; contentType: string; body: Uint8Array<ArrayBuffer> },
  reads: SiteReads,
): Promise<void> {
  const wire = readWire(request, []);
  const compose = value(wire, "_id");
  if (answer.status !== 200 || !/^[0-9a-f]{8,64}$/i.test(compose)) return;
  const text = new TextDecoder().decode(answer.body.subarray(0, 200_000));
  if (wire.actions.includes("send")) {
    const draft = /\bset_draft_id\("?(\d+)"?\)/.exec(text)?.[1];
    if (draft !== undefined) await reads.remember(`roundcube:draft:${compose}`, draft);
  }
  const files = wire.actions.includes("upload") ? wire.body.fields.flatMap((f) => (f.file ? [f.file] : [])) : [];
  const ids = [...text.matchAll(/add2attachment_list\(\\?"rcmfile(\d+)/g)].map((m) => m[1] ?? "");
  if (files.length !== ids.length) return;
  for (const [at, file] of files.entries()) {
    const about = { name: file.filename, size: file.bytes.length, sha256: await sha256Hex(file.bytes) };
    await reads.remember(`roundcube:file:${ids[at] ?? ""}`, JSON.stringify(about));
  }
}

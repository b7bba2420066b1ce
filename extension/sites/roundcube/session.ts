// What we have seen of a compose session: its files, what it answers, the pictures in its drafts. Needed because building
// the compose page again after a draft was saved makes Roundcube attach that draft's inline pictures a second time.
// Must never stand in for the server where the two could differ: then the page is built, and what it adds is shown.
import * as v from "valibot";
import { sha256Hex } from "../../../shared/meaning.ts";
import type { SiteReads } from "../site.ts";
import type { Wire } from "./wire.ts";
import { readings } from "./wire.ts";

const SessionSchema = v.strictObject({
  files: v.array(v.tuple([v.string(), v.string()])),
  /** Digests of the pictures that stand in any draft saved so far. */
  pictures: v.array(v.string()),
  /** A file was taken away after it may have been saved in a draft. */
  removed: v.boolean(),
  /** The page was already built from a saved draft: building it again adds nothing. */
  built: v.boolean(),
  mode: v.string(),
  thread: v.nullable(v.string()),
});
export type Session = v.InferOutput<typeof SessionSchema>;

const key = (compose: string): string => `roundcube:session:${compose}`;

export async function recallSession(reads: SiteReads, compose: string): Promise<Session | null> {
  const kept = await reads.recall(key(compose));
  if (kept === undefined) return null;
  const session = v.safeParse(SessionSchema, JSON.parse(kept));
  return session.success ? session.output : null;
}

export const rememberSession = (reads: SiteReads, compose: string, session: Session): Promise<void> =>
  reads.remember(key(compose), JSON.stringify(session));

/** Digests of the pictures written into a message as data. */
export async function picturesIn(wire: Wire): Promise<string[]> {
  const found = new Set<string>();
  for (const body of readings(wire, "_message"))
    for (const [picture] of body.matchAll(/data:[^"'\s>)]+/gi))
      found.add((await sha256Hex(new TextEncoder().encode(picture))).slice(0, 32));
  return [...found];
}

/**
 * The session as we know it, where building the page would change what is sent and we can know it without: every picture
 * of every saved draft still stands in the message itself, and no file was taken away.
 */
export async function knownSession(reads: SiteReads, wire: Wire, compose: string): Promise<Session | null> {
  const session = await recallSession(reads, compose);
  const saved = readings(wire, "_draft_saveid").some((id) => id !== "");
  if (!session || session.built || session.removed || !saved || session.pictures.length === 0) return null;
  const now = await picturesIn(wire);
  return session.pictures.every((picture) => now.includes(picture)) ? session : null;
}

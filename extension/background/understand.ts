// Recognise: what the exact bytes mean, by the site's file, checked, and with its digest.
// Must never let a site file's failure pass for an understood request: then it is a write nobody understood.
import * as v from "valibot";
import { meaningDigest, MeaningSchema, type Meaning } from "../../shared/meaning.ts";
import type { Recognised, Site, SiteReads, WireRequest } from "../sites/site.ts";
import { unknownAction } from "./unknown.ts";
import { Blocked } from "./courier/wire.ts";

export interface Understood extends Recognised {
  /** Digest of the meaning as recognised, without doubts of ours. */
  readonly digest: string;
}

export async function understand(site: Site, wire: WireRequest, reads: SiteReads, origin: string): Promise<Understood> {
  let recognised: Recognised;
  try {
    recognised = await site.recognise(wire, reads);
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    recognised = await unknownAction(wire, site.id, origin, because.slice(0, 1_000));
  }
  if (recognised.meaning.verb !== recognised.verb) throw new Blocked("The site's description contradicts itself.");
  const checked = v.safeParse(MeaningSchema, recognised.meaning);
  if (!checked.success) throw new Blocked("This is too large to be shown whole, so it cannot be approved.");
  return { ...recognised, digest: await meaningDigest(recognised.meaning) };
}

const NAMES: Partial<Record<keyof Meaning, string>> = {
  people: "the people",
  title: "the subject or title",
  text: "the text",
  hidden: "the hidden text",
  links: "the links",
  images: "the remote images",
  attachments: "the attachments",
  items: "the messages it acts on",
  changes: "the settings it changes",
  place: "the folder",
  thread: "what it answers",
  account: "the account",
  verb: "what it does",
  more: "how many messages it acts on",
};

/** One sentence that names what is different now. */
export function difference(before: Meaning, after: Meaning): string {
  const changed = (Object.keys(after) as (keyof Meaning)[])
    // What is newly doubtful about it stands there in its own words.
    .filter((key) => key !== "doubts")
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
    .map((key) => NAMES[key] ?? key);
  return `While this waited, ${changed.join(", ") || "something"} changed; the first question was withdrawn.`;
}

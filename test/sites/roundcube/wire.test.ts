// Requests recorded from a real Roundcube 1.6: what each is taken for, whom and what it names, and whether it is plain.
import { describe, expect, it } from "vitest";
import * as v from "valibot";
import { MeaningSchema } from "../../../shared/meaning.ts";
import { roundcube } from "../../../extension/sites/roundcube.ts";
import type { WireRequest } from "../../../extension/sites/site.ts";
import { fixedReads, octets, type Page } from "../reads.ts";
import recorded from "./wire.json" with { type: "json" };

interface Recorded {
  readonly name: string;
  readonly kind: string;
  readonly method: string;
  readonly url: string;
  readonly contentType?: string;
  readonly body?: string;
  readonly reads: Readonly<Record<string, Page>>;
  readonly expect: Readonly<Record<string, unknown>>;
}
const WIRE = recorded as unknown as readonly Recorded[];

function request(one: Recorded): WireRequest {
  return {
    method: one.method,
    url: new URL(one.url),
    headers: new Map(one.contentType ? [["content-type", one.contentType]] : []),
    body: one.body === undefined ? null : octets(one.body),
    kind: one.kind === "xhr" ? "xhr" : "form",
  };
}

describe("what the real pages send", () => {
  it.each(WIRE.map((one) => [one.name, one] as const))("%s", async (_name, one) => {
    const reads = fixedReads(one.reads);
    reads.memory.set("roundcube:draft:18835597606b06e72441012", "2");
    const draft = /_id=(\w+)&.*_draft_saveid=(\d+)/.exec(one.body ?? "");
    if (draft) reads.memory.set(`roundcube:draft:${draft[1]}`, draft[2] ?? "");
    const { verb, canonical, meaning, serial } = await roundcube.recognise(request(one), reads);
    v.parse(MeaningSchema, meaning);
    const { account, people, title, thread, place, attachments, items, changes } = meaning;
    const seen = { verb, canonical, serial, account, people, title, thread, place, attachments, items };
    expect({ ...seen, changes: changes.slice(0, 6) }).toEqual(one.expect);
    expect(meaning.verb).toBe(verb);
    expect(canonical).toBe(meaning.doubts.length === 0);
  });

  it("covers the verbs of the main job", () => {
    const verbs = new Set(WIRE.map((one) => one.expect["verb"]));
    for (const verb of [
      "mail.send",
      "mail.reply",
      "mail.forward",
      "mail.redirect",
      "mail.draft",
      "mail.delete",
      "mail.purge",
      "mail.move",
      "mail.archive",
      "mail.report-spam",
      "mail.download",
      "mail.upload",
      "mail.mark",
      "mail.set-filter",
      "mail.set-forwarding",
      "mail.change-settings",
      "site.housekeeping",
    ])
      expect(verbs, verb).toContain(verb);
  });

  it("shows no password", async () => {
    const one = WIRE.find((each) => each.name === "sign in");
    if (!one) throw new Error("The sign-in is not among the recordings.");
    const { meaning } = await roundcube.recognise(request(one), fixedReads({}));
    expect(JSON.stringify(meaning)).not.toContain("a-test-password");
    const odd = { ...one, body: `${one.body}&extra=1` };
    const { meaning: doubtful, canonical } = await roundcube.recognise(request(odd), fixedReads({}));
    expect(canonical).toBe(false);
    expect(JSON.stringify(doubtful)).not.toContain("a-test-password");
  });
});

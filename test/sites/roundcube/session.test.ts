// A message with a picture in it: asking the server for its attachments must not change them, and must not be skipped
// where something could have been slipped in.
import { describe, expect, it } from "vitest";
import { roundcube } from "../../../extension/sites/roundcube.ts";
import type { Recognised } from "../../../extension/sites/site.ts";
import { fixedReads, octets, type FixedReads, type Page } from "../reads.ts";
import { COMPOSE, draftWith, ORIGIN, sending, SERVER } from "./mail.ts";

const FILE = "11795614502009311200";
const PAGE = `/?_task=mail&_action=compose&_id=${COMPOSE}`;
const picture = (data: string): string => `<p>Hello</p><img src="data:image/png;base64,${data}">`;
const html = { _is_html: "1", editorSelector: "html", _message: picture("AAAA") };
const fresh: Page = { ...(SERVER[PAGE] as Page), body: (SERVER[PAGE] as Page).body.replace('"draft_id":"2",', "") };
const PAGES: Readonly<Record<string, Page>> = {
  ...SERVER,
  [PAGE]: fresh,
  "/?_task=settings&_action=edit-identity&_iid=1&_framed=1": {
    status: 200,
    contentType: "text/html",
    body: '<script>var rcmail = new rcube_webmail();\nrcmail.set_env({"task":"settings"});</script><input name="_email" value="alice@example.test"><input name="_name" value="Alice Moreau">',
  },
};

async function save(reads: FixedReads, changes: Record<string, string>, uid: string): Promise<Recognised> {
  const request = sending(draftWith({ ...html, _attachments: FILE, ...changes }));
  const judged = await roundcube.recognise(request, reads);
  const answer = `<script>parent.rcmail.set_draft_id("${uid}");</script>`;
  await roundcube.learn?.(request, { status: 200, contentType: "text/html", body: octets(answer) }, reads);
  return judged;
}
const send = (reads: FixedReads, changes: Record<string, string>): Promise<Recognised> =>
  roundcube.recognise(
    sending(draftWith({ ...html, _attachments: FILE, _draft: "", _draft_saveid: "2", ...changes })),
    reads,
  );
const built = (reads: FixedReads): number => reads.asked.filter((at) => at === PAGE).length;

describe("a picture in the message", () => {
  it("the page is built once, before the first draft, and not again", async () => {
    const reads = fixedReads(PAGES);
    expect(await save(reads, {}, "2")).toMatchObject({ verb: "mail.draft", canonical: true });
    expect(await save(reads, { _draft_saveid: "2" }, "2")).toMatchObject({ verb: "mail.draft", canonical: true });
    const { verb, canonical, meaning } = await send(reads, {});
    expect([verb, canonical, built(reads)]).toEqual(["mail.send", true, 1]);
    expect(meaning.attachments.map((a) => [a.name, a.size])).toEqual([["plan.txt", 8]]);
    expect(meaning.people).toContainEqual({ field: "from", address: "alice@example.test", name: "Alice Moreau" });
  });

  it("a picture that was saved and then taken out is looked for on the server", async () => {
    const reads = fixedReads(PAGES);
    await save(reads, { _message: picture("SECRET") }, "2");
    await send(reads, {});
    expect(built(reads)).toBe(2);
  });

  it("so is a file that was taken away", async () => {
    const reads = fixedReads(PAGES);
    await save(reads, {}, "2");
    const remove = sending(`_id=${COMPOSE}&_file=rcmfile${FILE}&_remote=1&_unlock=0`, {
      url: `${ORIGIN}/?_task=mail&_action=remove-attachment`,
    });
    await roundcube.recognise(remove, reads);
    const body = octets(`{"exec":"this.remove_from_attachment_list(\\"rcmfile${FILE}\\");"}`);
    await roundcube.learn?.(remove, { status: 200, contentType: "application/json", body }, reads);
    const before = built(reads);
    await send(reads, { _attachments: "" });
    expect(built(reads)).toBe(before + 1);
  });

  it("a session nobody saw begin is asked of the server", async () => {
    const reads = fixedReads(PAGES);
    reads.memory.set(`roundcube:draft:${COMPOSE}`, "2");
    await send(reads, {});
    expect(built(reads)).toBe(1);
  });
});

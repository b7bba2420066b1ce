// The worst readings of the smaller writes: marks that delete, moves to the trash, folders, settings, unknown requests.
import { describe, expect, it } from "vitest";
import { sha256Hex } from "../../../shared/meaning.ts";
import type { Recognised } from "../../../extension/sites/site.ts";
import { roundcube } from "../../../extension/sites/roundcube.ts";
import { fixedReads, octets, type Page } from "../reads.ts";
import { COMPOSE, draftWith, ORIGIN, SERVER, sending } from "./mail.ts";

const TRASH: Readonly<Record<string, Page>> = {
  "/?_task=settings&_action=edit-prefs&_section=folders&_framed=1": {
    status: 200,
    contentType: "text/html",
    body: '<script>var rcmail = new rcube_webmail();\nrcmail.set_env({"task":"settings"});</script><select name="_trash_mbox"><option value="Trash"></option><option value="Papierkorb" selected>x</option></select>',
  },
};

const post = (action: string, body: string, task = "mail", pages = TRASH): Promise<Recognised> =>
  roundcube.recognise(
    {
      method: "POST",
      url: new URL(`${ORIGIN}/?_task=${task}&_action=${action}`),
      headers: new Map([["content-type", "application/x-www-form-urlencoded; charset=UTF-8"]]),
      body: octets(`${body}&_remote=1&_unlock=loading1`),
      kind: "xhr",
    },
    fixedReads(pages),
  );

describe("messages", () => {
  it.each([
    ["read", "mail.mark"],
    ["delete", "mail.delete"],
    ["deleted", "mail.delete"],
    ["DELETED", "mail.delete"],
    ["de%3Cb%3Eleted", "mail.delete"],
    ["frobnicated", "mail.delete"],
  ])("marked %s", async (flag, verb) => {
    expect((await post("mark", `_uid=3&_flag=${flag}&_mbox=INBOX`)).verb).toBe(verb);
  });

  it("a move to the server's own trash is a delete, whatever its name", async () => {
    expect((await post("move", "_target_mbox=Papierkorb&_uid=3&_mbox=INBOX")).verb).toBe("mail.delete");
    expect((await post("move", "_target_mbox=Trash&_uid=3&_mbox=INBOX")).verb).toBe("mail.move");
    const unknown = await post("move", "_target_mbox=Trash&_uid=3&_mbox=INBOX", "mail", {});
    expect([unknown.verb, unknown.canonical]).toEqual(["mail.delete", false]);
  });

  it("delete is for good in every folder, and by every spelling", async () => {
    for (const action of ["delete", "de%20lete", "d%3Cb%3Eelete"])
      expect((await post(action, "_uid=3&_mbox=INBOX")).verb).toBe("mail.purge");
    for (const action of ["purge", "folder-purge", "folder_purge", "expunge", "folder_expunge"])
      expect((await post(action, "_mbox=INBOX")).verb).toBe("mail.purge");
  });

  it("more than twenty are counted, all of a folder is said", async () => {
    const uids = Array.from({ length: 30 }, (_, at) => at + 1).join(",");
    const many = await post("move", `_target_mbox=Archive&_uid=${uids}&_mbox=INBOX`);
    expect([many.meaning.items.length, many.meaning.more]).toEqual([20, 10]);
    const all = await post("move", "_target_mbox=Archive&_uid=*&_mbox=INBOX");
    expect(all.canonical).toBe(false);
    expect(all.meaning.items[0]?.label).toBe("Every message in INBOX");
  });

  it("a receipt is a send to whoever the message names", async () => {
    const headers = JSON.stringify({
      action: "headers",
      exec: `this.set_headers(${JSON.stringify('<font class="bold">Subject:</font> Hi<br /><font class="bold">Disposition-Notification-To:</font> &lt;spy@outside.example&gt;')});\n`,
    });
    const at = "/?_task=mail&_action=headers&_remote=1&_uid=3&_mbox=INBOX";
    const { verb, meaning } = await post("sendmdn", "_uid=3&_mbox=INBOX", "mail", {
      [at]: { status: 200, contentType: "application/json", body: headers },
    });
    expect(verb).toBe("mail.send");
    expect(meaning.people).toEqual([{ field: "to", address: "spy@outside.example", name: "" }]);
  });
});

describe("settings and what nobody knows", () => {
  it("only the arrangement of the list is housekeeping", async () => {
    expect((await post("save-pref", "_name=collapsed_folders&_value=x")).verb).toBe("site.housekeeping");
    expect((await post("save-pref", "_name=mdn_requests&_value=1")).verb).toBe("mail.change-settings");
    expect((await post("save-pref", "_name=list_cols&_value=x&_session=user_id")).verb).toBe("mail.change-settings");
  });

  it("an automatic answer that sends mail on is forwarding", async () => {
    const body = "vacation_reason=x&vacation_action=redirect&action_target=mallory%40outside.example";
    const { verb, meaning } = await post("plugin.managesieve-vacation", body, "settings");
    expect(verb).toBe("mail.set-forwarding");
    expect(meaning.people).toContainEqual({ field: "forwardTo", address: "mallory@outside.example", name: "" });
  });

  it("a raw filter script shows whom it redirects to", async () => {
    const body = 'rawsetcontent=redirect "mallory@outside.example";'.replace(/ /g, "%20").replace(/"/g, "%22");
    const { verb, meaning } = await post("plugin.managesieve-saveraw", `_set=x&${body}`, "settings");
    expect(verb).toBe("mail.set-forwarding");
    expect(meaning.people.map((p) => p.address)).toContain("mallory@outside.example");
  });

  it("signing in does not carry a second action along", async () => {
    const signIn = (url: string): Promise<Recognised> =>
      roundcube.recognise(
        sending(
          new URLSearchParams({
            _token: "t",
            _task: "login",
            _action: "login",
            _timezone: "UTC",
            _url: url,
            _user: "a",
            _pass: "b",
          }).toString(),
          { url: `${ORIGIN}/?_task=login` },
        ),
        fixedReads({}),
      );
    expect((await signIn("")).canonical).toBe(true);
    expect((await signIn("_task=mail&_mbox=INBOX")).canonical).toBe(true);
    expect((await signIn("_task=mail&_action=purge&_uid=1-INBOX&_remote=1")).canonical).toBe(false);
    expect((await signIn("_task=settings&_action=delete-response&_id=1&_remote=1")).canonical).toBe(false);
  });

  it("an unknown write shows every field and everyone in it", async () => {
    const { verb, canonical, meaning } = await post(
      "frobnicate",
      "whom=eve%40outside.example&what=all&mypassword=s3cret",
    );
    expect([verb, canonical]).toEqual(["site.unknown", false]);
    expect(meaning.changes.map((c) => c.label)).toEqual(
      expect.arrayContaining(["whom", "what", "mypassword", "_action"]),
    );
    expect(meaning.people.map((p) => p.address)).toContain("eve@outside.example");
    expect(JSON.stringify(meaning)).not.toContain("s3cret");
  });

  it.each(["PUT", "DELETE", "PATCH", "PROPFIND"])("%s is never plain", async (method) => {
    const { canonical } = await roundcube.recognise(sending(draftWith({}), { method }), fixedReads(SERVER));
    expect(canonical).toBe(false);
  });
});

describe("a message", () => {
  const send = (changes: Record<string, string>): Promise<Recognised> =>
    roundcube.recognise(
      sending(draftWith({ _draft: "", _attachments: "11795614502009311200", ...changes })),
      fixedReads(SERVER),
    );

  it("what is hidden in HTML, where links lead, what is loaded", async () => {
    const html =
      '<p>Hello</p><p style="display:none">secret</p><a href="https://evil.example/">bank</a><img src="https://track.example/p.gif">';
    const { meaning, canonical } = await send({ _is_html: "1", _message: html, editorSelector: "html" });
    expect(canonical).toBe(true);
    expect(meaning).toMatchObject({ text: "Hello\nbank", hidden: "secret" });
    expect(meaning.links.map((l) => l.host)).toEqual(["evil.example"]);
    expect(meaning.images.map((i) => i.host)).toEqual(["track.example"]);
  });

  it("the server's attachments, not the page's list", async () => {
    const { meaning, canonical } = await send({ _attachments: "" });
    expect(meaning.attachments).toEqual([{ name: "plan.txt", size: 8, sha256: await sha256Hex(octets("the plan")) }]);
    expect(canonical).toBe(false);
    expect(meaning.doubts.join(" ")).toMatch(/attach a file/);
  });

  it("a sender the page made up", async () => {
    const { meaning, canonical } = await send({ _from: "Boss <boss@northgate.example>" });
    expect(canonical).toBe(false);
    expect(meaning.people).toContainEqual({ field: "from", address: "boss@northgate.example", name: "Boss" });
    expect((await send({ _from: "7" })).canonical).toBe(false);
  });

  it("without an answer from the server the attachments are not seen, and it is doubtful", async () => {
    const { meaning, canonical } = await roundcube.recognise(
      sending(draftWith({ _draft: "", _attachments: "1234" })),
      fixedReads({}),
    );
    expect(canonical).toBe(false);
    expect(meaning.attachments).toEqual([{ name: "file 1234", size: null, sha256: null }]);
  });

  it("no copy in Sent is said", async () => {
    const { meaning } = await send({ _store_target: "" });
    expect(meaning.changes).toContainEqual({ label: "Copy in Sent", before: null, after: "no copy is kept" });
  });

  it("writes of one compose session are one after the other", async () => {
    const one = await send({});
    const upload = await roundcube.recognise(
      sending(
        '--B\r\nContent-Disposition: form-data; name="_attachments[]"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nx\r\n--B--\r\n',
        {
          url: `${ORIGIN}/?_task=mail&_remote=1&_from=compose&_id=${COMPOSE}&_uploadid=upload1&_action=upload`,
          type: "multipart/form-data; boundary=B",
        },
      ),
      fixedReads(SERVER),
    );
    expect(upload.canonical).toBe(true);
    expect(one.serial).toBe(upload.serial);
  });
});

// Which GETs the wall holds: those that change something or carry files away, in every spelling the server accepts.
import { describe, expect, it } from "vitest";
import { roundcube } from "../../../extension/sites/roundcube.ts";
import { fixedReads } from "../reads.ts";

const BASE = "https://mail.example/webmail/";
const matches = (list: readonly string[], url: string): boolean => list.some((each) => new RegExp(each).test(url));
const held = (query: string): boolean =>
  matches(roundcube.guardedGets, BASE + query) && !matches(roundcube.freeGets, BASE + query);

describe("held", () => {
  it.each([
    "?_task=mail&_action=purge&_uid=1-INBOX&_remote=1",
    "?_task=mail&_action=folder-purge&_uid=1-INBOX&_remote=1",
    "?_task=settings&_action=folder_purge&_remote=1",
    "?_task=mail&_action=expunge&_uid=1-INBOX&_remote=1",
    "?_task=settings&_action=plugin.managesieve-action&_act=deact&_remote=1",
    "?_task=mail&_action=plugin.managesieve-action&_act=setdel&_remote=1",
    "?_act=setdel&_task=settings&_action=plugin.managesieve-action&_remote=1",
    "?_task=settings&_action=delete-response&_id=1&_remote=1",
    "?_task=mail&_action=remove-attachment&_file=rcmfile1&_id=abc&_remote=1",
    "?_task=mail&_action=send&_saveonly=1&_id=abc",
    "?_task=mail&_mbox=INBOX&_uid=5&_part=2&_download=1&_action=get&_token=t",
    "?_task=mail&_save=1&_uid=14&_mbox=INBOX&_action=viewsource&_token=t",
    "?_task=addressbook&_action=export&_source=0&_token=t",
    "?_task=addressbook&_action=undo&_remote=1",
    "?_task=mail&_action=plugin.zipdownload.attachments&_mbox=INBOX&_uid=5",
    "?_task=mail&_action=pur%67e&_uid=1-INBOX&_remote=1",
    "?_task=mail&%5Faction=purge&_uid=1-INBOX&_remote=1",
    "?_task=mail&.action=purge&_uid=1-INBOX&_remote=1",
    "?_task=mail&+_action=purge&_uid=1-INBOX&_remote=1",
    "?_task=mail&_action%00=purge&_uid=1-INBOX&_remote=1",
    "?_task=mail&_action[=purge",
    "?_task=mail&_action=list&_action=purge&_uid=1-INBOX&_remote=1",
    "?_task=mail&_action=pu<b>rge&_uid=1-INBOX&_remote=1",
    "?_task=mail&_action=list;_action=purge",
    "foo/bar.js?_task=mail&_action=purge&_uid=1-INBOX&_remote=1",
    "?_action=purge&_remote=1",
    "?_task=mail&_action=",
  ])("%s", (query) => {
    expect(held(query)).toBe(true);
  });
});

describe("free", () => {
  it.each([
    "",
    "?_task=mail&_token=secret",
    "?_task=mail&_refresh=1&_mbox=INBOX",
    "?_task=mail&_action=list&_refresh=1&_layout=widescreen&_mbox=INBOX&_page=&_remote=1&_unlock=loading1&_=2",
    "?_task=mail&_action=getunread&_page=1&_remote=1&_unlock=0&_=1",
    "?_task=mail&_caps=pdf%3D1%2Cflash%3D0&_uid=13&_mbox=INBOX&_framed=1&_action=preview",
    "?_task=mail&_caps=pdf%3D1&_uid=20&_mbox=Projects%2FFjordline&_action=show",
    "?_task=mail&_action=pagenav&_uid=20&_mbox=INBOX&_remote=1&_unlock=loading1&_=1",
    "?_task=mail&_mbox=INBOX&_action=compose",
    "?_task=mail&_reply_uid=8&_mbox=INBOX&_all=all&_action=compose",
    "?_task=mail&_forward_uid=14%2C16&_mbox=INBOX&_attachment=1&_action=compose",
    "?_task=mail&_draft_uid=3&_mbox=Drafts&_action=compose",
    "?_task=mail&_action=compose&_id=5238911816b02a7e634a39",
    "?_task=mail&_action=get&_mbox=INBOX&_uid=5&_part=2&_embed=1&_mimeclass=image",
    "?_task=mail&_framed=1&_uid=18&_mbox=INBOX&_action=bounce",
    "?_task=settings&_action=plugin.managesieve-action&_framed=1&_nav=hide",
    "?_task=settings&_action=plugin.managesieve-forward",
    "?_task=settings&_action=edit-identity&_iid=1&_framed=1",
    "?_task=logout&_token=secret",
    "skins/elastic/images/favicon.ico?s=1699116754",
  ])("%s", (query) => {
    expect(held(query)).toBe(false);
  });
});

it("a held GET that changes something is understood as what it does", async () => {
  const get = (query: string): ReturnType<typeof roundcube.recognise> =>
    roundcube.recognise(
      { method: "GET", url: new URL(BASE + query), headers: new Map(), body: null, kind: "xhr" },
      fixedReads({}),
    );
  expect((await get("?_task=mail&_action=purge&_uid=1-INBOX&_remote=1")).verb).toBe("mail.purge");
  expect((await get("?_task=mail&_action=purge&_uid=1-INBOX&_remote=1")).canonical).toBe(false);
  expect((await get("?_task=mail&_action=purge&_uid=1-INBOX&_remote=1")).meaning.place).toBe("INBOX");
  expect((await get("?_task=mail&_action=purge&_remote=1")).meaning.place).toBe("the folder that was opened last");
  expect((await get("?_task=mail&_action=pur%67e&_uid=1-INBOX")).verb).toBe("mail.purge");
  expect((await get("?_task=settings&_action=plugin.managesieve-action&_act=setdel")).verb).toBe("mail.set-filter");
  expect((await get("?_task=mail&_action=frobnicate")).verb).toBe("site.unknown");
});

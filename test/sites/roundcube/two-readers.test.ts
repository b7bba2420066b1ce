// Bodies that two parsers read differently. A naive parser is first shown to call each a draft; ours must take each for
// a message that leaves, with everyone any reader could see, and say what is odd.
import { describe, expect, it } from "vitest";
import { roundcube } from "../../../extension/sites/roundcube.ts";
import { fixedReads } from "../reads.ts";
import { DRAFT, draftWith, SERVER, sending, URL_OF_SEND, written } from "./mail.ts";

const plain = written(DRAFT);
const many = Array.from({ length: 1100 }, (_, at) => `filler${at}=1`).join("&");
const last = written(DRAFT.filter(([name]) => name !== "_draft"));

/** What a simple guard would do: parse, look at one field. */
const naiveCallsItADraft = (body: string): boolean => new URLSearchParams(body).get("_draft") === "1";

const VICTIM = "mallory@outside.example";
const CASES: readonly (readonly [string, string])[] = [
  ["a second _draft that says no", `${plain}&_draft=0`],
  ["a second _draft that says nothing", `${plain}&_draft=`],
  ["_draft after 1,100 fields", `${many}&${plain}`],
  ["_draft after 600 fields", `${many.split("&").slice(0, 600).join("&")}&${plain}`],
  ["a null character in a second name", `${plain}&_draft%00x=`],
  ["a name that PHP renames", `${plain}&.draft=`],
  ["a name with a blank in front", `${plain}&+_draft=`],
  ["a name of an array", `${plain}&_draft[]=0`],
  ["an unclosed bracket", `${plain}&_draft[=0`],
  ["an encoded name", `${plain}&%5Fdraft=`],
  ["an encoded name, twice encoded", `${plain}&%255Fdraft=`],
  ["another case", `${plain}&_DRAFT=0`],
  ["bytes that are not UTF-8", plain.replace("Lunch", "Lunch%FF")],
  ["a broken escape", plain.replace("Lunch", "Lunch%zz")],
  ["a second equals sign", plain.replace("_bcc=", "_bcc==")],
  ["an escape that need not be", plain.replace("_subject", "%5Fsubject")],
  ["lower-case escapes", plain.replace("%2C", "%2c")],
  ["a field without a value", `${plain}&x`],
  ["a field nobody knows", `${plain}&_saveonly=1`],
  ["another character set", `${plain}&_charset=UTF-16`],
  ["a message replaced by an encrypted one", `${plain}&_pgpmime=text`],
  ["__proto__", `${plain}&__proto__=1`],
  ["a missing field", written(DRAFT.filter(([name]) => name !== "_message"))],
  ["_draft nearly 1", draftWith({ _draft: "1" }).replace("_draft=1", "_draft=1%20")],
];

describe("a draft to one reader", () => {
  it("a plain draft is a draft, and nothing is asked of the server", async () => {
    const reads = fixedReads({});
    const { verb, canonical, meaning } = await roundcube.recognise(sending(plain), reads);
    expect([verb, canonical, meaning.doubts]).toEqual(["mail.draft", true, []]);
    expect(reads.asked).toEqual([]);
  });

  it("half an address and a style sheet do not turn a draft into a question", async () => {
    const body = draftWith({
      _to: "Bo",
      _is_html: "1",
      _message: "<style>p{}</style><p>x</p>",
      editorSelector: "html",
    });
    const { verb, canonical } = await roundcube.recognise(sending(body), fixedReads({}));
    expect([verb, canonical]).toEqual(["mail.draft", true]);
    const send = await roundcube.recognise(sending(body.replace("_draft=1", "_draft=")), fixedReads(SERVER));
    expect([send.verb, send.canonical]).toEqual(["mail.send", false]);
  });

  it("without _draft it is a send", async () => {
    const { verb, canonical } = await roundcube.recognise(
      sending(draftWith({ _draft: "", _attachments: "11795614502009311200" })),
      fixedReads(SERVER),
    );
    expect([verb, canonical]).toEqual(["mail.send", true]);
    const { verb: absent } = await roundcube.recognise(sending(last), fixedReads(SERVER));
    expect(absent).toBe("mail.send");
  });

  it.each(CASES)("%s: asked as a send", async (name, body) => {
    if (name !== "_draft nearly 1") expect(naiveCallsItADraft(body)).toBe(true);
    const { verb, canonical, meaning } = await roundcube.recognise(sending(body), fixedReads(SERVER));
    expect(verb).toBe("mail.send");
    expect(canonical).toBe(false);
    expect(meaning.doubts.length).toBeGreaterThan(0);
    expect(meaning.people.some((p) => p.address === "bob@example.test")).toBe(true);
  });
});

describe("people only one reader sees", () => {
  const send = draftWith({ _draft: "" });
  it.each([
    [".bcc", `${send}&.bcc=${VICTIM}`],
    ["+_bcc", `${send}&+_bcc=${VICTIM}`],
    ["_bcc%00", `${send}&_bcc%00x=${VICTIM}`],
    ["%5Fbcc", `${send}&%5Fbcc=${VICTIM}`],
    ["a second _bcc", `${send}&_bcc=${VICTIM}`],
    ["_bcc[]", `${send}&_bcc[]=${VICTIM}`],
    ["a second equals sign", send.replace("_bcc=", `_bcc==?utf-8?q?x?= <${VICTIM}>`)],
    ["an unknown field", `${send}&blind=${VICTIM}`],
    ["a byte servers drop", send.replace("_bcc=", `_bcc=mal%FFlory%40outside.example`)],
    ["after 1,100 fields", `${many}&${send}&_bcc=${VICTIM}`],
  ])("%s", async (_name, body) => {
    const { verb, canonical, meaning } = await roundcube.recognise(sending(body), fixedReads(SERVER));
    expect(verb).toBe("mail.send");
    expect(canonical).toBe(false);
    expect(meaning.people.map((p) => p.address)).toContain(VICTIM);
  });
});

describe("what stands beside the body", () => {
  it.each([
    ["an action in the address", `${URL_OF_SEND}&_action=refresh`],
    ["another task in the address", URL_OF_SEND.replace("_task=mail", "_task=settings")],
    ["two tasks in the address", `${URL_OF_SEND}&_task=utils`],
    ["a compose session in the address", `${URL_OF_SEND}&_id=aaaaaaaa1111`],
    ["_saveonly", `${URL_OF_SEND}&_saveonly=1`],
    ["an encoded name in the address", `${URL_OF_SEND}&%5Faction=send`],
    ["an odd path", URL_OF_SEND.replace("/?", "/foo;x/bar.php?")],
  ])("%s", async (_name, url) => {
    const { canonical, meaning } = await roundcube.recognise(sending(plain, { url }), fixedReads(SERVER));
    expect(canonical).toBe(false);
    expect(meaning.doubts.length).toBeGreaterThan(0);
  });

  it.each(["_action", "_id", ".action", " _uid", "_mbox"])("a cookie named %s", async (name) => {
    const reads = fixedReads(SERVER, ["roundcube_sessid", name]);
    const { verb, canonical } = await roundcube.recognise(sending(plain), reads);
    expect([verb, canonical]).toEqual(["mail.send", false]);
    expect(new RegExp(roundcube.barredCookies ?? "^$").test(name)).toBe(true);
  });

  it("a harmless action in the body and a send in the address", async () => {
    const body = plain.replace("_action=send", "_action=refresh").replace("_draft=1", "_draft=");
    const { verb, canonical } = await roundcube.recognise(
      sending(body, { url: `${URL_OF_SEND}&_action=send` }),
      fixedReads(SERVER),
    );
    expect([verb, canonical]).toEqual(["mail.send", false]);
  });

  it.each(["se nd", "s<b>end", "send\0", '"send"'])("an action spelt %j", async (action) => {
    const body = draftWith({ _action: action });
    const { verb, canonical } = await roundcube.recognise(sending(body), fixedReads(SERVER));
    expect([verb, canonical]).toEqual(["mail.send", false]);
  });

  it.each([
    "text/plain",
    "application/json",
    "",
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded, text/plain",
  ])("content type %j", async (type) => {
    const { verb, canonical } = await roundcube.recognise(sending(plain, { type }), fixedReads(SERVER));
    expect([verb, canonical]).toEqual(["mail.send", false]);
  });

  it("the same fields as multipart", async () => {
    const part = ([name, value]: readonly [string, string]): string =>
      `--XX\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const body = `${DRAFT.map(part).join("")}--XX--\r\n`;
    const { verb, canonical } = await roundcube.recognise(
      sending(body, { type: "multipart/form-data; boundary=XX" }),
      fixedReads(SERVER),
    );
    expect([verb, canonical]).toEqual(["mail.send", false]);
  });

  it("a saved draft may only replace its own", async () => {
    const other = sending(draftWith({ _draft_saveid: "57" }));
    const taken = await roundcube.recognise(other, fixedReads(SERVER));
    expect(taken.canonical).toBe(false);
    expect(taken.meaning.doubts.join(" ")).toMatch(/delete .*57/);
    const all = await roundcube.recognise(sending(draftWith({ _draft_saveid: "1:*" })), fixedReads(SERVER));
    expect(all.canonical).toBe(false);
    const own = await roundcube.recognise(sending(draftWith({ _draft_saveid: "2" })), fixedReads(SERVER));
    expect([own.verb, own.canonical]).toEqual(["mail.draft", true]);
  });
});

// The real Roundcube as the last word: bodies a naive parser calls drafts really leave as mail when nothing guards them,
// its pages make no GET that our wall would hold, and our refusal keeps the text and leaves the page usable.
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { roundcube } from "../../extension/sites/roundcube.ts";
import type { Recognised, SiteReads, WireRequest } from "../../extension/sites/site.ts";
import { startMailStack, type MailStack } from "../servers/stack.ts";
import { DRAFT, written } from "../sites/roundcube/mail.ts";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const VICTIM = "mallory@outside.example";
let stack: MailStack;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  stack = await startMailStack();
  browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [...FLAGS, "--disable-component-update", "--disable-sync"],
  });
  context = await browser.newContext({ baseURL: stack.directUrl });
  page = await context.newPage();
  await page.goto("/");
  await page.fill("#rcmloginuser", "alice");
  await page.fill("#rcmloginpwd", "alice-test-pw");
  await page.click("#rcmloginsubmit");
  await page.waitForSelector("#messagelist tbody tr");
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});
beforeEach(async () => {
  stack.sink.clear();
  await page.unrouteAll();
  await page.evaluate("window.onbeforeunload = null");
});

const cookieHeader = async (): Promise<string> =>
  (await context.cookies()).map((c) => `${c.name}=${c.value}`).join("; ");

function liveReads(): SiteReads {
  const memory = new Map<string, string>();
  return {
    async get(path) {
      const headers = { cookie: await cookieHeader() };
      const answer = await fetch(stack.directUrl + path, { headers, redirect: "manual" });
      const contentType = answer.headers.get("content-type") ?? "";
      const body = new Uint8Array(await answer.arrayBuffer());
      return { status: answer.status, contentType, body, headers: new Map(answer.headers) };
    },
    cookieNames: async () => (await context.cookies()).map((c) => c.name),
    recall: (key) => Promise.resolve(memory.get(key)),
    remember: (key, value) => Promise.resolve(void memory.set(key, value)),
  };
}

async function compose(): Promise<void> {
  await page.goto("/?_task=mail&_mbox=INBOX&_action=compose");
  await page.waitForFunction("window.rcmail && rcmail.env.action === 'compose' && !rcmail.busy");
}

/** A draft save of this very compose session, as the page would write it. */
async function realDraft(): Promise<string> {
  await compose();
  const real = await page.evaluate<Record<string, string>>(
    "({ _token: rcmail.env.request_token, _id: rcmail.env.compose_id })",
  );
  return written(DRAFT.map(([name, value]) => [name, real[name] ?? value]));
}

async function postRaw(body: string, query = ""): Promise<Recognised> {
  const url = new URL(`${stack.directUrl}/?_task=mail&_unlock=loading1&_framed=1${query}`);
  const bytes = Uint8Array.from(Buffer.from(body, "latin1"));
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const wire: WireRequest = {
    method: "POST",
    url,
    headers: new Map(Object.entries(headers)),
    body: bytes,
    kind: "form",
  };
  const judged = await roundcube.recognise(wire, liveReads());
  const answer = await fetch(url, {
    method: "POST",
    headers: { ...headers, cookie: await cookieHeader() },
    body: bytes,
  });
  expect(answer.status).toBe(200);
  return judged;
}

const naiveCallsItADraft = (body: string): boolean => new URLSearchParams(body).get("_draft") === "1";
const fillers = Array.from({ length: 1100 }, (_, at) => `filler${at}=1`).join("&");

describe("bodies two parsers read differently, with nothing in their way", () => {
  it("the plain draft save sends nothing", async () => {
    const judged = await postRaw(await realDraft());
    expect([judged.verb, judged.canonical]).toEqual(["mail.draft", true]);
    expect(stack.sink.count()).toBe(0);
  });

  it.each<readonly [string, (draft: string) => string]>([
    ["_draft=1&_draft=0", (d) => `${d}&_draft=0`],
    ["_draft after 1,100 fields", (d) => `${d.replace("&_draft=1", "")}&${fillers}&_draft=1`],
    ["a null character in a name", (d) => `${d}&_draft%00x=`],
    [".draft", (d) => `${d}&.draft=`],
    ["+_draft", (d) => `${d}&+_draft=`],
    ["%5Fdraft", (d) => `${d}&%5Fdraft=0`],
    [".bcc beside it", (d) => `${d}&_draft=0&.bcc=${VICTIM}`],
    ["a second equals sign", (d) => `${d.replace("_bcc=", `_bcc==?utf-8?q?x?=+<${VICTIM}>`)}&_draft=`],
    ["an action spelt with a blank", (d) => `${d.replace("_action=send", "_action=se+nd")}&_draft=0`],
  ])("%s leaves as a real mail; we ask with the worst reading", async (_name, change) => {
    const body = change(await realDraft());
    expect(naiveCallsItADraft(body)).toBe(true);
    const judged = await postRaw(body);
    await expect.poll(() => stack.sink.count(), { timeout: 10_000 }).toBe(1);
    const [mail] = stack.sink.messages();
    expect(judged.verb).toBe("mail.send");
    expect(judged.canonical).toBe(false);
    expect(judged.meaning.doubts.length).toBeGreaterThan(0);
    const shown = judged.meaning.people.map((p) => p.address);
    for (const address of mail?.envelopeTo ?? ["nobody"]) expect(shown).toContain(address);
  });
});

describe("the page", () => {
  it("makes no GET that is held, except downloads", async () => {
    const held: string[] = [];
    page.on("request", (request) => {
      const url = request.url();
      const match = (list: readonly string[]): boolean => list.some((each) => new RegExp(each).test(url));
      if (request.method() === "GET" && match(roundcube.guardedGets) && !match(roundcube.freeGets)) held.push(url);
    });
    for (const at of [
      "/?_task=mail&_mbox=INBOX",
      "/?_task=mail&_uid=3&_mbox=INBOX&_action=show",
      "/?_task=mail&_reply_uid=3&_mbox=INBOX&_all=all&_action=compose",
      "/?_task=settings&_action=identities",
      "/?_task=settings&_action=folders",
      "/?_task=settings&_action=plugin.managesieve",
      "/?_task=addressbook",
    ]) {
      await page.goto(at);
      await page.waitForFunction("window.rcmail && !rcmail.busy");
    }
    expect(held).toEqual([]);
  });

  it("keeps the text and stays usable after our refusal, and saves one draft", async () => {
    await compose();
    const seen: { verb: string; canonical: boolean }[] = [];
    const words = 'Countersign: not sent. "Bob" was not approved </script>.';
    let refusing = true;
    await page.route("**/*", async (route) => {
      const request = route.request();
      if (request.method() !== "POST" || !request.url().includes("_framed=1")) return route.continue();
      const wire: WireRequest = {
        method: "POST",
        url: new URL(request.url()),
        headers: new Map(Object.entries(await request.allHeaders())),
        body: Uint8Array.from(request.postDataBuffer() ?? []),
        kind: "form",
      };
      const judged = await roundcube.recognise(wire, liveReads());
      seen.push({ verb: judged.verb, canonical: judged.canonical });
      if (judged.verb === "mail.draft" || !refusing) return route.continue();
      const refusal = roundcube.refuse(wire, words);
      if (refusal.how !== "answer") throw new Error("A refused send must be answered.");
      return route.fulfill({ status: refusal.status, contentType: refusal.contentType, body: refusal.body });
    });
    await page.evaluate(`(() => {
      document.querySelector("#_to").value = "bob@example.test,";
      document.querySelector("#compose-subject").value = "Kept";
      document.querySelector("#composebody").value = "This text must not be lost.";
      rcmail.command("send", "");
    })()`);
    await page.waitForSelector("#messagestack >> text=was not approved");
    await expect
      .poll(() => seen, { timeout: 10_000 })
      .toEqual([
        { verb: "mail.send", canonical: true },
        { verb: "mail.draft", canonical: true },
      ]);
    await page.waitForFunction("!rcmail.busy && document.querySelector('[name=_draft_saveid]').value !== ''");
    expect(await page.inputValue("#composebody")).toBe("This text must not be lost.");
    expect(await page.evaluate("!!rcmail.save_timer")).toBe(true);
    expect(stack.sink.count()).toBe(0);
    expect((await stack.mailbox("alice", "Drafts")).filter((row) => row.subject === "Kept").length).toBe(1);
    refusing = false;
    await page.evaluate('rcmail.command("send", "")');
    await expect.poll(() => stack.sink.count(), { timeout: 10_000 }).toBe(1);
    await page.waitForFunction("window.rcmail && rcmail.env.action !== 'compose'");
    await page.unrouteAll({ behavior: "wait" });
  });

  it("an HTML message with a picture and 5 MB beside it leaves exactly as it was shown", async () => {
    const reads = liveReads();
    const seen: Recognised[] = [];
    await page.route("**/*", async (route) => {
      const request = route.request();
      if (request.method() !== "POST") return route.continue();
      const wire: WireRequest = {
        method: "POST",
        url: new URL(request.url()),
        headers: new Map(Object.entries(await request.allHeaders())),
        body: Uint8Array.from(request.postDataBuffer() ?? []),
        kind: "form",
      };
      seen.push(await roundcube.recognise(wire, reads));
      const response = await route.fetch({ maxRedirects: 0 });
      const contentType = response.headers()["content-type"] ?? "";
      const body = Uint8Array.from(await response.body());
      await roundcube.learn?.(wire, { status: response.status(), contentType, body }, reads);
      return route.fulfill({ response });
    });
    const verbs = (): string[] => seen.filter((s) => s.verb !== "site.housekeeping").map((s) => s.verb);
    await compose();
    await page.evaluate('rcmail.command("toggle-editor", { id: "composebody", html: true })');
    await page.waitForFunction("window.tinymce?.activeEditor?.initialized");
    await page.evaluate(`(() => {
      document.querySelector("#_to").value = "bob@example.test,";
      document.querySelector("#compose-subject").value = "With a picture";
      tinymce.activeEditor.setContent('<p>Hello <b>Bob</b></p><p><img src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==" alt="dot"></p>');
      rcmail.command("savedraft", "");
    })()`);
    await page.waitForFunction("!rcmail.busy && document.querySelector('[name=_draft_saveid]').value !== ''");
    const buffer = Buffer.alloc(5_000_000, "ab\r\n\xff\0", "latin1");
    await page.setInputFiles("#uploadformInput", { name: "large.bin", mimeType: "application/octet-stream", buffer });
    await page.waitForFunction(
      "Object.values(rcmail.env.attachments).some((a) => a.complete && a.name === 'large.bin')",
    );
    await page.evaluate('rcmail.command("send", "")');
    await expect.poll(() => stack.sink.count(), { timeout: 20_000 }).toBe(1);
    expect(verbs()).toEqual(["mail.draft", "mail.upload", "mail.send"]);
    expect(seen.flatMap((s) => s.meaning.doubts)).toEqual([]);
    const shown = seen.at(-1)?.meaning;
    const [mail] = stack.sink.messages();
    const files = mail?.attachments.filter((a) => a.type !== "image/png") ?? [];
    expect(files.map(({ name, size, sha256 }) => ({ name, size, sha256 }))).toEqual(shown?.attachments);
    // The picture of the text travels once, as part of the text.
    expect(mail?.attachments.filter((a) => a.type === "image/png").length).toBe(1);
    expect(shown?.images.map((i) => i.host)).toEqual(["(data)"]);
    expect(mail?.envelopeTo).toEqual(["bob@example.test"]);
    await page.waitForFunction("window.rcmail && rcmail.env.action !== 'compose'");
    await page.unrouteAll({ behavior: "wait" });
  });
});

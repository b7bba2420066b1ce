// Something changes between the question and the yes, or stood in the page before we came: what arrives is what was
// approved, or nothing.
import { createHash } from "node:crypto";
import { createTransport } from "nodemailer";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { agentExtension, type AgentExtension } from "../browser/drivers/debugger-extension.ts";
import { signIn } from "../browser/roundcube-actions.ts";
import type { Driver } from "../browser/drivers/driver.ts";
import { arrivals, attack, openField, scripted, type Field, type Side } from "./field.ts";

let field: Field;
let agent: AgentExtension;
let other: Driver & { order(order: string, args?: object): Promise<unknown> };
beforeAll(async () => {
  agent = await agentExtension();
  field = await openField({ others: [agent.folder] });
  other = await agent.driver();
  await signIn(other, field.origin);
  await field.on.home();
});
afterAll(async () => {
  await other.close();
  await field.stop();
  agent.stop();
});
afterEach(() => field.refuseAll());

const VICTIM = "mallory@outside.example";
const recipients = (subject: string): string[] =>
  field.stack.sink.messages().flatMap((mail) => (mail.subject === subject ? mail.envelopeTo : []));
const texts = (subject: string): string[] =>
  field.stack.sink.messages().flatMap((mail) => (mail.subject === subject ? [mail.text.trim()] : []));

async function approved(subject: string): Promise<void> {
  await field.guarded.companion.answer(await field.question(subject), "approve");
  await expect.poll(() => arrivals(field, subject), { timeout: 10_000 }).toBe(1);
}

it.each([
  [
    "the bytes, after fetch was called",
    `const bytes = new TextEncoder().encode(mail(await compose(), words.subject));
     void fetch(sending, post(bytes.buffer)); bytes.set(new TextEncoder().encode("_draft=9"), 0); bytes.fill(65);`,
  ],
  [
    "the bytes, after send() was called",
    `const bytes = new TextEncoder().encode(mail(await compose(), words.subject)), x = new XMLHttpRequest();
     x.open("POST", sending); x.setRequestHeader("content-type", form["content-type"]); x.send(bytes);
     bytes.fill(65);`,
  ],
  [
    "the fields, after send() was called",
    `const list = new URLSearchParams(fields(await compose(), words.subject)), x = new XMLHttpRequest();
     x.open("POST", sending); x.send(list); list.set("_to", words.victim); list.set("_message", "Changed");`,
  ],
  [
    "the request object's headers and the form, after it was submitted",
    `const f = document.createElement("form"), i = document.createElement("iframe"); i.name = "g" + Math.random();
     document.body.append(i); f.method = "post"; f.action = sending; f.target = i.name;
     for (const [name, value] of Object.entries(fields(await compose(), words.subject))) {
       const one = document.createElement("input"); one.name = name; one.value = value; f.append(one);
     }
     document.body.append(f); f.submit();
     for (const one of f.elements) if (one.name === "_to") one.value = words.victim; else if (one.name === "_message") one.value = "Changed";`,
  ],
])("%s", async (name, script) => {
  await attack(field.on.page, script, { subject: name, victim: VICTIM });
  await approved(name);
  expect([recipients(name), texts(name)]).toEqual([["maria@northgate.example"], ["Hello"]]);
});

it("everything a script that ran before ours can wrap", async () => {
  const { context } = field.on;
  const page = await context.newPage();
  await page.addInitScript(`(() => {
    const lie = (text) => typeof text === "string" && text.includes("_subject=")
      ? text.replaceAll(/maria(%40|@)northgate\\.example/g, "mallory$1outside.example") : text;
    const bytes = (buffer) => new TextEncoder().encode(lie(new TextDecoder().decode(buffer))).buffer;
    const wrap = (owner, name, change) => { const old = owner[name]; owner[name] = function (...a) { return change(old, this, a); }; };
    for (const owner of [Request.prototype, Blob.prototype, Response.prototype])
      wrap(owner, "arrayBuffer", (old, self, a) => old.apply(self, a).then(bytes));
    wrap(MessagePort.prototype, "postMessage", (old, self, [m, ...a]) => {
      if (m?.body instanceof ArrayBuffer) m = { ...m, body: bytes(m.body), credentials: "include" };
      return old.call(self, m, ...a); });
    wrap(window, "fetch", (old, self, [u, i]) => old.call(self, u, i && { ...i, body: lie(i.body) }));
    wrap(XMLHttpRequest.prototype, "send", (old, self, [b]) => old.call(self, lie(b)));
    wrap(FormData.prototype, "forEach", (old, self, [f]) => old.call(self, (v, n) => f(n === "_to" ? ${JSON.stringify(VICTIM)} : v, n)));
  })()`);
  await page.goto(`${field.origin}/?_task=mail&_mbox=INBOX`);
  await page.waitForFunction("window.rcmail && !rcmail.busy");
  const subject = "wrapped before";
  await attack(page, "void fetch(sending, post(mail(await compose(), words.subject)));", { subject });
  const asked = await field.question(subject);
  const shown = asked.meaning.people.flatMap((p) => (p.field === "to" ? [p.address] : []));
  // The wrapper lied before we saw anything; the question shows its lie, and that is what leaves.
  expect(shown).toEqual([VICTIM]);
  await approved(subject);
  expect(recipients(subject)).toEqual(shown);
  await page.close();
});

it("a second body that races for the same yes", async () => {
  const subject = "raced";
  await attack(
    field.on.page,
    `const id = await compose();
     void fetch(sending, post(mail(id, words.subject)));
     void fetch(sending, post(mail(id, words.subject, { _bcc: words.victim })));
     void fetch(sending, post(mail(id, words.subject, { _message: "Changed" })));`,
    { subject, victim: VICTIM },
  );
  await expect.poll(async () => (await field.guarded.companion.questions()).length, { timeout: 10_000 }).toBe(3);
  const all = await field.guarded.companion.questions();
  const plain = all.find(({ meaning }) => !JSON.stringify(meaning).includes(VICTIM) && meaning.text === "Hello");
  if (!plain) throw new Error("The plain one was not asked about.");
  await field.guarded.companion.answer(plain, "approve");
  await expect.poll(() => arrivals(field, subject), { timeout: 10_000 }).toBe(1);
  await field.refuseAll();
  await field.on.home();
  expect([recipients(subject), texts(subject)]).toEqual([["maria@northgate.example"], ["Hello"]]);
});

it("a file put into the message from another tab while the question stands", async () => {
  const subject = "one more file";
  const id = await attack<string>(
    field.on.page,
    "const id = await compose(); void fetch(sending, post(mail(id, words.subject))); return id;",
    { subject },
  );
  const asked = await field.question(subject);
  expect(asked.meaning.attachments).toEqual([]);
  const tab = await field.on.context.newPage();
  await tab.goto(`${field.origin}/?_task=mail&_mbox=INBOX`);
  await tab.waitForFunction("window.rcmail && !rcmail.busy");
  await attack(
    tab,
    `const data = new FormData(); data.append("_attachments[]", new File(["secret"], "secret.txt", { type: "text/plain" }));
     await fetch("/?_task=mail&_action=upload&_remote=1&_from=compose&_id=" + words.id + "&_uploadid=u1&_unlock=l1",
       { method: "POST", body: data, headers: { "x-roundcube-request": token } });`,
    { id },
  );
  await tab.close();
  await field.guarded.companion.answer(asked, "approve");
  // Asked again, with the file and the reason; the first yes sent nothing.
  await expect
    .poll(async () => (await field.question("secret.txt")).meaning.attachments.map((a) => a.sha256), {
      timeout: 10_000,
    })
    .toEqual([createHash("sha256").update("secret").digest("hex")]);
  const again = await field.question("secret.txt");
  expect(again.meaning.doubts.join(" ")).toContain("the attachments changed");
  expect(arrivals(field, subject)).toBe(0);
});

it("another message's number in a cookie while the question stands", async () => {
  const subject = "other number";
  await attack(
    field.on.page,
    `const mine = await compose(), other = await compose();
     void fetch(sending, post(mail(mine, words.subject)));
     document.cookie = "_id=" + other; document.cookie = ".id=" + other; document.cookie = "_action=bounce";`,
    { subject },
  );
  await approved(subject);
  expect(recipients(subject)).toEqual(["maria@northgate.example"]);
});

it("a service worker that came by mail is no service worker to the browser", async () => {
  const transport = createTransport({ host: "127.0.0.1", port: field.stack.smtpPort, secure: false, ignoreTLS: true });
  await transport.sendMail({
    from: "mallory@example.test",
    to: "alice@example.test",
    subject: "A worker for you",
    text: "x",
    attachments: [{ filename: "sw.js", content: "self.onfetch = () => 0;", contentType: "application/x-javascript" }],
  });
  transport.close();
  const uid = (await field.stack.mailbox("alice", "INBOX")).find((row) => row.subject === "A worker for you")?.uid ?? 0;
  const address = `/?_task=mail&_action=get&_mbox=INBOX&_uid=${uid}&_part=2`;
  const said = await attack<string>(
    field.on.page,
    'return navigator.serviceWorker.register(words.address, { scope: "/" }).then(() => "registered", String);',
    { address },
  );
  expect(said).toContain("unsupported MIME type");
});

it("a service worker of the site that rewrites what its pages send", async () => {
  // Served by whoever drives the browser, since Roundcube itself serves no script an attacker could choose.
  const rewrites = `self.oninstall = () => self.skipWaiting();
    self.onactivate = (e) => e.waitUntil(self.clients.claim());
    self.onfetch = (e) => e.request.method === "GET" || e.respondWith(e.request.text().then((t) => fetch(e.request.url, {
      method: "POST", credentials: "include", headers: { "content-type": "application/x-www-form-urlencoded" },
      body: t.replaceAll(/maria(%40|@)northgate/g, "mallory$1outside") })));`;
  const through = async ({ context }: Side, subject: string): Promise<Page> => {
    await context.route(/rewrites\.js$/, (route) => route.fulfill({ contentType: "text/javascript", body: rewrites }));
    const page = await context.newPage();
    await page.goto(`${field.origin}/?_task=mail&_mbox=INBOX`);
    await page.waitForFunction("window.rcmail && !rcmail.busy");
    await attack(page, 'await navigator.serviceWorker.register("/rewrites.js"); await navigator.serviceWorker.ready;');
    await page.reload();
    await page.waitForFunction("window.rcmail && !rcmail.busy && navigator.serviceWorker.controller");
    await attack(page, "void fetch(sending, post(mail(await compose(), words.subject)));", { subject });
    return page;
  };
  const free = await through(field.off, "off: service worker");
  await expect.poll(() => recipients("off: service worker"), { timeout: 10_000 }).toEqual([VICTIM]);
  const subject = "through a service worker";
  const held = await through(field.on, subject);
  await approved(subject);
  expect(recipients(subject)).toEqual(["maria@northgate.example"]);
  for (const page of [free, held]) {
    await attack(page, "for (const r of await navigator.serviceWorker.getRegistrations()) await r.unregister();");
    await page.close();
  }
});

it("another extension that rewrites the tab's requests by chrome.debugger", async () => {
  await other.order("intercept", { from: "maria@northgate.example", to: VICTIM });
  await other.goto(`${field.origin}/?_task=mail&_mbox=INBOX`);
  const subject = "through a debugger";
  await other.evaluate(scripted("void fetch(sending, post(mail(await compose(), words.subject)));", { subject }));
  await approved(subject);
  expect(recipients(subject)).toEqual(["maria@northgate.example"]);
});

it("another extension's rules that add a parameter as a cookie: not stopped, but noticed", async () => {
  const subject = "through other rules";
  const before = (await field.stack.mailbox("alice", "INBOX")).length;
  await attack(field.on.page, "void fetch(sending, post(mail(await compose(), words.subject)));", { subject });
  const asked = await field.question(subject);
  await other.order("rules", { host: new URL(field.origin).hostname });
  await field.guarded.companion.answer(asked, "approve");
  await expect
    .poll(() => arrivals(field, subject), { timeout: 5_000 })
    .toBe(1)
    .catch(() => 0);
  // The courier's own request is out of reach for other extensions: it went as approved and changed nothing else.
  expect([arrivals(field, subject), (await field.stack.mailbox("alice", "INBOX")).length]).toEqual([1, before]);
  await attack(field.on.page, 'await fetch("/?_task=mail&_action=list&_mbox=Trash&_remote=1").catch(() => 0);');
  // The page's own read is not: Roundcube took the cookie for the action.
  expect((await field.stack.mailbox("alice", "INBOX")).length).toBe(0);
  const noted = async (): Promise<boolean> =>
    (await field.guarded.companion.records()).some((record) =>
      JSON.stringify(record).includes("Something rewrote a request"),
    );
  await expect.poll(noted, { timeout: 5_000 }).toBe(true);
  await other.order("rules", {});
});

// Attacks on Countersign itself: pages and extensions that pose as a part of it, flood it, frame it, or read its package.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { agentExtension, type AgentExtension } from "../browser/drivers/debugger-extension.ts";
import type { Driver } from "../browser/drivers/driver.ts";
import { arrivals, attack, openField, type Field } from "./field.ts";

const ID = "phphljiahagnbdklknpffbmamgacepne";
let field: Field;
let agent: AgentExtension;
let other: Driver & { order(order: string, args?: object): Promise<unknown> };
let evil: Server;
let evilUrl: string;
let own: string;

beforeAll(async () => {
  evil = createServer((_request, response) => response.end("<!doctype html><title>evil</title><body>"));
  await new Promise<void>((done) => evil.listen(0, "127.0.0.1", done));
  evilUrl = `http://evil.localhost:${(evil.address() as AddressInfo).port}/`;
  agent = await agentExtension();
  field = await openField({ others: [agent.folder], guardedOnly: true });
  other = await agent.driver();
  const targets = (await (await fetch(`${field.guarded.chromium.cdp}/json`)).json()) as { url: string; type: string }[];
  own = targets.find(({ url }) => url.includes("service-worker-loader.js"))?.url.split("/")[2] ?? ID;
});
afterAll(async () => {
  await other.close();
  await field.stop();
  agent.stop();
  evil.close();
});
afterEach(() => field.refuseAll());

const questions = async (): Promise<number> => (await field.guarded.companion.questions()).length;

it("no file of the package can be read, framed or opened by a page", async () => {
  const page = await field.on.context.newPage();
  for (const at of [evilUrl, `${field.origin}/?_task=mail&_mbox=INBOX`]) {
    await page.goto(at);
    const files = [
      "manifest.json",
      "preset.json",
      "page/hold.js",
      "page/gate.js",
      "icons/128.png",
      "extension/ui/approve/index.html",
    ];
    const read = await page.evaluate(
      `Promise.all(${JSON.stringify(files)}.map((f) => fetch("chrome-extension://${own}/" + f).then((r) => f + r.status, () => "")))`,
    );
    expect(read).toEqual(files.map(() => ""));
    const shown = await page.evaluate<string>(`new Promise((done) => {
      const i = document.createElement("iframe"); i.src = "chrome-extension://${own}/extension/ui/approve/index.html";
      i.onload = i.onerror = () => { try { done(String(i.contentDocument?.body?.innerHTML.length ?? "other")); } catch (e) { done(String(e)); } };
      document.body.append(i); })`);
    const frames = page.frames().map((frame) => frame.url());
    expect([shown, frames.filter((url) => url.includes("approve/index.html"))]).toEqual([shown, []]);
    const opened = field.on.context.waitForEvent("page");
    await page.evaluate(`void window.open("chrome-extension://${own}/extension/ui/approve/index.html")`);
    const popup = await opened;
    await popup.waitForLoadState().catch(() => undefined);
    expect(popup.url()).not.toContain("approve");
    await popup.close();
  }
  await page.close();
});

it("a page and another extension find no one to talk to", async () => {
  expect(await field.on.page.evaluate("typeof chrome === 'undefined' || !chrome.runtime?.sendMessage")).toBe(true);
  expect(await other.order("talkTo", { id: own, message: { name: "state" } })).toMatch(/^refused/);
});

it("another extension's debugger does not get to our worker or pages", async () => {
  expect(await other.order("attack", { name: "attachTo", args: [own] })).toMatch(/^(refused|no target)/);
});

it("a page that poses as the bridge can only have its own requests judged", async () => {
  const subject = "posed";
  const heard = await attack<string>(
    field.on.page,
    `const channel = new MessageChannel(), heard = [];
     channel.port1.onmessage = (e) => heard.push(e.data); 
     for (let i = 0; i < 3; i++) {
       window.dispatchEvent(new Event("countersign-ready"));
       window.dispatchEvent(new MessageEvent("countersign-hello", { ports: [channel.port2], cancelable: true }));
     }
     const body = new TextEncoder().encode(mail(await compose(), words.subject)).buffer;
     const request = { type: "request", id: 7001, kind: "fetch", method: "POST", url: location.origin + sending,
       headers: Object.entries(form), body, mode: "cors", credentials: "include", redirect: "follow", referrer: "", referrerPolicy: "", keepalive: true };
     channel.port1.postMessage(request); channel.port1.postMessage({ type: "answer", approvalId: "x", answer: "approve" });
     window.postMessage(request, "*"); window.postMessage({ type: "answer", id: 1, how: "go", url: "/" }, "*");
     await new Promise((done) => setTimeout(done, 200));
     return String(heard.length);`,
    { subject },
  );
  expect([heard, await questions(), arrivals(field, subject)]).toEqual(["0", 0, 0]);
});

it("a message of a frame's isolated world with another origin, kind, ticket or extra field is not taken", async () => {
  const client = await field.on.context.newCDPSession(field.on.page);
  const worlds: { id: number; origin: string; name: string }[] = [];
  client.on("Runtime.executionContextCreated", ({ context }) => worlds.push(context));
  await client.send("Runtime.enable");
  await expect.poll(() => worlds.some(({ origin }) => origin.includes(own))).toBe(true);
  const world = worlds.find(({ origin }) => origin.includes(own));
  const subject = "from our own world";
  const body = await attack<string>(field.on.page, "return mail(await compose(), words.subject);", { subject });
  const said = await client.send("Runtime.evaluate", {
    contextId: world?.id ?? 0,
    awaitPromise: true,
    returnByValue: true,
    expression: `(async () => {
      const body = new TextEncoder().encode(${JSON.stringify(body)}).buffer, heard = [];
      const request = (id, more) => ({ type: "request", id, kind: "fetch", method: "POST", url: location.origin + "/?_task=mail&_unlock=l1&_framed=1",
        headers: [["content-type", "application/x-www-form-urlencoded"]], body, mode: "cors", credentials: "include", redirect: "follow",
        referrer: "", referrerPolicy: "", keepalive: false, ...more });
      const port = chrome.runtime.connect({ name: "page" });
      port.onMessage.addListener((m) => heard.push([m.id, m.how]));
      port.postMessage(request(1, { origin: "https://other.example" }));
      port.postMessage(request(2, { kind: "stead" }));
      port.postMessage(request(3, { approvalId: "a", ticket: "b" }));
      port.postMessage(request(4, { url: "http://user:pw@" + location.host + "/" }));
      port.postMessage(request(5, { url: location.origin.replace("roundcube", "roundcube.roundcube") + "/" }));
      port.postMessage(request(6, { url: "http://127.0.0.1:1/" }));
      port.postMessage(request(7, { url: location.origin.replace(/:\\d+$/, ":1") + "/" }));
      const ui = chrome.runtime.connect({ name: "ui" }); let gone = false; ui.onDisconnect.addListener(() => { gone = true; });
      ui.onMessage.addListener(() => heard.push("state"));
      const asked = await chrome.runtime.sendMessage({ name: "refuseAll" });
      for (let i = 0; i < 50 && (heard.length < 7 || !gone); i++) await new Promise((done) => setTimeout(done, 50));
      return JSON.stringify([heard.toSorted((a, b) => a[0] - b[0]), gone, asked.ok]);
    })()`,
  });
  const [heard, gone, answered] = JSON.parse(String(said.result.value)) as [unknown[], boolean, boolean];
  expect(heard.length).toBe(7);
  expect(JSON.stringify(heard)).not.toContain("response");
  expect([gone, answered, await questions(), arrivals(field, subject)]).toEqual([true, false, 0, 0]);
  await client.detach();
});

it("a flood of writes ends in a few questions, and the person can say no to all", async () => {
  const state = { over: false };
  let most = 0;
  const flood = attack(
    field.on.page,
    `const id = await compose();
     await Promise.all(Array.from({ length: 300 }, (_, i) =>
       fetch(sending, post(mail(id, "flood " + i))).catch(() => 0)));`,
  ).finally(() => (state.over = true));
  await expect.poll(questions, { timeout: 15_000 }).toBeGreaterThan(0);
  while (!state.over) {
    most = Math.max(most, await questions());
    await field.refuseAll();
  }
  await flood;
  expect(most).toBeLessThanOrEqual(50);
  expect(field.stack.sink.messages().filter(({ subject }) => subject.startsWith("flood"))).toEqual([]);
});

it("another site's page asks nobody anything, whatever it sends to the guarded one", async () => {
  const token = await attack<string>(field.on.page, "return mail(await compose(), 'stranger');");
  const page = await field.on.context.newPage();
  await page.goto(evilUrl);
  await page.evaluate(`(async () => {
    const url = ${JSON.stringify(field.origin)} + "/?_task=mail&_unlock=l1&_framed=1", body = ${JSON.stringify(token)};
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    await fetch(url, { method: "POST", mode: "no-cors", credentials: "include", headers, body }).catch(() => 0);
    navigator.sendBeacon(url, new URLSearchParams(body));
    const i = document.createElement("iframe"); i.name = "x"; document.body.append(i);
    const f = document.createElement("form"); f.method = "post"; f.action = url; f.target = "x";
    for (const [n, v] of new URLSearchParams(body)) { const e = document.createElement("input"); e.name = n; e.value = v; f.append(e); }
    document.body.append(f); f.submit();
    await new Promise((done) => setTimeout(done, 300));
    f.target = "_top"; f.submit();
  })()`);
  await page.waitForURL(/chrome-error|roundcube/).catch(() => undefined);
  expect([await questions(), arrivals(field, "stranger")]).toEqual([0, 0]);
  await page.close();
});

it("an approval is not used twice, nor after it was refused", async () => {
  const subject = "once";
  const id = await attack<string>(
    field.on.page,
    "const id = await compose(); void fetch(sending, post(mail(id, words.subject))).catch(() => 0); return id;",
    { subject },
  );
  const asked = await field.question(subject);
  await field.guarded.companion.answer(asked, "refuse");
  await field.guarded.companion.answer(asked, "approve").catch(() => undefined);
  await attack(field.on.page, "await fetch(sending, post(mail(words.id, words.subject))).catch(() => 0);", {
    id,
    subject,
  });
  expect([await questions(), arrivals(field, subject)]).toEqual([0, 0]);
});

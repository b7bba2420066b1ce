// Addresses that change something although they are only read: every door a page or a link has, with the guard off and on.
// Each door empties a folder of its own, so that all can be tried in one page.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attack, openField, type Field } from "./field.ts";

const run = promisify(execFile);
let field: Field;

const doveadm = async (...args: string[]): Promise<string> => {
  const config = join(field.stack.dir, "dovecot.conf");
  return (await run("doveadm", ["-c", config, "-f", "flow", ...args])).stdout;
};
const folder = (side: string, at: number): string => `${side}${at}`;
/** Which of the folders of a side still hold their message. */
const whole = async (side: string): Promise<string[]> => {
  const text = await doveadm("mailbox", "status", "-u", "alice", "messages", `${side}*`);
  return [...text.matchAll(/^(\w+) messages=1$/gm)].map((m) => m[1] ?? "");
};
const purge = (name: string): string => `/?_task=mail&_action=purge&_uid=1-${name}&_remote=1`;

const FRAME = `const i = document.createElement("iframe"); i.name = "f" + Math.random(); document.body.append(i);`;
type Door = readonly [name: string, script: string];
const element = (html: string): string =>
  `document.body.insertAdjacentHTML("beforeend", ${JSON.stringify(html)}.replaceAll("URL", words.url.replaceAll("&", "&amp;")));`;

const DOORS: readonly Door[] = [
  ["an image", element('<img src="URL">')],
  ["a frame", element('<iframe src="URL"></iframe>')],
  ["an object", element('<object data="URL"></object>')],
  ["an embed", element('<embed src="URL">')],
  ["a style sheet", element('<link rel="stylesheet" href="URL">')],
  ["a background", element("<div style=\"background:url('URL');width:9px;height:9px\">x</div>")],
  ["a script", 'const s = document.createElement("script"); s.src = words.url; document.body.append(s);'],
  ["a module", "await import(location.origin + words.url).catch(() => 0);"],
  ["a video", element('<video src="URL" preload="auto"></video>')],
  ["a preload", element('<link rel="preload" as="fetch" crossorigin="use-credentials" href="URL">')],
  ["a prefetch", element('<link rel="prefetch" href="URL">')],
  [
    "a prerender",
    'const s = document.createElement("script"); s.type = "speculationrules"; s.textContent = JSON.stringify({ prerender: [{ urls: [words.url], eagerness: "immediate" }] }); document.head.append(s);',
  ],
  [
    "a speculative prefetch",
    'const s = document.createElement("script"); s.type = "speculationrules"; s.textContent = JSON.stringify({ prefetch: [{ urls: [words.url], eagerness: "immediate" }] }); document.head.append(s);',
  ],
  ["an svg use", element('<svg><image href="URL" width="9" height="9"/></svg>')],
  ["an event source", "new EventSource(words.url);"],
  ["a worker's script", "new Worker(words.url);"],
  ["a shared worker's script", "new SharedWorker(words.url);"],
  ["a service worker's script", "await navigator.serviceWorker.register(words.url).catch(() => 0);"],
  [
    "importScripts in a worker",
    'new Worker(URL.createObjectURL(new Blob([`importScripts("${location.origin}${words.url}")`])));',
  ],
  [
    "a worklet",
    "await CSS.paintWorklet?.addModule(words.url).catch(() => 0); await new AudioContext().audioWorklet.addModule(words.url).catch(() => 0);",
  ],
  ["fetch", "void fetch(words.url).catch(() => 0);"],
  ["HEAD", 'void fetch(words.url, { method: "HEAD" }).catch(() => 0);'],
  [
    "a fresh frame's fetch",
    'const i = document.createElement("iframe"); document.body.append(i); void i.contentWindow.fetch(location.origin + words.url).catch(() => 0);',
  ],
  [
    "a synchronous XMLHttpRequest",
    'const x = new XMLHttpRequest(); x.open("GET", words.url, false); try { x.send(); } catch {}',
  ],
  ["a ping of a link", element('<a id="ping" ping="URL" href="#x">x</a>') + 'document.querySelector("#ping").click();'],
  ["fetchLater", "if (typeof fetchLater === 'function') fetchLater(words.url, { activateAfter: 0 });"],
  ["a download link", element('<a id="dl" download href="URL">x</a>') + 'document.querySelector("#dl").click();'],
  [
    "a link into a frame",
    `${FRAME} const a = document.createElement("a"); a.href = words.url; a.target = i.name; document.body.append(a); a.click();`,
  ],
  ["a frame's location", `${FRAME} i.contentWindow.location.href = location.origin + words.url;`],
  ["location.replace of a frame", `${FRAME} i.contentWindow.location.replace(location.origin + words.url);`],
  ["window.open", "window.open(words.url);"],
  [
    "a form with GET",
    `${FRAME} const f = document.createElement("form"); f.target = i.name; f.action = "/";
     for (const [name, value] of new URLSearchParams(words.url.slice(2))) {
       const field = document.createElement("input"); field.name = name; field.value = value; f.append(field);
     }
     document.body.append(f); f.submit();`,
  ],
  [
    "a refresh inside a frame",
    `const i = document.createElement("iframe"); i.srcdoc = '<meta http-equiv="refresh" content="0;url=' + location.origin + words.url.replaceAll("&", "&amp;") + '">'; document.body.append(i);`,
  ],
];

const NAMES = DOORS.map(([name], at) => [name, at] as const);

beforeAll(async () => {
  field = await openField();
  const all = ["off", "on"].flatMap((side) => DOORS.map((_, at) => folder(side, at)));
  // One that is there already, from a try Dovecot answered late, is as good.
  for (const name of all)
    await doveadm("mailbox", "create", "-u", "alice", name).catch((error: unknown) => {
      if (!String(error).includes("already exists")) throw error;
    });
  for (const name of all) await doveadm("copy", "-u", "alice", name, "mailbox", "INBOX", "uid", "1");
});
afterAll(() => field.stop());

describe("with the guard off", () => {
  beforeAll(async () => {
    for (const [at, [, script]] of DOORS.entries())
      await attack(field.off.page, script, { url: purge(folder("off", at)) });
  });

  it.each(NAMES)("%s empties its folder", async (_name, at) => {
    await expect.poll(() => whole("off"), { timeout: 10_000 }).not.toContain(folder("off", at));
  });
});

describe("with the guard on", () => {
  beforeAll(async () => {
    for (const [at, [, script]] of DOORS.entries())
      await attack(field.on.page, script, { url: purge(folder("on", at)) });
    // Whatever was let go by now has been answered when a later request of the same session has.
    await field.on.home();
    await field.off.home();
  });
  afterAll(() => field.refuseAll());

  it.each(NAMES)("%s empties nothing", async (_name, at) => {
    expect(await whole("on")).toContain(folder("on", at));
  });
});

describe("the spellings", () => {
  const SPELLINGS: readonly (readonly [string, (name: string) => string])[] = [
    ["a dot", (name) => `/?_task=mail&.action=purge&_uid=1-${name}&_remote=1`],
    ["an escaped name", (name) => `/?_task=mail&%5Faction=purge&_uid=1-${name}&_remote=1`],
    ["a blank before the name", (name) => `/?_task=mail&+_action=purge&_uid=1-${name}&_remote=1`],
    ["a null character behind the name", (name) => `/?_task=mail&_action%00=purge&_uid=1-${name}&_remote=1`],
    ["another spelling", (name) => `/?_task=mail&_action=folder_purge&_uid=1-${name}&_remote=1`],
    ["a blank in the action", (name) => `/?_task=mail&_action=pu+rge&_uid=1-${name}&_remote=1`],
    ["a tag in the action", (name) => `/?_task=mail&_action=pu<b>rge&_uid=1-${name}&_remote=1`],
    ["a second action", (name) => `/?_task=mail&_action=list&_action=purge&_uid=1-${name}&_remote=1`],
    ["a blank in the task", (name) => `/?_task=ma+il&_action=purge&_uid=1-${name}&_remote=1`],
    ["no task", (name) => `/?_action=purge&_uid=1-${name}&_remote=1`],
    ["another path", (name) => `/index.php/list?_task=mail&_action=purge&_uid=1-${name}&_remote=1`],
    ["a path that looks like a picture", (name) => `/x.png?_task=mail&_action=purge&_uid=1-${name}&_remote=1`],
    ["what a style sheet's address looks like", (name) => `/?s=1&_task=mail&_action=purge&_uid=1-${name}&_remote=1`],
    ["a fragment with a harmless one", (name) => `/?_action=purge&_uid=1-${name}&_remote=1#?_task=mail&_action=list`],
  ];
  beforeAll(async () => {
    for (const [at] of SPELLINGS.entries())
      for (const name of [`spelt${at}`, `kept${at}`]) {
        await doveadm("mailbox", "create", "-u", "alice", name);
        await doveadm("copy", "-u", "alice", name, "mailbox", "INBOX", "uid", "1");
      }
  });

  it.each(SPELLINGS.map(([name, spell], at) => [name, at, spell] as const))("%s", async (_name, at, spell) => {
    const image = `const i = new Image(); i.src = words.url; await new Promise((done) => { i.onload = i.onerror = done; });`;
    await attack(field.off.page, image, { url: spell(`spelt${at}`) });
    await expect.poll(() => whole("spelt"), { timeout: 5_000 }).not.toContain(`spelt${at}`);
    await attack(field.on.page, image, { url: spell(`kept${at}`) });
    await field.on.page.goto(field.origin + spell(`kept${at}`)).catch(() => undefined);
    expect(await whole("kept")).toContain(`kept${at}`);
    await field.on.home();
  });
});

// What needs no click on Roundcube's own buttons: its commands called by script, keys, a drag, contexts beside the page, and
// settings changed by a mere look at an address. One browser: the same server under a name that nobody guards is "off".
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { arrivals, attack, openField, type Field } from "./field.ts";
import { looksOf } from "./looks.ts";

let field: Field;
let off: Page;
let on: Page;
const sides = (): [Page, Page] => [off, on];

const inbox = async (page: Page): Promise<void> => {
  await page.goto(new URL("/?_task=mail&_mbox=INBOX", page.url()).href);
  await page.waitForFunction("window.rcmail?.env.task === 'mail' && document.querySelector('#messagelist tr.message')");
};
beforeAll(async () => {
  field = await openField({ host: "mail.roundcube.localhost", guardedOnly: true });
  on = field.on.page;
  off = await field.on.context.newPage();
  off.on("dialog", (dialog) => void dialog.accept().catch(() => undefined));
  await off.goto(`${field.stack.roundcubeUrl}/?_task=login`);
  await off.fill("#rcmloginuser", "alice");
  await off.fill("#rcmloginpwd", "alice-test-pw");
  await off.click("#rcmloginsubmit");
  await off.waitForFunction("window.rcmail?.env.task === 'mail'");
  await field.on.context.route(/own-worker\.js$/, (route) =>
    route.fulfill({
      contentType: "text/javascript",
      body: `self.onmessage = (e) => e.waitUntil(fetch(...e.data).catch(() => 0));`,
    }),
  );
  // Narrower, and the folders make room for the messages.
  const window = await field.on.context.newCDPSession(off);
  const { windowId } = await window.send("Browser.getWindowForTarget");
  await window.send("Browser.setWindowBounds", { windowId, bounds: { width: 1500, height: 900 } });
  await inbox(off);
});
afterAll(() => field.stop());
afterEach(() => field.refuseAll());

/** Does it on both sides: off it counts one; on it is asked about, refused counts none, approved counts exactly one. */
async function held(what: {
  readonly begin: (page: Page, mark: string) => Promise<unknown>;
  readonly count: (mark: string) => number | Promise<number>;
  readonly marks: readonly [off: string, refused: string, approved: string];
}): Promise<void> {
  const { begin, count, marks } = what;
  const { companion } = field.guarded;
  await begin(off, marks[0]);
  await expect.poll(() => count(marks[0]), { timeout: 10_000 }).toBe(1);
  await begin(on, marks[1]);
  await companion.answer(await field.question(marks[1]), "refuse");
  await begin(on, marks[2]);
  const wanted = await field.question(marks[2]);
  expect(await count(marks[2])).toBe(0);
  await companion.answer(wanted, "approve");
  await expect.poll(() => count(marks[2]), { timeout: 10_000 }).toBe(1);
  expect([await count(marks[1]), await count(marks[2])]).toEqual([0, 1]);
}
const three = (name: string): [string, string, string] => [`off: ${name}`, `refused: ${name}`, `approved: ${name}`];

const written = async (page: Page, subject: string): Promise<void> => {
  const compose = new URL("/?_task=mail&_action=compose", page.url()).href;
  // After a send the application is itself on its way back to the list.
  for (let tries = 0; tries < 4; tries += 1) if (await page.goto(compose).then(Boolean, () => false)) break;
  await page.waitForFunction("window.rcmail?.gui_objects?.messageform && document.querySelector('#composebody')");
  await page.evaluate(
    `for (const [id, value] of [["_to", "maria@northgate.example"], ["compose-subject", ${JSON.stringify(subject)}], ["composebody", "Hello"]]) {
      const e = document.getElementById(id); e.value = value; e.dispatchEvent(new Event("change", { bubbles: true })); }`,
  );
};

describe("a send", () => {
  const sends: readonly [string, (page: Page, subject: string) => Promise<unknown>][] = [
    [
      "by Roundcube's command, called without any event",
      async (page, subject) => {
        await written(page, subject);
        await page.evaluate("rcmail.command('send', {}) ?? null");
      },
    ],
    [
      "by Enter on the focused button",
      async (page, subject) => {
        await written(page, subject);
        await page.locator("button.send").first().focus();
        await page.keyboard.press("Enter");
      },
    ],
    [
      "by fetch of an isolated world, where none of our scripts is",
      async (page, subject) => {
        await inbox(page);
        const body = await attack<string>(page, "return mail(await compose(), words.subject);", { subject });
        const session = await page.context().newCDPSession(page);
        const { frameTree } = await session.send("Page.getFrameTree");
        const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
        const how = { method: "POST", body, headers: { "content-type": "application/x-www-form-urlencoded" } };
        await session.send("Runtime.evaluate", {
          expression: `void fetch("/?_task=mail&_framed=1", ${JSON.stringify(how)}).catch(() => 0)`,
          contextId: executionContextId,
        });
      },
    ],
    [
      "by the site's own service worker",
      async (page, subject) => {
        await inbox(page);
        await attack(
          page,
          `await navigator.serviceWorker.register("/own-worker.js"); const { active } = await navigator.serviceWorker.ready;
           active.postMessage([sending, post(mail(await compose(), words.subject))]);`,
          { subject },
        );
      },
    ],
    [
      "by a form into _top",
      async (page, subject) => {
        await inbox(page);
        await attack(
          page,
          `const f = document.createElement("form"); f.method = "post"; f.action = sending; f.target = "_top";
           for (const [name, value] of Object.entries(fields(await compose(), words.subject))) {
             const i = document.createElement("input"); i.name = name; i.value = value; i.type = "hidden"; f.append(i); }
           document.body.append(f); setTimeout(() => HTMLFormElement.prototype.submit.call(f));`,
          { subject },
        );
      },
    ],
  ];

  it.each(sends)("%s", async (name, begin) => {
    await held({ begin, count: (subject) => arrivals(field, subject), marks: three(name) });
  });

  it("by fetch of a sandboxed frame, which is nobody's: off it leaves the browser, on it does not, nor is anyone asked", async () => {
    const script = `
      const how = { ...post(mail(await compose(), words.subject)), mode: "no-cors", credentials: "include" };
      const i = document.createElement("iframe"); i.sandbox = "allow-scripts";
      i.srcdoc = "<script>fetch(" + JSON.stringify(location.origin + sending) + "," + JSON.stringify(how) +
        ").then((r) => r.type, (e) => e.name).then((said) => parent.postMessage(said, '*'))</" + "script>";
      return new Promise((done) => { addEventListener("message", (e) => e.source === i.contentWindow && done(e.data)); document.body.append(i); });`;
    const said: string[] = [];
    for (const page of sides()) {
      await inbox(page);
      said.push(await attack<string>(page, script, { subject: "from a sandbox" }));
    }
    expect(said).toEqual(["opaque", "TypeError"]);
    expect([await field.guarded.companion.questions(), arrivals(field, "from a sandbox")]).toEqual([[], 0]);
  });
});

describe("a deletion", () => {
  const inTrash = async (subject: string): Promise<number> =>
    (await field.stack.mailbox("alice", "Trash")).filter((mail) => mail.subject === subject).length;
  /** Three of the inbox, with subjects that name one message only. */
  const victims = async (): Promise<[string, string, string]> => {
    const all = (await field.stack.mailbox("alice", "INBOX")).map(({ subject }) => subject);
    const once = all.filter((one) => /^[\w ]{8,}$/.test(one) && all.filter((each) => each.includes(one)).length === 1);
    const [first, second, third] = once;
    if (!first || !second || !third) throw new Error(`too few messages: ${all.join("; ")}`);
    return [first, second, third];
  };
  const row = (page: Page, subject: string) => page.locator("#messagelist tr.message", { hasText: subject }).first();

  it("by the Delete key on the selected message", async () => {
    const begin = async (page: Page, subject: string): Promise<void> => {
      await page.bringToFront();
      await inbox(page);
      await row(page, subject).locator("td.subject").click();
      await page.waitForFunction(
        "rcmail.commands.delete === true && !rcmail.busy && document.querySelector('#messagecontframe')?.contentDocument?.querySelector('#messagebody')",
      );
      await page.locator("#messagelist").focus();
      await page.keyboard.press("Delete");
    };
    await held({ begin, count: inTrash, marks: await victims() });
  });

  it("by a message dragged onto the trash", async () => {
    const begin = async (page: Page, subject: string): Promise<void> => {
      await page.bringToFront();
      await inbox(page);
      await row(page, subject).scrollIntoViewIfNeeded();
      const from = await row(page, subject).boundingBox();
      const to = await page.locator("#mailboxlist li.trash a").first().boundingBox();
      if (!from || !to) throw new Error("nothing to drag");
      await page.mouse.move(from.x + 80, from.y + 10);
      await page.mouse.down();
      await page.mouse.move(from.x + 60, from.y + 20, { steps: 4 });
      await page.mouse.move(to.x + 30, to.y + 12, { steps: 12 });
      await page.waitForFunction("rcmail.env.last_folder_target === 'Trash'");
      await page.mouse.up();
    };
    await held({ begin, count: inTrash, marks: await victims() });
  });
});

describe("a change by a mere look", () => {
  const LOOKS = `
    const i = new Image(); const loaded = new Promise((done) => { i.onload = i.onerror = done; });
    i.src = words.url; await loaded;
    await fetch(words.url).then((r) => r.text()).catch(() => 0);
  `;
  it.each(looksOf(() => [field, off]))(
    "%s: off one look does it, on an image and a fetch leave it",
    async (_name, { make, url }) => {
      const before = await make("off");
      expect(await before()).toBe(true);
      const free = await url("off");
      await attack(off, `await fetch(words.url).then((r) => r.text());`, { url: free });
      expect(await before()).toBe(false);

      const kept = await make("on");
      const address = await url("on");
      const looking = attack(on, LOOKS, { url: address });
      await Promise.race([looking, field.question("").catch(() => undefined)]);
      expect(await kept()).toBe(true);
      await field.refuseAll();
      await looking;
      expect(await kept()).toBe(true);
    },
  );
});

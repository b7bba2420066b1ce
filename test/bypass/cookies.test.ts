// Roundcube prefers a cookie to what a request says. A page that sets one in the same breath turns a harmless read into
// an emptied folder with the guard off; with it on the cookie never travels, and signing in and out goes on working.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attack, openField, type Field, type Side } from "./field.ts";

let field: Field;
let whole: number;
beforeAll(async () => {
  field = await openField({ host: "mail.roundcube.localhost" });
  whole = await left();
});
afterAll(() => field.stop());

const left = async (): Promise<number> => (await field.stack.mailbox("alice", "INBOX")).length;
const READ = "/?_task=mail&_action=list&_mbox=Trash&_remote=1";
const get = `await fetch("${READ}").catch(() => 0);`;
const visit = (side: Side): Promise<unknown> => side.page.goto(field.origin + READ).catch(() => undefined);
type Way = readonly [name: string, run: (side: Side) => Promise<unknown>];
const script =
  (text: string) =>
  ({ page }: Side): Promise<unknown> =>
    attack(page, text);
const WAYS: readonly Way[] = [
  ["a cookie and a fetch", script(`document.cookie = "_action=purge"; document.cookie = "_uid=1-INBOX"; ${get}`)],
  [
    "a cookie and an image",
    script(`document.cookie = "_action=purge"; document.cookie = "_uid=1-INBOX";
      const i = new Image(); i.src = "${READ}"; await new Promise((done) => { i.onload = i.onerror = done; });`),
  ],
  [
    "a cookie and an address that is typed",
    async (side) => {
      await attack(side.page, 'document.cookie = "_action=purge"; document.cookie = "_uid=1-INBOX";');
      await visit(side);
    },
  ],
  ["a name with a dot", script(`document.cookie = ".action=purge"; document.cookie = ".uid=1-INBOX"; ${get}`)],
  [
    "a cookie of the whole domain",
    script(
      `for (const c of ["_action=purge", "_uid=1-INBOX"]) document.cookie = c + "; domain=roundcube.localhost"; ${get}`,
    ),
  ],
  [
    "the cookie store",
    script(`await cookieStore.set("_action", "purge"); await cookieStore.set("_uid", "1-INBOX"); ${get}`),
  ],
  [
    "a cookie of another path",
    script(`for (const c of ["_action=purge", "_uid=1-INBOX"]) document.cookie = c + "; path=/index.php";
      await fetch("/index.php${READ.slice(1)}").catch(() => 0);`),
  ],
  [
    "a page next door in the same domain",
    async (side) => {
      const next = await side.context.newPage();
      await next.goto(field.origin.replace("mail.", "www."));
      await next.evaluate(`(async () => {
        for (const c of ["_action=purge", "_uid=1-INBOX"]) document.cookie = c + "; domain=roundcube.localhost";
        const i = new Image(); i.src = ${JSON.stringify(field.origin + READ)};
        await new Promise((done) => { i.onload = i.onerror = done; });
      })()`);
      await next.close();
    },
  ],
  [
    "a link on a page next door in the same domain",
    async (side) => {
      const next = await side.context.newPage();
      await next.goto(field.origin.replace("mail.", "www."));
      await next.evaluate(`(() => {
        for (const c of ["_action=purge", "_uid=1-INBOX"]) document.cookie = c + "; domain=roundcube.localhost";
        location.href = ${JSON.stringify(field.origin + READ)};
      })()`);
      await next.waitForURL(/_remote=1/).catch(() => 0);
      await next.close();
    },
  ],
  [
    "a cookie given by remote debugging",
    async (side) => {
      const url = field.origin;
      await side.context.addCookies([
        { name: "_action", value: "purge", url },
        { name: "_uid", value: "1-INBOX", url },
      ]);
      await visit(side);
    },
  ],
  [
    "a write of the page's own",
    script(`document.cookie = "_action=purge"; document.cookie = "_uid=1-INBOX";
      await fetch("/?_task=mail&_action=refresh", { ...post("_remote=1"), headers: { ...form, "x-roundcube-request": token } }).catch(() => 0);`),
  ],
  [
    "a strict cookie first, then the one and an address that is typed",
    async (side) => {
      await attack(side.page, `document.cookie = "x=1; samesite=strict"; ${get}`);
      await attack(side.page, 'document.cookie = "_action=purge"; document.cookie = "_uid=1-INBOX";');
      await visit(side);
    },
  ],
  [
    "a hundred cookies, long paths, odd values, then the one",
    script(`for (let i = 0; i < 40; i++) document.cookie = "x" + i + "=\u{1f600}; path=/" + "p".repeat(20 * i);
      for (let i = 0; i < 40; i++) document.cookie = "y" + i + "=1; path=/" + i;
      document.cookie = "_action=purge"; document.cookie = "_uid=1-INBOX"; ${get}`),
  ],
  [
    "fifty times in one breath",
    script(`await Promise.all(Array.from({ length: 50 }, () => {
      document.cookie = "_action=purge"; document.cookie = "_uid=1-INBOX"; return fetch("${READ}").catch(() => 0); }));`),
  ],
];

const forget = (side: Side): Promise<void> => side.context.clearCookies({ name: /^(?!roundcube_)/ });

describe.each(WAYS)("%s", (_name, run) => {
  it("empties the inbox with the guard off", async () => {
    await field.off.home();
    await run(field.off);
    await expect.poll(left, { timeout: 3_000 }).toBe(0);
    await forget(field.off);
    await field.stack.reset();
  });

  it("does nothing with the guard on", async () => {
    await field.on.home();
    await run(field.on);
    expect(await left()).toBe(whole);
    await forget(field.on);
  });
});

describe("what goes on working", () => {
  const inside = (side: Side): Promise<boolean> =>
    attack<boolean>(side.page, 'return !(await (await fetch("/?_task=mail")).text()).includes("rcmloginuser");');

  it("signing out and in again", async () => {
    await field.on.home();
    await field.on.page.waitForFunction("rcmail.commands['switch-task'] && !rcmail.busy");
    await field.on.page.evaluate("void rcmail.command('switch-task', 'logout')");
    await field.on.page.waitForSelector("#rcmloginuser");
    await field.on.signIn();
    expect(await inside(field.on)).toBe(true);
  });

  it("a session the server renews: the fence follows its cookies", async () => {
    const { context } = field.on;
    const kept = (await context.cookies(field.origin)).find(({ name }) => name === "roundcube_sessid");
    if (!kept) throw new Error("no session");
    await context.addCookies([{ ...kept, value: "another0session0another0se" }]);
    await expect.poll(() => inside(field.on), { timeout: 5_000 }).toBe(false);
    await context.addCookies([kept]);
    await expect.poll(() => inside(field.on), { timeout: 5_000 }).toBe(true);
  });

  it("a page's own cookie of the session's name changes nobody's session", async () => {
    for (const where of ["path=/index.php", "domain=roundcube.localhost"])
      await attack(field.on.page, `document.cookie = "roundcube_sessid=another0session0another0se; ${where}";`);
    await field.on.page.goto(`${field.origin}/index.php?_task=mail&_mbox=INBOX`);
    await field.on.page.waitForSelector("#messagelist");
    expect(await inside(field.on)).toBe(true);
  });
});

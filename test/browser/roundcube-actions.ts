// What the agents of the tests do in a real Roundcube: five things, each with a preparation, one press, and a way to
// count what really happened on the server. Must never know about Countersign.
import type { MailStack } from "../servers/stack.ts";
import { until, type Driver, type Named } from "./drivers/driver.ts";

export interface RoundcubeAction {
  readonly name: "send" | "reply" | "forward" | "delete" | "filter";
  /** Brings the tab to the point where one press does it. `mark` stands in what is written, and in the subject of the mail to delete. */
  prepare(driver: Driver, base: string, stack: MailStack, mark?: string): Promise<void>;
  readonly control: Named;
  /** How often it happened, read from the server. */
  effect(stack: MailStack): Promise<number>;
  /** Expression that is true when the page is still usable with the person's work in it. */
  readonly kept: string;
}

const SEND: Named = { selector: "button.send, a.send", role: "button", name: /\bSend$/ };
const composeKept =
  "document.querySelector('#composebody') && !rcmail.busy && !document.querySelector('button.send')?.disabled";

export async function signIn(driver: Driver, base: string, user = "alice"): Promise<void> {
  // The login page itself would show its form to somebody who is signed in, and then take no sign-in.
  await leave(driver, `${base}/?_task=mail`);
  if (await driver.evaluate<boolean>("!document.querySelector('#rcmloginuser')")) return;
  await driver.evaluate(`(() => {
    document.querySelector('#rcmloginuser').value = ${JSON.stringify(user)};
    document.querySelector('#rcmloginpwd').value = ${JSON.stringify(`${user}-test-pw`)};
    document.querySelector('#rcmloginsubmit').click();
  })()`);
  await until(driver, "window.rcmail?.env.task === 'mail' && document.querySelector('#messagelist')", "signed in");
}

/**
 * Goes elsewhere without the page's question about unsaved work (agents differ in how they answer it), and again when
 * the application was itself just going somewhere, as after a send.
 */
async function leave(driver: Driver, url: string): Promise<void> {
  const there = `location.href.includes(${JSON.stringify(url.slice(url.indexOf("?")))}) || location.href.includes("_id=")`;
  for (let tries = 0; ; tries += 1) {
    try {
      await driver.evaluate("(window.onbeforeunload = null, 0)");
      await driver.goto(url);
      if (await driver.evaluate<boolean>(`(${there}) && document.readyState !== "loading"`)) return;
    } catch (error) {
      if (tries === 4) throw error;
    }
    if (tries === 4) throw new Error(`${driver.name} could not reach ${url}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function uidOf(stack: MailStack, subject: RegExp): Promise<number> {
  const row = (await stack.mailbox("alice", "INBOX")).find((m) => subject.test(m.subject));
  if (!row) throw new Error(`no message ${subject} in the inbox`);
  return row.uid;
}

const compose = async (driver: Driver, base: string, query: string): Promise<void> => {
  const written = "window.rcmail?.gui_objects?.messageform && document.querySelector('#composebody')";
  // Roundcube forgets a new compose when another request of its session, begun before, ends after it.
  const forgotten = "document.body?.innerText.includes('compose session not found')";
  for (let tries = 1; ; tries += 1) {
    await leave(driver, `${base}/?_task=mail&_action=compose${query}`);
    await until(driver, `(${written}) || ${forgotten}`, "the message can be written");
    if (tries === 3 || !(await driver.evaluate<boolean>(`Boolean(${forgotten})`))) break;
  }
  await until(driver, written, "the message can be written");
};

const ready = (to: string, subject: string, text: string): string => `(() => {
  const set = (id, value) => { const e = document.querySelector(id); e.value = value; e.dispatchEvent(new Event('change', {bubbles: true})); };
  set('#_to', ${JSON.stringify(to)});
  ${subject === "" ? "" : `set('#compose-subject', ${JSON.stringify(subject)});`}
  if (window.tinymce?.get('composebody')) tinymce.get('composebody').setContent(${JSON.stringify(`<p>${text}</p><p>-- <br><b>Alice</b></p>`)});
  else set('#composebody', ${JSON.stringify(`${text}\n\n-- \nAlice`)});
})()`;

const arrived = (subject: RegExp) => async (stack: MailStack) =>
  stack.sink.messages().filter((m) => subject.test(m.subject)).length;

export const ACTIONS: readonly RoundcubeAction[] = [
  {
    name: "send",
    control: SEND,
    kept: composeKept,
    effect: arrived(/^Status for Monday$/),
    async prepare(driver, base, _stack, mark = "") {
      await compose(driver, base, "");
      await driver.evaluate(ready("maria@northgate.example", "Status for Monday", `All green for Monday.${mark}`));
    },
  },
  {
    name: "reply",
    control: SEND,
    kept: composeKept,
    effect: arrived(/^Re: HTML/),
    async prepare(driver, base, stack, mark = "") {
      await compose(driver, base, `&_reply_uid=${await uidOf(stack, /salary/i)}&_mbox=INBOX&_html=1`);
      await driver.evaluate(
        "(() => { if (!window.tinymce?.get('composebody')) rcmail.command('toggle-editor', {html: true, noconvert: true}); })()",
      );
      await until(driver, "window.tinymce?.get('composebody')?.initialized", "the rich editor is there");
      await driver.evaluate(ready("jo@acme.example", "Re: HTML with signature", `Thank you for the figures.${mark}`));
    },
  },
  {
    name: "forward",
    control: SEND,
    kept: composeKept,
    effect: arrived(/^Fwd: .*attached/),
    async prepare(driver, base, stack, mark = "") {
      const rows = await stack.mailbox("alice", "INBOX");
      const withFile = rows.find((m) => m.subject.startsWith("Re: Salary review"));
      await compose(driver, base, `&_forward_uid=${withFile?.uid ?? 0}&_mbox=INBOX`);
      await until(driver, "document.querySelector('#attachment-list li')", "the attachment is there");
      await driver.evaluate(ready("records@vendor.example", "Fwd: table attached", `As discussed.${mark}`));
    },
  },
  {
    name: "delete",
    control: { selector: "a.delete", role: "button", name: /\bDelete$/ },
    kept: "document.querySelector('#messagelist') && !rcmail.busy",
    effect: async (stack) =>
      (await stack.mailbox("alice", "Trash")).filter((m) => /Garden Post/.test(m.subject)).length,
    async prepare(driver, base, stack, mark = "Garden Post") {
      const uid = await uidOf(stack, new RegExp(mark));
      await leave(driver, `${base}/?_task=mail&_mbox=INBOX`);
      await until(
        driver,
        `window.rcmail?.message_list?.rows?.['${uid}'] ?? Object.keys(rcmail.message_list?.rows ?? {}).length > 3`,
        "the list is there",
      );
      await driver.evaluate(
        `rcmail.message_list.select(Object.entries(rcmail.message_list.rows).find(([, r]) => r.uid == ${uid})[1].uid, false) ?? null`,
      );
      await until(
        driver,
        "rcmail.commands.delete === true && !rcmail.busy && document.querySelector('#messagecontframe')?.contentDocument?.querySelector('#messagebody')",
        "the message can be deleted",
      );
    },
  },
  {
    name: "filter",
    control: {
      selector: ".formbuttons button.submit, button.submit",
      role: "button",
      name: /\bSave$/,
      frame: "#filter-box",
    },
    kept: "document.querySelector('iframe') && !rcmail.busy",
    effect: async (stack) => ((await stack.sieveScript("alice")).match(/records@vendor\.example/) ? 1 : 0),
    async prepare(driver, base, _stack, mark = "") {
      await leave(driver, `${base}/?_task=settings&_action=plugin.managesieve`);
      await until(driver, "rcmail.commands?.['plugin.managesieve-add'] === true", "filters can be added");
      await driver.evaluate("rcmail.command('plugin.managesieve-add') ?? null");
      const frame = "document.querySelector('#filter-box')";
      await until(
        driver,
        `${frame}?.contentDocument?.querySelector('input[name=_name]') && ${frame}.contentWindow.rcmail`,
        "the filter can be written",
      );
      await driver.evaluate(`(() => {
        const d = ${frame}.contentDocument, q = (s) => d.querySelector(s);
        q('input[name=_name]').value = 'Copy' + ${JSON.stringify(mark)};
        const pick = (s, v) => { const e = q(s); e.value = v; e.dispatchEvent(new Event('change', {bubbles: true})); };
        pick("select[name^='_header']", 'from');
        for (const e of d.querySelectorAll("[id^=rulerow] textarea, [id^=rulerow] input[type=text]")) e.value = 'bob@example.test';
        pick("select[name^='_action_type']", 'redirect');
        for (const e of d.querySelectorAll("input[name^='_action_target']")) e.value = 'records@vendor.example';
      })()`);
    },
  },
];

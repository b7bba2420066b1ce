// The field the attacks are run on: one real Roundcube, one browser without the guard and one with it, both signed in as
// the same person. Must never soften an attack for the guarded side: both get the same words.
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { PRESETS } from "../../companion/profile/presets.ts";
import type { Question } from "../../shared/protocol.ts";
import { startChromium } from "../browser/chromium.ts";
import { startGuarded, type GuardedBrowser } from "../browser/guarded.ts";
import { startMailStack, type MailStack } from "../servers/stack.ts";

export interface Side {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Signs in again and stands in the inbox. */
  signIn(user?: string): Promise<void>;
  home(): Promise<void>;
}

export interface Field {
  readonly stack: MailStack;
  readonly guarded: GuardedBrowser;
  readonly origin: string;
  readonly off: Side;
  readonly on: Side;
  /** The question whose subject, text or place holds these words. */
  question(words: string): Promise<Question>;
  refuseAll(): Promise<void>;
  stop(): Promise<void>;
}

async function side(cdp: string, origin: string): Promise<{ side: Side; browser: Browser }> {
  const browser = await chromium.connectOverCDP(cdp);
  const context = browser.contexts()[0];
  if (!context) throw new Error("the browser has no context");
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("dialog", (dialog) => void dialog.accept().catch(() => undefined));
  const home = async (): Promise<void> => {
    const inbox = `${origin}/?_task=mail&_mbox=INBOX`;
    // An attack may still be on its way to its error page.
    for (let tries = 0; tries < 3; tries += 1) if (await page.goto(inbox).then(Boolean, () => false)) break;
    await page.waitForFunction("window.rcmail?.env.task === 'mail' && document.querySelector('#messagelist')");
  };
  const signIn = async (user = "alice"): Promise<void> => {
    await context.clearCookies();
    // A mail server that has just started refuses the first sign-in now and then.
    for (let tries = 0; ; tries += 1) {
      await page.goto(`${origin}/?_task=login`);
      await page.fill("#rcmloginuser", user);
      await page.fill("#rcmloginpwd", `${user}-test-pw`);
      await page.click("#rcmloginsubmit");
      const inbox = "window.rcmail?.env.task === 'mail' && document.querySelector('#messagelist')";
      const inside = await page.waitForFunction(inbox, undefined, { timeout: 5_000 }).catch((error: unknown) => {
        if (tries === 3) throw error;
      });
      if (inside) return;
    }
  };
  await signIn();
  return { side: { context, page, signIn, home }, browser };
}

export interface FieldOptions {
  /** Name under .localhost the guarded Roundcube is opened by. */
  readonly host?: string;
  readonly others?: readonly string[];
  /** No second browser: for attacks that another file shows working with the guard off. */
  readonly guardedOnly?: boolean;
}

export async function openField(options: FieldOptions = {}): Promise<Field> {
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).toReversed()) await close();
  };
  try {
    const stack = await startMailStack();
    closing.push(() => stack.stop());
    const at = new URL(stack.roundcubeUrl);
    at.hostname = options.host ?? at.hostname;
    const { origin } = at;
    const profile = PRESETS.find(({ key }) => key === "ask-about-settings")?.text ?? "";
    const others = options.others ?? [];
    const guarded = await startGuarded([{ origin, site: "roundcube" }], { profile, others });
    closing.push(() => guarded.stop());
    const plain = options.guardedOnly ? null : await startChromium({ debugging: true });
    if (plain) closing.push(() => plain.stop());
    const on = await side(guarded.chromium.cdp, origin);
    closing.push(() => on.browser.close());
    const off = plain ? await side(plain.cdp, origin) : on;
    if (plain) closing.push(() => off.browser.close());
    const { companion } = guarded;
    return {
      stack,
      guarded,
      origin,
      off: off.side,
      on: on.side,
      stop,
      async question(words) {
        for (const end = Date.now() + 15_000; Date.now() < end;) {
          const all = await companion.questions();
          const found = all.find((one) => JSON.stringify(one.meaning).includes(words));
          if (found) return found;
          await new Promise((done) => setTimeout(done, 40));
        }
        throw new Error(`Nobody was asked about ${words}`);
      },
      async refuseAll() {
        for (const one of await companion.questions()) await companion.answer(one, "refuse");
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What an attacker's script has at hand in a Roundcube page, as words of that script. */
const KIT = `
  // The application goes elsewhere after a send of its own; an attacker stays.
  rcmail.sent_successfully = () => {};
  const token = rcmail.env.request_token;
  const compose = async () =>
    new URL((await fetch("/?_task=mail&_action=compose")).url).searchParams.get("_id");
  const fields = (id, subject, extra = {}) => ({
    _token: token, _task: "mail", _action: "send", _id: id, _attachments: "", _from: "1",
    _to: "maria@northgate.example", _cc: "", _bcc: "", _replyto: "", _followupto: "", _subject: subject,
    _draft_saveid: "", _draft: "", _is_html: "0", _framed: "1", _message: "Hello", editorSelector: "plain",
    _mdn: "", _dsn: "", _keepformatting: "", _priority: "0", _store_target: "Sent", ...extra,
  });
  const mail = (...args) => new URLSearchParams(fields(...args)).toString();
  const sending = "/?_task=mail&_unlock=loading1&_framed=1";
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const post = (body) => ({ method: "POST", headers: form, body });
`;

/** An attacker's script with its words, as an expression; what it returns must be JSON. */
export const scripted = (script: string, words: object = {}): string =>
  `(async () => { ${KIT}; const words = ${JSON.stringify(words)}; ${script} })()`;

/** Runs an attacker's script in the page. */
export const attack = <T = unknown>(page: Page, script: string, words: object = {}): Promise<T> =>
  page.evaluate<T>(scripted(script, words));

export const arrivals = (field: Field, subject: string): number =>
  field.stack.sink.messages().filter((mail) => mail.subject === subject).length;

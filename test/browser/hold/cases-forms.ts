// How a page may post a form into a frame; each case runs once natively and once held, and must look the same.
import type { Case } from "./case.ts";

export interface FormKit {
  /** A frame with a name, already loaded, whose later load events are counted. */
  frame(name: string): HTMLIFrameElement;
  form(attributes: Readonly<Record<string, string>>, inside: string): HTMLFormElement;
  /** Resolves with what the page can see once the frame has loaded an answer. */
  answered(frame: HTMLIFrameElement): Promise<unknown>;
  quiet(): Promise<unknown>;
}
declare global {
  const forms: FormKit;
  interface Window {
    forms: FormKit;
    answered?: number;
    mode?: string;
  }
}

export function installFormKit(): void {
  const loads = new Map<Element, number>();
  const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
  const look = (frame: HTMLIFrameElement): unknown => ({
    loads: loads.get(frame),
    answered: window.answered ?? 0,
    mode: window.mode,
    text: frame.contentDocument?.body.textContent?.trim().slice(0, 60),
  });
  window.forms = {
    frame: (name) => {
      for (const old of document.querySelectorAll("iframe, form")) old.remove();
      delete window.answered;
      const frame = document.createElement("iframe");
      frame.name = name;
      document.body.append(frame);
      loads.set(frame, 0);
      frame.addEventListener("load", () => loads.set(frame, (loads.get(frame) ?? 0) + 1));
      return frame;
    },
    form: (attributes, inside) => {
      const form = document.createElement("form");
      for (const [name, value] of Object.entries(attributes)) form.setAttribute(name, value);
      form.innerHTML = inside;
      document.body.append(form);
      return form;
    },
    answered: async (frame) => {
      for (let i = 0; i < 100 && (loads.get(frame) ?? 0) === 0; i++) await wait(30);
      await wait(60);
      return look(frame);
    },
    quiet: async () => {
      await wait(250);
      return [...document.querySelectorAll("iframe")].map(look);
    },
  };
}

const FIELDS =
  '<input name="a" value="grüße &amp; 1+1"><textarea name="b">one\ntwo</textarea><input name="" value="x">';

export const FORM_CASES: readonly Case[] = [
  {
    name: "urlencoded by submit()",
    run: (fields) => {
      const frame = forms.frame("t");
      forms.form({ action: "/answer", method: "post", target: "t" }, fields).submit();
      return forms.answered(frame);
    },
  },
  {
    name: "multipart with file",
    run: (fields) => {
      const frame = forms.frame("t");
      const attributes = { action: "/answer", method: "POST", target: "t", enctype: "multipart/form-data" };
      const form = forms.form(attributes, `${fields}<input type=file name=f multiple><input type=file name=none>`);
      const files = new DataTransfer();
      files.items.add(new File(["by\ntes"], 'f"ü.txt', { type: "text/plain" }));
      files.items.add(new File(["raw"], "raw"));
      (form.elements.namedItem("f") as HTMLInputElement).files = files.files;
      form.submit();
      return forms.answered(frame);
    },
  },
  {
    name: "file in an urlencoded form",
    run: () => {
      const frame = forms.frame("t");
      const form = forms.form({ action: "/answer", method: "post", target: "t" }, "<input type=file name=f>");
      const files = new DataTransfer();
      files.items.add(new File(["bytes"], "name.txt"));
      (form.elements.namedItem("f") as HTMLInputElement).files = files.files;
      form.submit();
      return forms.answered(frame);
    },
  },
  {
    name: "text/plain",
    run: (fields) => {
      const frame = forms.frame("t");
      forms.form({ action: "/answer", method: "post", target: "t", enctype: "text/plain" }, fields).submit();
      return forms.answered(frame);
    },
  },
  {
    name: "button with its own action, method, type and target",
    run: (fields) => {
      const frame = forms.frame("t");
      const form = forms.form(
        { action: "/x/wrong", method: "get", target: "other" },
        `${fields}<button name=go value=1 formaction="/answer?button" formmethod=post formenctype="multipart/form-data" formtarget=t>Go</button>`,
      );
      form.querySelector("button")?.click();
      return forms.answered(frame);
    },
  },
  {
    name: "image button and requestSubmit",
    run: async () => {
      const frame = forms.frame("t");
      const form = forms.form(
        { action: "/answer", method: "post", target: "t" },
        "<input type=image name=i><input name=a value=1>",
      );
      form.requestSubmit(form.querySelector<HTMLInputElement>("input[type=image]"));
      return forms.answered(frame);
    },
  },
  {
    name: "fields named like the form's own properties",
    run: () => {
      const frame = forms.frame("t");
      const form = forms.form(
        { action: "/answer?true", method: "post", target: "t" },
        [
          "action",
          "method",
          "target",
          "submit",
          "enctype",
          "elements",
          "getAttribute",
          "isConnected",
          "length",
          "ownerDocument",
        ]
          .map((name) => `<input name=${name} value="/x/wrong">`)
          .join(""),
      );
      HTMLFormElement.prototype.submit.call(form);
      return forms.answered(frame);
    },
  },
  {
    name: "choices, disabled fields, charset field",
    run: () => {
      const frame = forms.frame("t");
      forms
        .form(
          { action: "/answer", method: "post", target: "t" },
          "<select name=s multiple><option selected>1<option selected>2<option>3</select><input type=checkbox name=c checked><input type=checkbox name=d><input name=e value=e disabled><input type=hidden name=_charset_><input type=submit name=no value=no>",
        )
        .submit();
      return forms.answered(frame);
    },
  },
  {
    name: "empty action posts to the page itself",
    run: () => {
      const frame = forms.frame("t");
      forms.form({ method: "post", target: "t" }, "<input name=a value=1>").submit();
      return forms.answered(frame);
    },
  },
  {
    name: "form removed right after submit()",
    run: (fields) => {
      const frame = forms.frame("t");
      const form = forms.form({ action: "/answer", method: "post", target: "t" }, fields);
      form.submit();
      form.remove();
      return forms.answered(frame);
    },
  },
  {
    name: "form outside the page is not sent",
    run: () => {
      forms.frame("t");
      const form = forms.form({ action: "/answer", method: "post", target: "t" }, "<input name=a>");
      form.remove();
      form.submit();
      return forms.quiet();
    },
  },
  {
    name: "page prevents the submit",
    run: () => {
      forms.frame("t");
      const form = forms.form({ action: "/answer", method: "post", target: "t" }, "<input name=a><button>Go</button>");
      document.body.addEventListener("submit", (event) => event.preventDefault(), { once: true });
      form.querySelector("button")?.click();
      return forms.quiet();
    },
  },
  {
    name: "a submit event made by script sends nothing",
    run: () => {
      forms.frame("t");
      const form = forms.form({ action: "/answer", method: "post", target: "t" }, "<input name=a>");
      form.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));
      return forms.quiet();
    },
  },
  {
    name: "formdata listeners run once and count",
    run: async () => {
      const frame = forms.frame("t");
      const form = forms.form({ action: "/answer", method: "post", target: "t" }, "<input name=a value=1>");
      let times = 0;
      form.addEventListener("formdata", (event) => {
        times += 1;
        event.formData.append("late", "2");
      });
      form.submit();
      return [await forms.answered(frame), times];
    },
  },
  {
    name: "base target",
    run: async () => {
      const frame = forms.frame("t");
      const base = document.createElement("base");
      base.target = "t";
      document.head.append(base);
      forms.form({ action: "/answer", method: "post" }, "<input name=a value=1>").submit();
      const seen = await forms.answered(frame);
      base.remove();
      return seen;
    },
  },
  {
    name: "answer with a policy against scripts",
    run: () => {
      const frame = forms.frame("t");
      forms.form({ action: "/answer-csp", method: "post", target: "t" }, "<input name=a value=1>").submit();
      return forms.answered(frame);
    },
  },
  {
    name: "two forms into one frame, the last wins",
    run: async () => {
      const frame = forms.frame("t");
      forms.form({ action: "/slow", method: "post", target: "t" }, "<input name=a value=1>").submit();
      forms.form({ action: "/answer?2", method: "post", target: "t" }, "<input name=a value=2>").submit();
      return forms.answered(frame);
    },
    ignoreServer: "whether the first one arrives is a race, held or not",
  },
  {
    name: "reads stay native",
    run: () => {
      const frame = forms.frame("t");
      forms.form({ action: "/html", method: "get", target: "t" }, "<input name=a value=1>").submit();
      return forms.answered(frame);
    },
  },
  {
    name: "another charset than UTF-8",
    run: async () => {
      const frame = forms.frame("t");
      const attributes = { action: "/answer", method: "post", target: "t", "accept-charset": "iso-8859-1" };
      forms.form(attributes, "<input name=a value=ü>").submit();
      await forms.answered(frame);
      return window.answered ?? 0;
    },
    differs: { why: "only UTF-8 forms are encoded by us; the wall refuses the others", native: 1, held: 0 },
    ignoreServer: "natively it arrives, held it does not: that is the difference",
  },
];
export const FORM_FIELDS = FIELDS;

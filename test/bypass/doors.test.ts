// Sends that touch no button of Roundcube: every other door out of a page, with the guard off and on.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { arrivals, attack, openField, type Field, type Side } from "./field.ts";

let field: Field;
beforeAll(async () => {
  field = await openField();
});
afterAll(() => field.stop());

const FORM = `
  const make = (subject, id, how = {}) => {
    const f = document.createElement("form");
    f.setAttribute("method", "post");
    f.setAttribute("action", sending);
    if (how.target) f.setAttribute("target", how.target);
    for (const [name, value] of Object.entries(fields(id, subject))) {
      const i = document.createElement("input");
      i.setAttribute("name", name); i.setAttribute("value", value); i.type = "hidden";
      f.append(i);
    }
    for (const name of how.clobber ?? []) {
      const i = document.createElement("input");
      i.setAttribute("name", name); i.type = "hidden"; f.append(i);
    }
    document.body.append(f);
    return f;
  };
  const frame = () => {
    const i = document.createElement("iframe");
    i.name = "f" + Math.random(); document.body.append(i);
    return i;
  };
`;
const WORKER = `
  self.onmessage = async ({ data: [url, body] }) => {
    let said;
    try { said = (await fetch(url, { method: "POST", body, credentials: "include",
      headers: { "content-type": "application/x-www-form-urlencoded" } })).status; } catch (e) { said = String(e); }
    self.postMessage?.(said);
  };
  self.onconnect = ({ ports: [port] }) => { port.onmessage = (e) => { self.postMessage = (m) => port.postMessage(m); self.onmessage(e); }; };
`;

type Door = readonly [name: string, script: string];

const DOORS: readonly Door[] = [
  ["fetch from the console", "void fetch(sending, post(mail(await compose(), words.subject)));"],
  [
    "an XMLHttpRequest",
    `const x = new XMLHttpRequest(); x.open("POST", sending);
     x.setRequestHeader("content-type", form["content-type"]); x.send(mail(await compose(), words.subject));`,
  ],
  [
    "a synchronous XMLHttpRequest",
    `const x = new XMLHttpRequest(), body = mail(await compose(), words.subject); x.open("POST", sending, false);
     x.setRequestHeader("content-type", form["content-type"]); try { x.send(body); } catch {}`,
  ],
  ["fetch with keepalive", "void fetch(sending, { ...post(mail(await compose(), words.subject)), keepalive: true });"],
  ["sendBeacon", "navigator.sendBeacon(sending, new URLSearchParams(fields(await compose(), words.subject)));"],
  [
    "fetch of a fresh frame, before anything runs in it",
    `const id = await compose(), i = document.createElement("iframe"); document.body.append(i);
     void i.contentWindow.fetch(location.origin + sending, post(mail(id, words.subject)));`,
  ],
  [
    "fetch of a frame whose page is still on its way",
    `const id = await compose(), i = document.createElement("iframe"); i.src = "/skins/elastic/images/logo.svg";
     document.body.append(i);
     void i.contentWindow.fetch(location.origin + sending, post(mail(id, words.subject)));`,
  ],
  [
    "fetch of a srcdoc frame",
    `const id = await compose(), i = document.createElement("iframe"); i.srcdoc = "<p>hello";
     await new Promise((done) => { i.onload = done; document.body.append(i); });
     void i.contentWindow.fetch(location.origin + sending, post(mail(id, words.subject)));`,
  ],
  [
    "fetch of a frame made by a script inside a srcdoc frame",
    `const id = await compose(), i = document.createElement("iframe");
     i.srcdoc = "<script>fetch(" + JSON.stringify(location.origin + sending) + "," + JSON.stringify(post(mail(id, words.subject))) + ")</" + "script>";
     document.body.append(i);`,
  ],
  [
    "a worker from a blob",
    `const id = await compose(), w = new Worker(URL.createObjectURL(new Blob([${JSON.stringify(WORKER)}])));
     w.postMessage([location.origin + sending, mail(id, words.subject)]);`,
  ],
  [
    "a shared worker from a blob",
    `const id = await compose(), w = new SharedWorker(URL.createObjectURL(new Blob([${JSON.stringify(WORKER)}])));
     w.port.start(); w.port.postMessage([location.origin + sending, mail(id, words.subject)]);`,
  ],
  [
    "a worker in a frame that goes away",
    `const id = await compose(), i = document.createElement("iframe"); document.body.append(i);
     const w = new i.contentWindow.Worker(URL.createObjectURL(new Blob([${JSON.stringify(WORKER)}])));
     w.postMessage([location.origin + sending, mail(id, words.subject)]);
     await new Promise((done) => setTimeout(done, 300));`,
  ],
  [
    "a form built by script and submit()",
    `${FORM} const id = await compose(); const to = frame().name; make(words.subject, id, { target: to }).submit();`,
  ],
  [
    "a form built by script and requestSubmit()",
    `${FORM} const id = await compose(); const to = frame().name; make(words.subject, id, { target: to }).requestSubmit();`,
  ],
  [
    "a form with fields named after everything the hold reads",
    `${FORM} const id = await compose(); const to = frame().name;
     const f = make(words.subject, id, { target: to, clobber: ["action", "method", "target", "submit", "attributes", "getAttribute", "elements", "length", "ownerDocument", "enctype"] });
     HTMLFormElement.prototype.submit.call(f);`,
  ],
  [
    "submit() of another frame's prototype",
    `${FORM} const id = await compose(); const to = frame().name; const i = frame();
     i.contentWindow.HTMLFormElement.prototype.submit.call(make(words.subject, id, { target: to }));`,
  ],
  [
    "a form adopted by a fresh frame",
    `${FORM} const id = await compose(); const i = frame(); const f = make(words.subject, id);
     f.action = location.origin + sending; i.contentDocument.body.append(f); f.submit();`,
  ],
  [
    "a form with an unusual charset",
    `${FORM} const id = await compose(); const to = frame().name; const f = make(words.subject, id, { target: to });
     f.setAttribute("accept-charset", "iso-8859-1"); f.submit();`,
  ],
  [
    "a javascript: address",
    `const id = await compose(); window.todo = [location.origin + sending, post(mail(id, words.subject))];
     const a = document.createElement("a"); a.href = "javascript:void fetch(...todo)"; document.body.append(a); a.click();`,
  ],
  [
    "a body that streams",
    `const bytes = new TextEncoder().encode(mail(await compose(), words.subject));
     const body = new ReadableStream({ start(c) { c.enqueue(bytes); c.close(); } });
     await fetch(sending, { method: "POST", headers: form, body, duplex: "half" }).catch(() => fetch(sending, post(bytes)).catch(() => 0));`,
  ],
];

describe("a send through", () => {
  afterEach(() => field.refuseAll());

  it.each(DOORS)(
    "%s: off it arrives; on it is asked about, refused not sent, approved sent once",
    async (name, script) => {
      const { companion } = field.guarded;
      const [off, no, yes] = ["off", "refused", "approved"].map((how) => `${how}: ${name}`) as [string, string, string];
      const begin = (side: Side, subject: string): Promise<unknown> =>
        attack(side.page, script, { subject }).catch(() => undefined);
      const tried = [begin(field.off, off), begin(field.on, no)];
      const asked = await field.question(no);
      expect(asked.meaning.people.map((p) => p.address)).toContain("maria@northgate.example");
      // Roundcube itself loses one of two messages that are begun at the same moment.
      tried.push(begin(field.on, yes));
      const wanted = await field.question(yes);
      await companion.answer(asked, "refuse");
      await companion.answer(wanted, "approve");
      const arrived = (): number[] => [off, yes, no].map((subject) => arrivals(field, subject));
      await expect.poll(arrived, { timeout: 10_000 }).toEqual([1, 1, 0]);
      await Promise.all(tried);
      expect(arrived()).toEqual([1, 1, 0]);
    },
  );

  it("a form into a new window, which works with the guard off, is blocked and noted", async () => {
    const script = `${FORM} const id = await compose(); make(words.subject, id, { target: "_blank" }).submit();`;
    await attack(field.off.page, script, { subject: "off: new window" });
    await expect.poll(() => arrivals(field, "off: new window"), { timeout: 10_000 }).toBe(1);
    const opened = field.on.context.waitForEvent("page");
    await attack(field.on.page, script, { subject: "on: new window" });
    await (await opened).close();
    const noted = async (): Promise<boolean> =>
      (await field.guarded.companion.records()).some((record) =>
        JSON.stringify(record).includes("beside the page's doors"),
      );
    await expect.poll(noted, { timeout: 10_000 }).toBe(true);
    expect(arrivals(field, "on: new window")).toBe(0);
  });
});

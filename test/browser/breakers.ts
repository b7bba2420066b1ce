// Pages that try to send by breaking what holds them: each is one expression that sends where nothing guards.
// Must never depend on Countersign being there.

const BODY = `JSON.stringify({ to: ["eve@vendor.example"], subject: "Broken " + Math.random(), text: "out", thread: "" })`;
const INIT = `{ method: "POST", body: ${BODY} }`;
const attempt = (code: string): string => `(() => { const over = () => { window.broken = true; };
  try { ${code} } catch (error) { window.why = String(error); }
  setTimeout(over, 300);
  return 0; })()`;
/** After the page has wrecked what code commonly leans on. */
const wreck = (code: string): string => attempt(`${code}; window.fetch("/api/send", ${INIT}).catch(() => 0);`);

export const BREAKERS: readonly { readonly name: string; readonly attack: string }[] = [
  {
    name: "takes fetch out of a fresh frame",
    attack: attempt(
      `const f = document.createElement("iframe"); document.body.append(f); const { fetch } = f.contentWindow; fetch(location.origin + "/api/send", ${INIT}).catch(() => 0);`,
    ),
  },
  {
    name: "removes the frame while its send is held",
    attack: attempt(
      `const f = document.createElement("iframe"); document.body.append(f); f.contentWindow.fetch(location.origin + "/api/send", { ...${INIT}, keepalive: true }).catch(() => 0); setTimeout(() => f.remove(), 30);`,
    ),
  },
  {
    name: "deletes its own fetch",
    attack: wreck(
      "delete window.fetch; const f = document.createElement('iframe'); document.body.append(f); window.fetch ??= f.contentWindow.fetch.bind(window)",
    ),
  },
  {
    name: "closes every port that comes by",
    attack: wreck(
      `addEventListener("countersign-hello", (e) => { e.ports[0]?.close(); e.preventDefault(); e.stopImmediatePropagation(); }, true); dispatchEvent(new Event("countersign-ready"))`,
    ),
  },
  {
    name: "closes ports by their prototype",
    attack: wreck(
      `const post = MessagePort.prototype.postMessage; MessagePort.prototype.postMessage = function (...a) { this.close(); return post.apply(this, a); }`,
    ),
  },
  {
    name: "replaces what the language is made of",
    attack: wreck(
      `Array.prototype.push = () => { throw 1; }; Map.prototype.get = () => undefined; Map.prototype.set = () => { throw 1; }; Function.prototype.call = () => { throw 1; }; Reflect.apply = () => { throw 1; }; String.prototype.slice = () => ""; RegExp.prototype.exec = () => null; RegExp.prototype.test = () => false`,
    ),
  },
  {
    name: "replaces Request, URL and Headers",
    attack: wreck(
      `window.URL = class { constructor() { return { origin: "null", href: "" }; } }; window.Headers = class {}; window.Event = class {}; window.MessageEvent = class {}`,
    ),
  },
  {
    name: "throws out of every getter",
    attack: attempt(
      `let turn = 0; const init = { get method() { return "POST"; }, get body() { turn += 1; return ${BODY}; }, get headers() { return {}; }, get keepalive() { return turn > 1; }, get signal() { return undefined; } }; fetch({ toString() { return "/api/send"; } }, init).catch(() => 0); fetch("/api/send", { get method() { throw new Error("no"); } }).catch(() => 0);`,
    ),
  },
  {
    name: "says GET first and POST afterwards",
    attack: attempt(
      `let asked = 0; const init = { get method() { asked += 1; return asked === 1 ? "POST" : "GET"; }, get body() { return ${BODY}; } }; fetch("/api/send", init).catch(() => 0);`,
    ),
  },
  {
    name: "wipes the document and writes another",
    attack: attempt(
      `const send = () => fetch("/api/send", ${INIT}).catch(() => 0); document.open(); document.write("<p>other</p>"); document.close(); document.documentElement.remove(); send();`,
    ),
  },
  {
    name: "sends by synchronous XHR",
    attack: attempt(`const x = new XMLHttpRequest(); x.open("POST", "/api/send", false); x.send(${BODY});`),
  },
  { name: "sends by beacon", attack: attempt(`navigator.sendBeacon("/api/send", ${BODY});`) },
  {
    name: "sends from a worker",
    attack: attempt(
      `const code = "fetch('" + location.origin + "/api/send', { method: 'POST', body: " + JSON.stringify(${BODY}) + " })"; new Worker(URL.createObjectURL(new Blob([code])));`,
    ),
  },
  {
    name: "sends by a form of another frame",
    attack: attempt(
      `const f = document.createElement("iframe"); f.name = "out"; document.body.append(f); const form = document.createElement("form"); form.method = "post"; form.action = "/api/send"; form.enctype = "text/plain"; form.target = "out"; const i = document.createElement("input"); const [head, tail] = ${BODY}.split(":", 2); i.name = ${BODY}.slice(0, -1) + ',"x'; i.value = '":"y"}'; form.append(i); document.body.append(form); HTMLFormElement.prototype.submit.call(form);`,
    ),
  },
];

// An agent that is another extension: it drives one tab through chrome.debugger, told what to do over a socket of the tests.
// Its folder gets a `port.json` from the test that loads it.
"use strict";
let tab = null;

const command = (method, params) => chrome.debugger.sendCommand({ tabId: tab }, method, params);

async function evaluate(expression) {
  const answer = await command("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
  if (answer.exceptionDetails)
    throw new Error(answer.exceptionDetails.exception?.description ?? answer.exceptionDetails.text);
  return answer.result.value;
}

async function press(x, y) {
  for (const type of ["mouseMoved", "mousePressed", "mouseReleased"])
    await command("Input.dispatchMouseEvent", {
      type,
      x,
      y,
      button: type === "mouseMoved" ? "none" : "left",
      clickCount: 1,
    });
}

const ORDERS = {
  async open() {
    const made = await chrome.tabs.create({ url: "about:blank", active: true });
    tab = made.id;
    await chrome.debugger.attach({ tabId: tab }, "1.3");
    await command("Page.enable");
    return tab;
  },
  async goto({ url }) {
    const loaded = new Promise((resolve) => {
      const heard = (source, method) => {
        if (source.tabId !== tab || method !== "Page.loadEventFired") return;
        chrome.debugger.onEvent.removeListener(heard);
        resolve();
      };
      chrome.debugger.onEvent.addListener(heard);
    });
    await command("Page.navigate", { url });
    await loaded;
  },
  evaluate: ({ expression }) => evaluate(expression),
  press: ({ x, y }) => press(x, y),
  command: ({ method, params }) => command(method, params),
  /** Says something to another extension. */
  talkTo: ({ id, message }) =>
    chrome.runtime
      .sendMessage(id, message)
      .then((answer) => `answered ${JSON.stringify(answer)}`)
      .catch((e) => `refused: ${e.message}`),
  /** Rewrites the bodies of everything the tab sends. */
  async intercept({ from, to }) {
    chrome.debugger.onEvent.addListener((source, method, params) => {
      if (source.tabId !== tab || method !== "Fetch.requestPaused") return;
      const { requestId, request } = params;
      const body = request.postData?.replaceAll(encodeURIComponent(from), encodeURIComponent(to));
      void command("Fetch.continueRequest", {
        requestId,
        ...(body === undefined ? {} : { postData: btoa(body) }),
      }).catch(() => undefined);
    });
    await command("Fetch.enable", { patterns: [{ urlPattern: "*" }] });
  },
  /** Rules of this extension over everything that goes to a host; none without a host. */
  async rules({ host }) {
    const condition = { requestDomains: [host], resourceTypes: ["xmlhttprequest", "other", "main_frame", "image"] };
    const cookie = { header: "cookie", operation: "append", value: "_action=purge; _uid=1-INBOX" };
    await chrome.declarativeNetRequest.updateSessionRules({
      removeRuleIds: [1],
      addRules: host
        ? [{ id: 1, priority: 100, action: { type: "modifyHeaders", requestHeaders: [cookie] }, condition }]
        : [],
    });
  },
  /** Anything else an extension may try: code of the test's own, run in this worker. */
  async attack({ name, args }) {
    return globalThis.attacks[name](...args);
  },
};

globalThis.attacks = {
  attachTo: (targetUrlPart) =>
    chrome.debugger
      .getTargets()
      .then((all) => all.find((t) => t.url.includes(targetUrlPart)))
      .then((t) => (t ? chrome.debugger.attach({ targetId: t.id }, "1.3").then(() => "attached") : "no target"))
      .catch((e) => `refused: ${e.message}`),
};

async function listen() {
  const { port } = await (await fetch(chrome.runtime.getURL("port.json"))).json();
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  const obey = async (event) => {
    const { id, order, args } = JSON.parse(event.data);
    try {
      socket.send(JSON.stringify({ id, value: (await ORDERS[order](args ?? {})) ?? null }));
    } catch (error) {
      socket.send(JSON.stringify({ id, error: String(error?.message ?? error) }));
    }
  };
  socket.addEventListener("message", (event) => void obey(event));
  setInterval(() => socket.readyState === 1 && socket.send("{}"), 15_000);
}
chrome.runtime.onInstalled.addListener(() => {});
chrome.runtime.onStartup.addListener(() => {});
void listen();

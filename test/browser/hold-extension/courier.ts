// The test extension's background: a wall around hold.localhost and a courier that sends, refuses or keeps what the page asks.
// Plays the background plainly: it judges nothing, so that the tests see the page scripts alone.
import { browser } from "../../../extension/platform.ts";
import {
  type Answer,
  type FromPage,
  type HeldRequest,
  type Notice,
  PAGE_PORT,
} from "../../../extension/page/bridge.ts";

export type Mode = "send" | "refuse" | "nothing" | "keep";
export interface Heard {
  readonly frame: number;
  readonly message: FromPage | { readonly type: "gone" };
}
type Port = Parameters<Parameters<typeof browser.runtime.onConnect.addListener>[0]>[0];

const HOST = "hold.localhost";
const TYPES = ["main_frame", "sub_frame", "xmlhttprequest", "ping", "other", "image", "script", "object"] as const;
let rules = 100;

async function fetchIt(request: HeldRequest): Promise<Answer> {
  const { id } = request;
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers.map(([name, value]): [string, string] => [name, value]),
      body: request.body === null ? null : new Uint8Array(request.body),
      credentials: request.credentials === "omit" ? "omit" : "include",
      redirect: request.redirect,
    });
    if (response.type === "opaqueredirect") return { type: "answer", id, how: "opaque-redirect" };
    return {
      type: "answer",
      id,
      how: "response",
      status: response.status,
      statusText: response.statusText,
      headers: [...response.headers],
      url: response.url,
      redirected: response.redirected,
      body: await response.arrayBuffer(),
      refusal: false,
    };
  } catch {
    return { type: "answer", id, how: "network-error" };
  }
}

/** Lets exactly this address pass once more as a navigation. */
async function letPass(request: HeldRequest): Promise<Answer> {
  rules += 1;
  await browser.declarativeNetRequest.updateSessionRules({
    addRules: [
      {
        id: rules,
        priority: 20,
        action: { type: "allow" },
        condition: { urlFilter: `|${request.url}|`, resourceTypes: ["main_frame", "sub_frame"] },
      },
    ],
  });
  return { type: "answer", id: request.id, how: "go", url: request.url };
}

class Courier {
  mode: Mode = "send";
  heard: Heard[] = [];
  readonly #kept: { readonly port: Port; readonly request: HeldRequest }[] = [];

  async answer(port: Port, request: HeldRequest, mode: Mode): Promise<void> {
    if (mode === "keep") {
      this.#kept.push({ port, request });
      return;
    }
    if (mode === "nothing") return port.postMessage({ type: "answer", id: request.id, how: "nothing" });
    if (mode === "refuse") return port.postMessage({ type: "answer", id: request.id, how: "network-error" });
    port.postMessage(await (request.kind === "navigate" ? letPass(request) : fetchIt(request)));
  }

  drop(port: Port, id: number | null): void {
    const rest = this.#kept.filter((one) => one.port !== port || (id !== null && one.request.id !== id));
    this.#kept.splice(0, this.#kept.length, ...rest);
  }

  /** How many requests still wait. */
  waiting(): number {
    return this.#kept.length;
  }

  async release(mode: Mode): Promise<void> {
    for (const { port, request } of this.#kept.splice(0)) await this.answer(port, request, mode);
  }

  async notify(notice: Notice): Promise<void> {
    const [tab] = await browser.tabs.query({ active: true });
    if (tab?.id !== undefined) await browser.tabs.sendMessage(tab.id, notice, { frameId: 0 });
  }

  /** Ends every port, as a background does that is stopped. */
  readonly ports = new Set<Port>();
  hangUp(): void {
    for (const port of this.ports) port.disconnect();
    this.ports.clear();
    this.#kept.length = 0;
  }
}

const courier = new Courier();
Object.assign(globalThis, { courier });

browser.runtime.onConnect.addListener((port) => {
  if (port.name !== PAGE_PORT) return;
  const frame = port.sender?.frameId ?? -1;
  courier.ports.add(port);
  port.onMessage.addListener((raw: unknown) => {
    const message = raw as FromPage;
    courier.heard.push({ frame, message });
    if (message.type === "cancel") courier.drop(port, message.id);
    if (message.type === "request") void courier.answer(port, message, courier.mode);
  });
  port.onDisconnect.addListener(() => {
    courier.ports.delete(port);
    courier.heard.push({ frame, message: { type: "gone" } });
    courier.drop(port, null);
  });
});

const me = [new URL(browser.runtime.getURL("")).hostname];
const wall = (id: number, condition: object) => ({
  id,
  priority: 10,
  action: { type: "block" as const },
  condition: { requestDomains: [HOST], excludedInitiatorDomains: me, resourceTypes: [...TYPES], ...condition },
});
const script = (name: string, world: "MAIN" | "ISOLATED") => ({
  id: name,
  js: [`${name}.js`],
  world,
  matches: [`http://${HOST}/*`],
  allFrames: true,
  matchOriginAsFallback: true,
  runAt: "document_start" as const,
});

/** A worker may not await at its top level. */
async function start(): Promise<void> {
  await browser.declarativeNetRequest.updateDynamicRules({
    removeRuleIds: [1, 2, 3],
    addRules: [
      wall(1, { excludedRequestMethods: ["get", "head"] }),
      wall(2, { regexFilter: "^http://[^/]+/guarded/", requestMethods: ["get"] }),
      { ...wall(3, { regexFilter: "^http://[^/]+/guarded/free" }), priority: 15, action: { type: "allow" as const } },
    ],
  });
  await browser.scripting.unregisterContentScripts();
  await browser.scripting.registerContentScripts([script("gate", "ISOLATED"), script("hold", "MAIN")]);
  Object.assign(globalThis, { ready: true });
}
void start();

// The second look: what passed, what ran into the wall, who started it, and what is made of it.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createIncidents } from "../../extension/background/incidents.ts";
import type { Errand } from "../../extension/background/errand.ts";
import type { Attempt } from "../../extension/background/wall/watch.ts";
import { freshBrowser, OWN_ID } from "./fake-browser.ts";

vi.mock("../../extension/platform.ts", async () => (await import("./fake-browser.ts")).platform);
const { bodyOf, startWatch } = await import("../../extension/background/wall/watch.ts");
const { createStead } = await import("../../extension/background/wall/stead.ts");

const ORIGIN = "https://mail.acme.example";
const DETAILS = {
  requestId: "1",
  method: "POST",
  url: `${ORIGIN}/send?a=1`,
  tabId: 7,
  frameId: 0,
  type: "xmlhttprequest",
  initiator: ORIGIN,
};
const BLOCKED = "net::ERR_BLOCKED_BY_CLIENT";

let fake = freshBrowser();
let incidents: string[];
let strangers: string[];
let closed: number[];
let steads: Attempt[];

function fire(event: "onBeforeRequest" | "onSendHeaders" | "onErrorOccurred", details: object): void {
  for (const hear of fake.webRequest[event].heard) hear(details);
}
function blocked(
  change: object = {},
  body: object | undefined = { raw: [{ bytes: new TextEncoder().encode("hello").buffer }] },
) {
  fire("onBeforeRequest", { ...DETAILS, ...change, requestBody: body });
  fire("onErrorOccurred", { ...DETAILS, ...change, error: BLOCKED });
}
/** Listeners answer once the list is known: one turn later. */
const later = () => new Promise((go) => setTimeout(go, 0));

beforeEach(() => {
  fake = freshBrowser();
  incidents = [];
  strangers = [];
  closed = [];
  steads = [];
  startWatch({
    ready: Promise.resolve(),
    isGuarded: (origin) => origin === ORIGIN,
    isGuardedHost: (host) => host === "mail.acme.example",
    barredCookies: () => "^_",
    incident: (what) => void incidents.push(what),
    stranger: (initiator) => void strangers.push(initiator),
    closeTab: (tab) => void closed.push(tab),
    stead: (attempt) => void steads.push(attempt),
  });
});

describe("what passed", () => {
  it("a write that went out beside us is an incident and closes its tab", async () => {
    fire("onSendHeaders", DETAILS);
    await later();
    expect(incidents).toEqual(["A write went past the guard"]);
    expect(closed).toEqual([7]);
  });

  it.each([
    ["our own", { initiator: `chrome-extension://${OWN_ID}` }],
    ["a read", { method: "GET" }],
    ["another site's affair", { url: "https://other.example/send" }],
  ])("%s is none", async (_name, change) => {
    fire("onSendHeaders", { ...DETAILS, ...change });
    await later();
    expect([incidents, closed]).toEqual([[], []]);
  });
});

describe("what ran into the wall", () => {
  it("the site's own write is offered with its bytes", async () => {
    blocked();
    await later();
    expect(steads).toHaveLength(1);
    expect(steads[0]).toMatchObject({ origin: ORIGIN, tab: 7, method: "POST", url: DETAILS.url });
    expect(new TextDecoder().decode(steads[0]?.body)).toBe("hello");
  });

  it("of a shared worker, which has no tab", async () => {
    blocked({ tabId: -1, frameId: -1 });
    await later();
    expect(steads[0]).toMatchObject({ tab: null, frame: null });
  });

  it("another site's try is counted, never offered", async () => {
    blocked({ initiator: "https://evil.example" });
    await later();
    expect([strangers, steads, incidents]).toEqual([["https://evil.example"], [], []]);
  });

  it("a sandboxed frame's try is counted, never offered", async () => {
    blocked({ initiator: "null" });
    await later();
    expect([strangers, steads]).toEqual([["null"], []]);
  });

  it("a body that cannot be read is an incident", async () => {
    blocked({}, { raw: [{ file: "/home/alex/figures.csv" }] });
    await later();
    expect([incidents, steads]).toEqual([["A write beside the page's doors was blocked"], []]);
  });

  it("any other error is none of ours", async () => {
    fire("onErrorOccurred", { ...DETAILS, error: "net::ERR_CONNECTION_REFUSED" });
    await later();
    expect([incidents, steads]).toEqual([[], []]);
  });

  it("a parsed form is written again as a form", () => {
    const shown = bodyOf({ formData: { _to: ["kim@partner.example"], a: ["1", "2 & 3"] } });
    expect(shown?.contentType).toBe("application/x-www-form-urlencoded");
    expect(new TextDecoder().decode(shown?.body)).toBe("_to=kim%40partner.example&a=1&a=2+%26+3");
  });
});

describe("in the page's stead", () => {
  const ATTEMPT: Attempt = {
    origin: ORIGIN,
    tab: 7,
    frame: 0,
    method: "POST",
    url: `${ORIGIN}/send`,
    contentType: "application/json",
    body: new TextEncoder().encode("{}").buffer,
  };
  let errands: Errand[];
  let gate = true;
  const make = (hasGate = async () => gate) =>
    createStead({
      handle: (errand) => {
        errands.push(errand);
        return new Promise(() => undefined);
      },
      hasGate,
      notice: () => undefined,
      incident: (what) => void incidents.push(what),
    });
  beforeEach(() => {
    errands = [];
    gate = true;
  });

  it("the same twice is one question; ten wait at most", async () => {
    const stead = make();
    void stead(ATTEMPT);
    void stead(ATTEMPT);
    for (let at = 0; at < 12; at++) void stead({ ...ATTEMPT, url: `${ORIGIN}/send?${at}` });
    await vi.waitFor(() => expect(incidents).toHaveLength(3));
    expect(errands).toHaveLength(10);
    expect(errands[0]?.held.kind).toBe("stead");
  });

  it("a tab without our scripts, or of another site, is offered nothing", async () => {
    gate = false;
    await make()(ATTEMPT);
    gate = true;
    fake.tabs.get = async (id: number) => ({ id, url: "https://evil.example/" });
    await make()(ATTEMPT);
    expect([errands, incidents.length]).toEqual([[], 2]);
  });

  it.each([
    ["never answers", () => new Promise<boolean>(() => undefined), async (id: number) => ({ id, url: ORIGIN })],
    ["is gone", async () => true, () => Promise.reject(new Error("No tab with id: 7."))],
  ])("a tab that %s is offered nothing, and the write is an incident", async (_name, hasGate, get) => {
    vi.useFakeTimers();
    fake.tabs.get = get;
    const done = make(hasGate)(ATTEMPT);
    await vi.waitFor(() => expect(incidents).toEqual(["A write beside the page's doors was blocked"]), 3_000);
    vi.useRealTimers();
    await done;
    expect(errands).toEqual([]);
  });
});

describe("incidents", () => {
  it("are kept while the companion is away, told once each, and not repeated within ten seconds", async () => {
    const told: string[] = [];
    let connected = false;
    let now = 1_000_000;
    const made = createIncidents(
      {
        state: () => (connected ? { state: "connected", profile: "", companion: "" } : { state: "unpaired" }),
        ensure: () => undefined,
        request: async (ask) => {
          if (ask.type === "incident") told.push(ask.what);
          return { type: "done", re: 1 };
        },
      },
      () => now,
    );
    made.report("one", "", ORIGIN);
    made.report("one", "", ORIGIN);
    made.stranger("https://evil.example", ORIGIN);
    made.stranger("https://evil.example", ORIGIN);
    expect(told).toEqual([]);
    connected = true;
    await made.flush();
    expect(told).toEqual(["one", "Other sites tried to write to a guarded one and were blocked"]);
    now += 11_000;
    made.report("one", "", ORIGIN);
    await vi.waitFor(() => expect(told).toHaveLength(3));
  });
});

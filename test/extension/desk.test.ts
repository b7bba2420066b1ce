// Where a request may come from, as the browser stamps it, and how much a tab may have under way.
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Errand, Result } from "../../extension/background/errand.ts";
import { createGestures } from "../../extension/background/actor.ts";
import { createClosedTabs } from "../../extension/background/wall/closed-tabs.ts";
import { freshBrowser, OWN_ID } from "./fake-browser.ts";

vi.mock("../../extension/platform.ts", async () => (await import("./fake-browser.ts")).platform);
const { createDesk, placeOf } = await import("../../extension/background/desk.ts");

const ORIGIN = "https://mail.acme.example";
const STAMP = {
  id: OWN_ID,
  origin: ORIGIN,
  url: `${ORIGIN}/inbox`,
  frameId: 0,
  tab: { id: 7, url: `${ORIGIN}/inbox` },
};

const request = (id: number, bytes = 4) => ({
  type: "request",
  id,
  kind: "fetch",
  method: "POST",
  url: `${ORIGIN}/send`,
  headers: [],
  body: new ArrayBuffer(bytes),
  mode: "cors",
  credentials: "include",
  redirect: "follow",
  referrer: "",
  referrerPolicy: "",
  keepalive: false,
});

function port(sender: object = STAMP) {
  const posted: { id?: number; how?: string }[] = [];
  let hear: (message: unknown) => void = () => undefined;
  let leave = (): void => undefined;
  return {
    sender,
    posted,
    disconnected: false,
    postMessage: (message: unknown) => void posted.push(message as { id?: number; how?: string }),
    disconnect() {
      this.disconnected = true;
    },
    onMessage: { addListener: (each: typeof hear) => void (hear = each) },
    onDisconnect: { addListener: (each: typeof leave) => void (leave = each) },
    say: (message: unknown) => hear(message),
    leave: () => leave(),
  };
}

let errands: { errand: Errand; answer: (result: Result) => void }[];
const make = () =>
  createDesk({
    ready: Promise.resolve(),
    gestures: createGestures(),
    isGuarded: (origin) => origin === ORIGIN,
    handle: (errand) => new Promise((answer) => void errands.push({ errand, answer })),
    loaded: () => undefined,
  });
let desk: ReturnType<typeof make>;
beforeEach(() => {
  freshBrowser();
  errands = [];
  desk = make();
});

describe("senders", () => {
  it.each([
    ["the top frame", STAMP, true],
    ["a frame of the same site", { ...STAMP, frameId: 4 }, true],
    ["an about:blank frame, stamped with its parent's origin", { ...STAMP, frameId: 4, url: "about:blank" }, true],
    ["a frame inside another site", { ...STAMP, frameId: 4, tab: { id: 7, url: "https://evil.example/" } }, false],
    ["a frame inside a tab whose address is hidden", { ...STAMP, frameId: 4, tab: { id: 7 } }, false],
    ["a sandboxed frame", { ...STAMP, origin: "null" }, false],
    ["a sender without an origin, whatever its address", { ...STAMP, origin: undefined }, false],
    ["another extension", { ...STAMP, id: "ponmlkjihgfedcbaponmlkjihgfedcba" }, false],
    ["a page of an extension", { ...STAMP, origin: `chrome-extension://${OWN_ID}` }, false],
    ["no tab", { ...STAMP, tab: undefined }, false],
  ])("%s", (_name, stamp, served) => {
    const opened = port(stamp);
    desk.connect(opened);
    expect(placeOf(stamp) !== null).toBe(served);
    expect(opened.disconnected).toBe(!served);
  });

  it("takes origin and tab from the stamp alone", async () => {
    const opened = port();
    desk.connect(opened);
    opened.say(request(1));
    await vi.waitFor(() => expect(errands).toHaveLength(1));
    expect(errands[0]?.errand).toMatchObject({ origin: ORIGIN, tab: 7, frame: 0 });
  });

  it("answers network error to what it cannot read, and to an origin that is not guarded", async () => {
    const odd = port();
    const stranger = port({ ...STAMP, origin: "https://other.example" });
    desk.connect(odd);
    desk.connect(stranger);
    odd.say({ ...request(1), origin: "https://evil.example" });
    stranger.say(request(2));
    await vi.waitFor(() => expect([...odd.posted, ...stranger.posted]).toHaveLength(2));
    expect(odd.posted).toEqual([{ type: "answer", id: 1, how: "network-error" }]);
    expect(stranger.posted).toEqual([{ type: "answer", id: 2, how: "network-error" }]);
    expect(errands).toEqual([]);
  });
});

describe("trouble", () => {
  it("of our own is a network error for the page, not silence", async () => {
    const failing = createDesk({
      ready: Promise.reject(new Error("The storage cannot be read.")),
      gestures: createGestures(),
      isGuarded: () => true,
      handle: () => Promise.reject(new Error("This must not be reached.")),
      loaded: () => undefined,
    });
    vi.spyOn(console, "error").mockReturnValue();
    const opened = port();
    failing.connect(opened);
    opened.say(request(1));
    await vi.waitFor(() => expect(opened.posted).toEqual([{ type: "answer", id: 1, how: "network-error" }]));
  });
});

describe("cancel and caps", () => {
  it("a cancel and a closed port tell the guard that the page is gone", async () => {
    const opened = port();
    desk.connect(opened);
    opened.say(request(1));
    opened.say(request(2));
    await vi.waitFor(() => expect(errands).toHaveLength(2));
    opened.say({ type: "cancel", id: 1 });
    await vi.waitFor(() => expect(errands[0]?.errand.gone.aborted).toBe(true));
    expect(errands[1]?.errand.gone.aborted).toBe(false);
    opened.leave();
    expect(errands[1]?.errand.gone.aborted).toBe(true);
  });

  it("fifty requests of one tab, and no more until one is answered", async () => {
    const opened = port();
    desk.connect(opened);
    for (let id = 1; id <= 51; id++) opened.say(request(id));
    await vi.waitFor(() => expect(opened.posted).toHaveLength(1));
    expect(errands).toHaveLength(50);
    errands[0]?.answer({ how: "nothing" });
    await vi.waitFor(() => expect(opened.posted).toHaveLength(2));
    opened.say(request(52));
    await vi.waitFor(() => expect(errands).toHaveLength(51));
  });

  it("64 MB of one tab, and no more", async () => {
    const opened = port();
    desk.connect(opened);
    opened.say(request(1, 40 * 1024 * 1024));
    opened.say(request(2, 40 * 1024 * 1024));
    await vi.waitFor(() => expect(opened.posted).toEqual([{ type: "answer", id: 2, how: "network-error" }]));
    expect(errands).toHaveLength(1);
  });
});

describe("closed tabs", () => {
  it("stay closed when the same page opens its port again, and open with another document", () => {
    const tabs = createClosedTabs();
    tabs.loaded(7, "one");
    tabs.close(7);
    tabs.loaded(7, "one");
    expect(tabs.why(7)).toContain("Reload");
    expect(tabs.why(8)).toBe("");
    tabs.loaded(7, "two");
    expect(tabs.why(7)).toBe("");
  });
});

// Who is served: a top-level page of our own, and nobody else; and what each request becomes.
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Reply } from "../../shared/protocol.ts";
import type { Unnumbered } from "../../extension/background/link/door.ts";
import type { UiRequest } from "../../extension/messages.ts";
import { OWN_ID } from "./fake-browser.ts";

vi.mock("../../extension/platform.ts", async () => (await import("./fake-browser.ts")).platform);
const { createServe, isOwnPage } = await import("../../extension/background/serve.ts");

const PAGE = `chrome-extension://${OWN_ID}/extension/ui/approve/index.html`;
const OWN = { id: OWN_ID, url: PAGE, frameId: 0 };
const digest = "a".repeat(64);

let asked: Unnumbered[];
let reply: Reply;
const switched = vi.fn();

const serve = createServe({
  door: {
    state: () => ({ state: "unpaired" }),
    ensure: () => undefined,
    request: async (ask) => {
      asked.push(ask);
      return reply;
    },
    pair: async (code) => {
      if (code !== "good") throw new Error("This code is too short.");
    },
    unpair: async () => undefined,
  },
  guarded: {
    ready: Promise.resolve(),
    switchOn: async (origin, site) => {
      switched(origin, site);
      return { origin, site, name: "Roundcube", checks: [] };
    },
    switchOff: async () => undefined,
    check: async (origin) => ({ origin, site: "", name: "", checks: [] }),
  },
  history: { catchUp: async () => undefined },
  hub: {
    state: () => ({
      link: { state: "unpaired" },
      questions: [],
      debugging: "",
      stopped: false,
      sites: [],
      refusals: [],
      clockSkewMs: 0,
    }),
    refresh: async () => undefined,
    changed: () => undefined,
  },
});

beforeEach(() => {
  asked = [];
  reply = { type: "done", re: 1 };
});

describe("senders", () => {
  it.each([
    ["a page of ours in a tab", { ...OWN, tab: { id: 1 } }, true],
    ["a page of ours as popup", { id: OWN_ID, url: PAGE }, true],
    ["a page of ours in a frame", { ...OWN, frameId: 3 }, false],
    ["our content script in a web page", { id: OWN_ID, url: "https://mail.acme.example/", frameId: 0 }, false],
    ["another extension", { ...OWN, id: "ponmlkjihgfedcbaponmlkjihgfedcba" }, false],
    ["an address that only begins like ours", { id: OWN_ID, url: `chrome-extension://${OWN_ID}.evil.example/` }, false],
    ["a sender without an address", { id: OWN_ID }, false],
    ["no sender", undefined, false],
  ])("%s", async (_name, sender, served) => {
    expect(isOwnPage(sender)).toBe(served);
    expect((await serve({ name: "refuseAll" }, sender)).ok).toBe(served);
    expect(asked.length > 0).toBe(served);
  });
});

describe("requests", () => {
  it("an answer carries the digest that was on the screen", async () => {
    const request: UiRequest = { name: "answer", approvalId: "a1", answer: "approve", digest };
    expect(await serve(request, OWN)).toEqual({ ok: true, value: null });
    expect(asked).toEqual([{ type: "answer", approvalId: "a1", answer: "approve", digest }]);
  });

  it.each([
    ["an unknown name", { name: "approveAll" }],
    ["an extra key", { name: "state", more: 1 }],
    ["an answer without digest", { name: "answer", approvalId: "a1", answer: "approve" }],
    ["nothing", undefined],
  ])("%s is refused", async (_name, message) => {
    expect(await serve(message, OWN)).toMatchObject({ ok: false });
    expect(asked).toEqual([]);
  });

  it("an error of the companion comes back as its sentence", async () => {
    reply = { type: "error", re: 1, code: "channel", message: "Give this answer in the companion's terminal." };
    const request: UiRequest = { name: "answer", approvalId: "a1", answer: "approve", digest };
    expect(await serve(request, OWN)).toEqual({ ok: false, say: "Give this answer in the companion's terminal." });
  });

  it("what throws becomes a sentence, not silence", async () => {
    expect(await serve({ name: "pair", code: "bad" }, OWN)).toEqual({ ok: false, say: "This code is too short." });
    expect(await serve({ name: "pair", code: "good" }, OWN)).toEqual({ ok: true, value: null });
  });

  it("switches a site on", async () => {
    await serve({ name: "switchOn", origin: "https://mail.acme.example", site: "roundcube" }, OWN);
    expect(switched).toHaveBeenCalledWith("https://mail.acme.example", "roundcube");
  });
});

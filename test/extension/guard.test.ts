// The spine with a scripted companion and a courier that only counts: what is sent, when, and how often.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Verb } from "../../shared/action.ts";
import { emptyMeaning, meaningDigest } from "../../shared/meaning.ts";
import type { Reply } from "../../shared/protocol.ts";
import type { Unnumbered } from "../../extension/background/link/door.ts";
import type { Errand } from "../../extension/background/errand.ts";
import { createGuard } from "../../extension/background/guard.ts";
import type { LinkState } from "../../extension/messages.ts";
import type { Site } from "../../extension/sites/site.ts";

const ORIGIN = "https://mail.acme.example";
const CONNECTED: LinkState = { state: "connected", profile: "Assistant", companion: "0.1.0" };

/** Everything that happened, in order. */
let log: string[];
let link: LinkState;
let verdict: "allow" | "ask" | "deny";
let spend: "done" | "expired" | "rejects";
let approvals: { id: string; action: string; digest: string; canonical: boolean; doubts: string[] }[];
let title: string;
let verb: Verb;
let passage: (url: URL) => Promise<string>;
let shown: string[];
/** What each line in the page says last. */
let lines: Map<string, string>;
let approvalName: (count: number) => string;
let closed: string;

const site: Site = {
  id: "test",
  name: "Test mail",
  deadlineMs: 60_000,
  guardedGets: [],
  freeGets: [],
  controls: [],
  async recognise({ url }) {
    if (url.pathname === "/strange") throw new Error("nobody knows this.");
    const meaning = { ...emptyMeaning("test", "alex@acme.example", verb), title };
    return { verb, meaning, canonical: url.pathname !== "/odd", serial: url.searchParams.get("serial") };
  },
  refuse: (_request, words) => ({ how: "answer", status: 409, contentType: "text/plain", body: words }),
  detect: () => true,
};

async function companion(ask: Unnumbered): Promise<Reply> {
  if (ask.type === "propose") {
    const { id, canonical, meaning } = ask.action;
    const digest = await meaningDigest(meaning);
    log.push(`propose ${meaning.verb}`);
    const approval = approvalName(approvals.length);
    approvals.push({ id: approval, action: id, digest, canonical, doubts: meaning.doubts });
    const rules = [{ id: "r", say: "Sends are asked about." }];
    const decision =
      verdict === "allow"
        ? { verdict, rules }
        : verdict === "deny"
          ? { verdict, rules, because: "Sending is not allowed." }
          : { verdict, rules, approvalId: approval, until: new Date().toISOString(), channel: "popup" as const };
    return { type: "verdict", re: 1, actionId: id, digest, decision };
  }
  log.push(ask.type === "outcome" ? `outcome ${ask.outcome}` : ask.type);
  if (ask.type === "spend" && spend === "rejects") throw new Error("The companion went away.");
  if (ask.type === "spend" && spend === "expired") {
    return { type: "error", re: 1, code: "expired", message: "This approval has expired." };
  }
  return { type: "done", re: 1 };
}

const make = () =>
  createGuard({
    door: { state: () => link, ensure: () => undefined, request: companion },
    hands: {
      async send(wire) {
        log.push(`send ${wire.body ? new TextDecoder().decode(wire.body) : ""}`);
        return {
          how: "answer",
          status: 200,
          statusText: "OK",
          headers: [],
          url: wire.url.href,
          redirected: false,
          body: new Uint8Array(),
        };
      },
      openPassage: (url) => passage(url),
    },
    siteOf: (origin) => (origin === ORIGIN ? site : undefined),
    reads: () => ({
      get: async () => {
        throw new Error("This test reads nothing.");
      },
      cookieNames: async () => [],
      recall: async () => undefined,
      remember: async () => undefined,
    }),
    closed: () => closed,
    linked: async () => undefined,
  });
let guard: ReturnType<typeof make>;

function errand(change: Partial<Errand["held"]> = {}, gone: AbortSignal = new AbortController().signal): Errand {
  return {
    origin: ORIGIN,
    tab: 7,
    frame: 0,
    frameUrl: `${ORIGIN}/inbox`,
    held: {
      kind: "fetch",
      method: "POST",
      url: `${ORIGIN}/send`,
      headers: [],
      body: new TextEncoder().encode("hello").buffer,
      mode: "cors",
      credentials: "include",
      redirect: "follow",
      referrer: "",
      referrerPolicy: "",
      keepalive: false,
      ...change,
    },
    gesture: null,
    gone,
    notice: ({ key, tone, words }) => {
      shown.push(words);
      lines.set(key, tone);
    },
  };
}
const settled = (state: "approved" | "refused" | "expired", at = 0, words = "") => {
  const { id, action } = approvals[at] ?? { id: "", action: "" };
  guard.resolved({ type: "resolved", approvalId: id, actionIds: [action], state, words });
};
const proposed = (count: number) => vi.waitFor(() => expect(approvals).toHaveLength(count));
const sends = () => log.filter((each) => each.startsWith("send"));

beforeEach(() => {
  log = [];
  shown = [];
  lines = new Map();
  approvals = [];
  verb = "mail.send";
  passage = async (url) => `${url.href}#mark`;
  link = CONNECTED;
  verdict = "allow";
  spend = "done";
  title = "Lunch";
  closed = "";
  approvalName = (count) => `approval-${count}`;
  guard = make();
});

describe("decide", () => {
  it("allowed: proposes, sends those bytes once, tells the outcome", async () => {
    expect(await guard.handle(errand())).toMatchObject({ how: "response", status: 200, refusal: false });
    expect(log).toEqual(["propose mail.send", "send hello", "outcome sent"]);
  });

  it("denied: sends nothing and answers as the site does", async () => {
    verdict = "deny";
    expect(await guard.handle(errand())).toMatchObject({ status: 409, refusal: true });
    expect(sends()).toEqual([]);
    expect(shown).toEqual(["Sending is not allowed. Nothing was sent."]);
  });

  it("does not send what is not fully understood, even if the companion allows it", async () => {
    expect(await guard.handle(errand({ url: `${ORIGIN}/odd` }))).toMatchObject({ refusal: true });
    expect(sends()).toEqual([]);
  });

  it("a write the site file gives up on becomes a question about an unknown write", async () => {
    verdict = "ask";
    void guard.handle(errand({ url: `${ORIGIN}/strange` }));
    await proposed(1);
    expect(log).toEqual(["propose site.unknown"]);
    expect(approvals[0]?.doubts[0]).toContain("nobody knows this.");
  });

  it("never sends what was sent beside the doors without asking", async () => {
    expect(await guard.handle(errand({ kind: "stead" }))).toMatchObject({ refusal: true });
    expect(approvals[0]?.canonical).toBe(false);
    expect(sends()).toEqual([]);
  });

  it.each([
    ["another origin", { url: "https://evil.example/send" }],
    ["another port", { url: "https://mail.acme.example:8443/send" }],
    ["a name and password", { url: "https://a:b@mail.acme.example/send" }],
    ["an unknown method", { method: "TRACE" }],
    ["an unreadable address", { url: "https://" }],
  ])("blocks %s before anybody is asked", async (_name, change) => {
    const result = await guard.handle(errand(change));
    expect(result.how === "network-error" || ("refusal" in result && result.refusal)).toBe(true);
    expect(log).toEqual([]);
  });

  it("drops headers that turn one request into another", async () => {
    const seen: string[][] = [];
    const spy = {
      ...site,
      recognise: async (...args: Parameters<Site["recognise"]>) => {
        seen.push([...args[0].headers.keys()]);
        return site.recognise(...args);
      },
    };
    guard = createGuard({
      door: { state: () => link, ensure: () => undefined, request: companion },
      hands: { send: async () => ({ how: "opaque-redirect" }), openPassage: async () => "" },
      siteOf: () => spy,
      reads: () => ({
        get: () => Promise.reject(new Error()),
        cookieNames: async () => [],
        recall: async () => undefined,
        remember: async () => undefined,
      }),
      closed: () => "",
      linked: async () => undefined,
    });
    const names = ["X-HTTP-Method-Override", "Cookie", "Origin", "X-Forwarded-For", "Content-Encoding", "X-CSRF-Token"];
    await guard.handle(errand({ headers: names.map((name): [string, string] => [name, "1"]) }));
    expect(seen).toEqual([["x-csrf-token"]]);
  });
});

describe("no companion", () => {
  it.each<LinkState>([
    { state: "unpaired" },
    { state: "away", since: "", why: "" },
    { state: "stranger", port: 4000 },
    { state: "other-build", companion: "1", extension: "2" },
  ])("$state: nothing is sent, and the words say what to do", async (state) => {
    link = state;
    expect(await guard.handle(errand())).toMatchObject({ refusal: true });
    expect(log).toEqual([]);
    expect(shown[0]).toMatch(/try again\. Nothing was sent\.$/);
  });

  it("goes away while a question waits: everything waiting is told no", async () => {
    verdict = "ask";
    const answer = guard.handle(errand());
    await proposed(1);
    await vi.waitFor(() => expect(guard.waiting()).toBe(1));
    guard.linkLost("The companion went away while this waited.");
    expect(await answer).toMatchObject({ refusal: true });
    settled("approved");
    expect(sends()).toEqual([]);
  });
});

describe("ask", () => {
  beforeEach(() => {
    verdict = "ask";
  });
  afterEach(() => {
    expect([...lines.values()]).not.toContain("held");
  });

  it("sends only after the yes was spent", async () => {
    const answer = guard.handle(errand());
    await proposed(1);
    expect(sends()).toEqual([]);
    settled("approved");
    expect(await answer).toMatchObject({ how: "response", status: 200 });
    expect(log).toEqual(["propose mail.send", "spend", "send hello", "outcome sent"]);
  });

  it.each(["refused", "expired"] as const)("%s: nothing is sent", async (state) => {
    const answer = guard.handle(errand());
    await proposed(1);
    settled(state, 0, "Refused by a person.");
    expect(await answer).toMatchObject({ refusal: true });
    expect(sends()).toEqual([]);
  });

  it.each(["expired", "rejects"] as const)("a yes that cannot be spent (%s) sends nothing", async (how) => {
    spend = how;
    const answer = guard.handle(errand());
    await proposed(1);
    settled("approved");
    expect(await answer).toMatchObject({ refusal: true });
    expect(log.at(-1)).toBe("spend");
    expect(sends()).toEqual([]);
  });

  it("an answer that comes before the question is put here still counts, once", async () => {
    approvals.push({ id: "approval-1", action: "early", digest: "", canonical: true, doubts: [] });
    settled("approved");
    expect(await guard.handle(errand())).toMatchObject({ how: "response", status: 200 });
    expect(sends()).toHaveLength(1);
  });

  it("what changed while it waited is withdrawn and asked anew, with the difference named", async () => {
    const answer = guard.handle(errand());
    await proposed(1);
    title = "Something else";
    settled("approved");
    await proposed(2);
    expect(log).toEqual(["propose mail.send", "withdraw", "propose mail.send"]);
    expect(approvals[1]?.doubts[0]).toContain("the subject or title");
    settled("approved", 1);
    await answer;
    expect(sends()).toHaveLength(1);
  });

  it("a request that keeps changing is blocked in the end", async () => {
    const answer = guard.handle(errand());
    for (let round = 0; round < 3; round++) {
      await proposed(round + 1);
      title = `Subject ${round}`;
      settled("approved", round);
    }
    expect(await answer).toMatchObject({ refusal: true });
    expect(sends()).toEqual([]);
  });

  it("equal requests joined to one approval are sent once and all get that answer", async () => {
    approvalName = () => "same";
    const answers = [guard.handle(errand()), guard.handle(errand()), guard.handle(errand())];
    await vi.waitFor(() => expect(guard.waiting()).toBe(3));
    settled("approved");
    for (const answer of answers) expect(await answer).toMatchObject({ how: "response", status: 200 });
    expect(sends()).toHaveLength(1);
    expect(log.filter((each) => each === "outcome not sent")).toHaveLength(2);
  });

  it("the same again from the same tab right after is the same double click", async () => {
    const first = guard.handle(errand());
    await proposed(1);
    settled("approved");
    await first;
    expect(await guard.handle(errand())).toMatchObject({ how: "response", status: 200 });
    expect(sends()).toHaveLength(1);
  });

  it("a page that gave up withdraws its question; a late yes sends nothing", async () => {
    const page = new AbortController();
    const answer = guard.handle(errand({}, page.signal));
    await proposed(1);
    await vi.waitFor(() => expect(guard.waiting()).toBe(1));
    page.abort();
    expect(await answer).toEqual({ how: "network-error" });
    settled("approved");
    expect(log).toEqual(["propose mail.send", "withdraw"]);
  });

  it("a beacon keeps waiting after its page has gone", async () => {
    const page = new AbortController();
    const answer = guard.handle(errand({ kind: "beacon", keepalive: true }, page.signal));
    await proposed(1);
    page.abort();
    settled("approved");
    await answer;
    expect(sends()).toHaveLength(1);
  });

  it("a tab closed meanwhile sends nothing, yes or no", async () => {
    const answer = guard.handle(errand());
    await proposed(1);
    closed = "This tab sent something past Countersign.";
    settled("approved");
    expect(await answer).toMatchObject({ refusal: true });
    expect(log).toEqual(["propose mail.send", "withdraw"]);
  });

  it("a question does not stop what comes after it in the same compose", async () => {
    const waits = guard.handle(errand({ url: `${ORIGIN}/send?serial=one` }));
    await proposed(1);
    verdict = "allow";
    title = "A draft";
    await guard.handle(errand({ url: `${ORIGIN}/draft?serial=one` }));
    title = "Lunch";
    settled("approved");
    await waits;
    expect(sends()).toHaveLength(2);
  });
});

describe("whatever fails is a block", () => {
  it("a companion that reads another meaning", async () => {
    const lying = createGuard({
      door: {
        state: () => link,
        ensure: () => undefined,
        request: async (ask) => ({
          ...(await companion(ask)),
          ...(ask.type === "propose" ? { digest: "0".repeat(64) } : {}),
        }),
      },
      hands: { send: () => Promise.reject(new Error("This must not be reached.")), openPassage: async () => "" },
      siteOf: () => site,
      reads: () => ({
        get: () => Promise.reject(new Error()),
        cookieNames: async () => [],
        recall: async () => undefined,
        remember: async () => undefined,
      }),
      closed: () => "",
      linked: async () => undefined,
    });
    expect(await lying.handle(errand())).toMatchObject({ refusal: true });
    expect(shown[0]).toContain("read this request differently");
  });

  it("a message that will not go into a prompt whole", async () => {
    title = "x".repeat(5_000);
    expect(await guard.handle(errand())).toMatchObject({ refusal: true });
    expect(log).toEqual([]);
    expect(shown[0]).toContain("too large to be shown whole");
  });
});

describe("a yes that comes when it is too late", () => {
  it("is not used when the page gave the request up in the same moment", async () => {
    verdict = "ask";
    const page = new AbortController();
    const result = guard.handle(errand({}, page.signal));
    await proposed(1);
    settled("approved");
    page.abort();
    expect((await result).how).not.toBe("go");
    expect(sends()).toEqual([]);
    expect(log).toContain("withdraw");
    expect(log).not.toContain("spend");
  });
});

describe("a visit to an address", () => {
  it("is not put to anybody when it may change something, since it cannot be held to one time", async () => {
    const visit = { kind: "navigate", method: "GET", body: null } as const;
    expect(await guard.handle(errand(visit))).toEqual({ how: "nothing" });
    expect(log).toEqual([]);
    expect(shown.join()).toContain("cannot be held to one time");
  });
});

describe("an allowed visit whose way cannot be opened", () => {
  it("is on record as not sent, since it is on record as let through", async () => {
    verb = "mail.download";
    passage = () => Promise.reject(new Error("This address cannot be let through alone."));
    expect(await guard.handle(errand({ kind: "navigate", method: "GET", body: null }))).toEqual({ how: "nothing" });
    expect(log).toEqual(["propose mail.download", "outcome not sent"]);
  });
});

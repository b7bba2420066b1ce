// Wall, courier and second look in real Chromium, against a server that keeps every byte. The companion is scripted.
// Each attack is first seen to work from a page nobody guards.
import { rm } from "node:fs/promises";
import { chromium, type BrowserContext, type Page, type Worker } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildTestExtension } from "./courier/build.ts";
import { startEcho, type Arrived, type Echo } from "./courier/echo.ts";
import type { Browser } from "webextension-polyfill";
import { CHROMIUM } from "./chromium.ts";

interface Held {
  readonly url: string;
  readonly method?: string;
  readonly kind?: string;
  readonly body?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly mode?: string;
}
interface Told {
  readonly how: string;
  readonly status?: number;
  readonly text?: string | null;
  readonly url?: string;
  readonly redirected?: boolean;
  readonly refusal?: boolean;
}
/** The extension API as it stands in the worker. */
declare const chrome: Browser;
declare global {
  var held: (request: Held) => Promise<Told>;
  var notices: string[];
}

let echo: Echo;
let folder: string;
let context: BrowserContext;
let worker: Worker;
let page: Page;
let guarded: string;
let free: string;

const held = (request: Held): Promise<Told> => page.evaluate((each) => globalThis.held(each), request);
const verdict = (word: "allow" | "ask" | "deny"): Promise<void> =>
  worker.evaluate((each) => void (globalThis.script.verdict = each), word);
const asked = (type: string) =>
  worker.evaluate((each) => globalThis.script.asked.filter((one) => one.type === each), type);
const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
  for (const end = Date.now() + 15_000; !(await holds()); await new Promise((go) => setTimeout(go, 25))) {
    if (Date.now() > end) throw new Error("It did not come to pass in 15 s.");
  }
};

beforeAll(async () => {
  echo = await startEcho();
  guarded = `http://echo.localhost:${echo.port}`;
  free = `http://free.localhost:${echo.port}`;
  folder = await buildTestExtension([{ origin: guarded, site: "echo" }]);
  context = await chromium.launchPersistentContext("", {
    executablePath: CHROMIUM,
    headless: true,
    args: [
      `--load-extension=${folder}`,
      `--disable-extensions-except=${folder}`,
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-sync",
    ],
  });
  worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  await until(() => worker.evaluate(async () => (await chrome.scripting.getRegisteredContentScripts()).length === 2));
  page = await context.newPage();
});
afterAll(async () => {
  await context.close();
  await echo.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await verdict("allow");
  await page.goto(`${guarded}/page`);
  await until(() => page.evaluate(() => typeof globalThis.held === "function"));
  echo.arrived.length = 0;
});

/** What a server could tell two requests apart by; the order of headers, lengths of path apart. */
function told({ method, headers, body }: Arrived): unknown {
  const { host: _host, connection: _ofOneUse, referer, origin, cookie, ...rest } = headers;
  const at = (text: string | undefined): string | undefined => text?.replace(/^http:\/\/\w+\.localhost:\d+/, "ORIGIN");
  const cookies = cookie
    ?.split("; ")
    .toSorted()
    .filter((each) => !each.startsWith("_"));
  return { method, body, rest, referer: at(referer), origin: at(origin), cookies };
}

describe("the courier's request is the page's request", () => {
  const cases: { name: string; native: (to: string) => Promise<unknown>; ours: Held }[] = [
    {
      name: "fetch with JSON",
      native: (to) =>
        page.evaluate(
          (url) =>
            fetch(url, {
              method: "POST",
              headers: { "content-type": "application/json", "x-csrf": "t" },
              body: "{}",
            }).then(String),
          to,
        ),
      ours: {
        url: "",
        headers: [
          ["content-type", "application/json"],
          ["x-csrf", "t"],
        ],
        body: "{}",
      },
    },
    {
      name: "DELETE without a body",
      native: (to) => page.evaluate((url) => fetch(url, { method: "DELETE" }).then(String), to),
      ours: { url: "", method: "DELETE" },
    },
    {
      name: "beacon",
      native: (to) => page.evaluate((url) => void navigator.sendBeacon(url, "tick"), to),
      ours: {
        url: "",
        kind: "beacon",
        mode: "no-cors",
        headers: [["content-type", "text/plain;charset=UTF-8"]],
        body: "tick",
      },
    },
    {
      name: "form into a frame",
      native: (to) =>
        page.evaluate((url) => {
          const form = document.createElement("form");
          Object.assign(form, {
            method: "POST",
            action: url,
            target: "target",
            innerHTML: '<input name="a" value="b">',
          });
          document.body.append(form);
          form.submit();
        }, to),
      ours: {
        url: "",
        kind: "form",
        mode: "navigate",
        headers: [["content-type", "application/x-www-form-urlencoded"]],
        body: "a=b",
      },
    },
  ];
  it.each(cases)("$name", async ({ native, ours }) => {
    await page.goto(`${free}/page`);
    await native(`${free}/write?native`);
    await until(() => echo.with("?native").length === 1);
    await page.goto(`${guarded}/page`);
    const answer = await held({ ...ours, url: "/write?ours" });
    expect(answer.how).toBe("response");
    expect(echo.with("?ours")).toHaveLength(1);
    const [nativeOne] = echo.with("?native");
    const [ourOne] = echo.with("?ours");
    if (!nativeOne || !ourOne) throw new Error("One of the two did not arrive.");
    expect(told(ourOne)).toEqual(told(nativeOne));
  });

  it("carries strict cookies, and leaves out the ones a site bars", async () => {
    await page.goto(`${free}/page`);
    await page.evaluate((url) => fetch(url, { method: "POST" }).then(String), `${free}/write?native`);
    expect(echo.with("?native")[0]?.headers["cookie"]).toContain("_action=send");
    await page.goto(`${guarded}/page`);
    await held({ url: "/write?ours" });
    const cookie = echo.with("?ours")[0]?.headers["cookie"];
    expect(cookie).toContain("strict=s");
    expect(cookie).toContain("plain=p");
    expect(cookie).not.toContain("_action");
  });
});

describe("the fence", () => {
  it("lets a 303 lead to a GET of the same site, and hides the mark", async () => {
    const answer = await held({ url: "/write?code=303&to=/after", body: "x" });
    expect(answer).toMatchObject({ how: "response", redirected: true, url: `${guarded}/after`, text: "GET /after 0" });
  });

  it.each([
    ["another site", () => `${free}/stolen`],
    ["another path of the same site", () => "/stolen"],
    ["another site, dropping the mark", () => `${free}/stolen#mine`],
    ["the same site, dropping the mark", () => "/stolen#mine"],
  ])("a 307 to %s does not carry the body on", async (_name, to) => {
    await page.goto(`${free}/page`);
    await page.evaluate(
      (url) => fetch(url, { method: "POST", body: "secret" }).then(String, String),
      `${free}/write?code=307&to=/stolen`,
    );
    expect(echo.with("/stolen").filter(({ method, url }) => method === "POST" && url === "/stolen")).toHaveLength(1);
    await page.goto(`${guarded}/page`);
    echo.arrived.length = 0;
    const answer = await held({ url: `/write?code=307&to=${encodeURIComponent(to())}`, body: "secret" });
    expect(answer.how).toBe("network-error");
    expect(echo.arrived.filter(({ url }) => url === "/stolen")).toEqual([]);
    const outcomes = await asked("outcome");
    expect(outcomes.at(-1)).toMatchObject({ outcome: "may have been sent" });
  });

  it("leaves no rule behind", async () => {
    await held({ url: "/write?rules" });
    const standing = () =>
      worker.evaluate(async () => JSON.stringify(await chrome.declarativeNetRequest.getSessionRules()));
    await until(async () => !/__cs=|"allow"/.test(await standing()));
  });
});

describe("the wall", () => {
  const attacks: Record<string, (from: Page, to: string) => Promise<unknown>> = {
    fetch: (from, to) => from.evaluate((url) => fetch(url, { method: "POST", body: "x" }).then(String, String), to),
    "an unheard-of method": (from, to) =>
      from.evaluate((url) => fetch(url, { method: "PROPFIND" }).then(String, String), to),
    "a dedicated worker": (from, to) =>
      from.evaluate(
        (url) =>
          new Promise((done) => {
            const helper = new Worker("/worker.js");
            helper.addEventListener("message", ({ data }) => done(data));
            helper.postMessage(url);
          }),
        to,
      ),
    "a fresh frame": (from, to) =>
      from.evaluate((url) => {
        const frame = document.createElement("iframe");
        frame.src = "/slow";
        document.body.append(frame);
        return frame.contentWindow?.fetch(url, { method: "POST", body: "x" }).then(String, String);
      }, to),
    "a synchronous call": (from, to) =>
      from.evaluate((url) => {
        const call = new XMLHttpRequest();
        call.open("POST", url, false);
        try {
          call.send("x");
        } catch (error) {
          return String(error);
        }
        return call.status;
      }, to),
    "a top-level form": async (from, to) => {
      const over = Promise.race([from.waitForEvent("requestfailed"), from.waitForEvent("requestfinished")]);
      await from.evaluate((url) => {
        const form = document.createElement("form");
        Object.assign(form, { method: "POST", action: url });
        document.body.append(form);
        form.submit();
      }, to);
      await over;
      await from.waitForLoadState();
    },
    "a guarded read": (from, to) =>
      from.evaluate((url) => fetch(url.replace("/write?", "/guarded?")).then(String, String), to),
  };
  it.each(Object.entries(attacks))("stops %s", async (name, attack) => {
    const word = `attack-${name.replaceAll(" ", "-")}`;
    const from = await context.newPage();
    try {
      await from.goto(`${free}/page`);
      await attack(from, `${free}/write?${word}`);
      await until(() => echo.with(word).length === 1);
      await from.goto(`${guarded}/page`);
      await attack(from, `${guarded}/write?${word}`);
    } finally {
      await from.close();
    }
    await held({ url: "/draft?later" });
    expect(echo.with(word)).toHaveLength(1);
  });

  it("stops what another site starts", async () => {
    await page.goto(`${free}/page`);
    const write = (to: string) =>
      page.evaluate((url) => fetch(url, { method: "POST", mode: "no-cors", body: "x" }).then(String, String), to);
    await write(`${free}/write?across-free`);
    await write(`${guarded}/write?across`);
    expect(echo.with("across-free")).toHaveLength(1);
    expect(echo.with("across").filter(({ host }) => host.startsWith("echo."))).toEqual([]);
  });

  it("stops our own extension too, without the courier", async () => {
    const result = await worker.evaluate(
      (url) => fetch(url, { method: "POST" }).then(String, String),
      `${guarded}/write?own`,
    );
    expect(result).toContain("Failed to fetch");
    expect(await worker.evaluate((url) => fetch(url).then(String, String), `${free}/read?own`)).toContain("Failed");
    expect(echo.with("own")).toEqual([]);
  });
});

describe("the spine in the browser", () => {
  it("denied: nothing arrives and the page hears the site's own no", async () => {
    await verdict("deny");
    expect(await held({ url: "/write?denied" })).toMatchObject({ status: 409, refusal: true });
    expect(echo.with("denied")).toEqual([]);
    expect(await page.evaluate(() => globalThis.notices)).toContain("The test says no. Nothing was sent.");
  });

  it("asked: nothing arrives before the yes, exactly one after it", async () => {
    await verdict("ask");
    const answer = held({ url: "/write?asked", body: "once" });
    await until(async () => (await asked("propose")).some((one) => JSON.stringify(one).includes("?asked")));
    expect(echo.with("asked")).toEqual([]);
    await worker.evaluate(() => {
      const last = globalThis.script.asked.findLast((one) => one.type === "propose");
      if (last?.type !== "propose") throw new Error("Nothing was proposed.");
      const { id } = last.action;
      globalThis.script.push({ type: "resolved", approvalId: id, actionIds: [id], state: "approved", words: "" });
    });
    expect(await answer).toMatchObject({ how: "response", status: 200 });
    expect(echo.with("asked").map(({ body }) => body)).toEqual(["once"]);
  });

  it("lets one approved navigation through, once", async () => {
    const answer = await held({ url: "/guarded?once", method: "GET", kind: "navigate" });
    expect(answer.how).toBe("go");
    const away = await context.newPage();
    await away.goto(`${guarded}/page`);
    // Another tab knows the address and gets nothing with it.
    await away.goto(answer.url ?? "").catch(() => undefined);
    await away.close();
    expect(echo.with("/guarded?once")).toEqual([]);
    await page.goto(answer.url ?? "");
    await page.goto(`${guarded}/page`);
    // In a frame: the error page of a whole tab comes in its own time and pushes aside whatever is opened next.
    await page.evaluate(
      (to) =>
        new Promise((done) => {
          const frame = document.createElement("iframe");
          frame.addEventListener("load", done);
          frame.src = to;
          document.body.append(frame);
        }).then(() => undefined),
      answer.url ?? "",
    );
    expect(echo.with("/guarded?once")).toHaveLength(1);
  });

  it("offers a worker's blocked write to be sent in its stead, and asks even where all is allowed", async () => {
    await page.evaluate(
      (url) =>
        new Promise((done) => {
          const helper = new Worker("/worker.js");
          helper.addEventListener("message", ({ data }) => done(data));
          helper.postMessage(url);
        }),
      `${guarded}/write?stead`,
    );
    const proposals = async () => (await asked("propose")).filter((one) => JSON.stringify(one).includes("?stead"));
    await until(async () => (await proposals()).length === 1);
    expect((await proposals())[0]).toMatchObject({ action: { canonical: false } });
    expect(echo.with("stead")).toEqual([]);
  });

  it("a write nobody understands is asked about, with what can be read in it", async () => {
    const answer = held({
      url: "/strange",
      headers: [["content-type", "application/x-www-form-urlencoded"]],
      body: "_to=mallory%40evil.example",
    }).catch(() => "the page left");
    await until(async () => (await asked("propose")).some((one) => JSON.stringify(one).includes("/strange")));
    const proposal = (await asked("propose")).at(-1);
    expect(proposal).toMatchObject({
      action: {
        verb: "site.unknown",
        meaning: { changes: [{ label: "_to", before: null, after: "mallory@evil.example" }] },
      },
    });
    await page.goto(`${guarded}/page?left`);
    await until(async () => (await asked("withdraw")).length > 0);
    expect(await answer).toBe("the page left");
    expect(echo.with("strange")).toEqual([]);
  });

  it("finds its wall as it left it: nothing to repair at the next start", async () => {
    expect(await asked("incident")).not.toContainEqual(
      expect.objectContaining({ what: "The guard was found incomplete and repaired" }),
    );
  });

  it("sees a write that passes when the wall is gone, and lets nothing more out of that tab until it loads anew", async () => {
    await held({ url: "/draft?before" });
    await worker.evaluate(async () => {
      const rules = await chrome.declarativeNetRequest.getDynamicRules();
      const removeRuleIds = rules.filter(({ id }) => id >= 1000).map(({ id }) => id);
      await chrome.declarativeNetRequest.updateDynamicRules({ removeRuleIds });
    });
    await page.evaluate((url) => fetch(url, { method: "POST", body: "x" }).then(String), `${guarded}/write?passed`);
    expect(echo.with("passed")).toHaveLength(1);
    await until(async () =>
      (await asked("incident")).some((one) => JSON.stringify(one).includes("went past the guard")),
    );
    expect(await held({ url: "/draft?closed" })).toMatchObject({ refusal: true });
    expect(echo.with("closed")).toEqual([]);
    await page.reload();
    await until(() => page.evaluate(() => typeof globalThis.held === "function"));
    expect(await held({ url: "/draft?reopened" })).toMatchObject({ refusal: false });
  });
});

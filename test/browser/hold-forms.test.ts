// Held forms and navigations: what is approved is what arrives, once, and the page's own frames and windows behave.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import { startHoldBench, type HoldBench } from "./hold/bench.ts";
import { installFormKit } from "./hold/cases-forms.ts";

let bench: HoldBench;
let page: Page;

beforeAll(async () => {
  bench = await startHoldBench();
  bench.server.page(
    "/page",
    `<!doctype html><title>page</title><body><script>(${installFormKit.toString()})()</script>`,
  );
  bench.server.page(
    "/own-frame",
    '<!doctype html><body><form method=post action="/answer" onsubmit="parent.tried = true"><input name=rule value=kept><button>Save</button></form>',
  );
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.mode("send");
  page = await bench.open(`${bench.guarded}/page`);
  await bench.heard();
  bench.server.take();
});
afterEach(() => page.close());

const arrivedBodies = (): string[] => bench.server.take().map((request) => request.body);
const submit = (action: string, fields: string): Promise<void> =>
  page.evaluate(
    ([to, inside]) => {
      forms.frame("t");
      forms.form({ action: to ?? "", method: "post", target: "t" }, inside ?? "").submit();
    },
    [action, fields],
  );
const answered = (): Promise<unknown> =>
  page.evaluate(() => forms.answered(document.querySelector("iframe") as HTMLIFrameElement));

describe("a form into a frame", () => {
  it("sends the snapshot, whatever the form says when the answer comes", async () => {
    await bench.mode("keep");
    await submit("/answer", "<input name=to value=bob@acme.example>");
    await bench.untilWaiting(1);
    await page.evaluate(() => {
      const field = document.querySelector("input");
      if (field) field.value = "mallory@evil.example";
      document.querySelector("form")?.setAttribute("action", "/x/wrong");
    });
    await bench.release("send");
    await answered();
    expect(bench.server.take().map(({ path, body }) => [path, body])).toEqual([["/answer", "to=bob%40acme.example"]]);
  });

  it("keeps the frame's old load from the page, as Roundcube's frame needs it", async () => {
    const post = (): Promise<void> =>
      page.evaluate(() => {
        delete window.answered;
        const frame = document.createElement("iframe");
        frame.name = "savetarget";
        frame.src = "javascript:false;";
        document.body.append(frame);
        const seen: string[] = [];
        Object.assign(window, { seen });
        const ended = (): void => {
          seen.push(`load, answered ${window.answered ?? 0}`);
          frame.remove();
        };
        frame.addEventListener("load", ended);
        frame.addEventListener("error", ended);
        forms.form({ action: "/answer", method: "post", target: "savetarget" }, "<input name=a value=1>").submit();
      });
    const seen = (): Promise<unknown> => page.evaluate(() => Reflect.get(window, "seen"));
    await bench.mode("keep");
    await post();
    await bench.untilWaiting(1);
    await page.waitForTimeout(200);
    expect(await seen()).toEqual([]);
    expect(await page.locator("iframe").count()).toBe(1);
    await bench.release("send");
    await page.waitForFunction(() => (Reflect.get(window, "seen") as unknown[]).length > 0);
    expect(await seen()).toEqual(["load, answered 1"]);
    expect(arrivedBodies()).toEqual(["a=1"]);
    expect(bench.context.pages().length).toBe(2);
  });

  it("hears one load and writes nothing when it is refused", async () => {
    await bench.mode("refuse");
    await submit("/answer", "<input name=a value=1>");
    expect(await answered()).toEqual({ loads: 1, answered: 0, text: "" });
    expect(arrivedBodies()).toEqual([]);
  });

  it("keeps a form that posts its own frame when the answer is nothing", async () => {
    await page.evaluate(() => {
      const frame = document.createElement("iframe");
      frame.src = "/own-frame";
      document.body.append(frame);
    });
    const frame = page.frameLocator("iframe");
    await bench.mode("nothing");
    await frame.locator("button").click();
    await page.waitForFunction(() => Reflect.get(window, "tried") === true);
    await expect.poll(async () => (await bench.heard()).length).toBeGreaterThan(0);
    expect(await frame.locator("input").inputValue()).toBe("kept");
    await bench.mode("send");
    await frame.locator("button").click();
    await frame.locator("p").waitFor();
    expect(arrivedBodies()).toEqual(["rule=kept"]);
  });

  it.each([
    ["a sandboxing policy", "/answer-sandbox"],
    ["a file", "/answer-file"],
    ["another type", "/json"],
  ])("writes no answer with %s", async (_name, path) => {
    await submit(path, "<input name=a value=1>");
    expect(await answered()).toEqual({ loads: 1, answered: 0, text: "" });
    expect(arrivedBodies()).toEqual(["a=1"]);
  });

  it("is cancelled when its frame is taken away", async () => {
    await bench.mode("keep");
    await submit("/answer", "<input name=a value=1>");
    await bench.untilWaiting(1);
    await page.evaluate(() => document.querySelector("iframe")?.remove());
    await bench.untilWaiting(0);
    await bench.release("send");
    expect((await bench.heard()).map(({ message }) => message.type)).toEqual(["request", "cancel"]);
    expect(arrivedBodies()).toEqual([]);
  });

  it("gives way to a second form into the same frame", async () => {
    await bench.mode("keep");
    await submit("/answer", "<input name=a value=1>");
    await bench.untilWaiting(1);
    await page.evaluate(() => {
      const field = document.querySelector("input");
      if (field) field.value = "2";
      document.querySelector("form")?.submit();
    });
    await expect.poll(async () => (await bench.heard()).map(({ message }) => message.type).join()).toMatch(/cancel/);
    await bench.release("send");
    await answered();
    expect(arrivedBodies()).toEqual(["a=2"]);
  });

  it("shows the page nothing while it is held", async () => {
    await page.evaluate(() => {
      const seen: string[] = [];
      Object.assign(window, { seen });
      new MutationObserver((changes) => {
        for (const change of changes) seen[seen.length] = `${change.type} ${change.target.nodeName}`;
      }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
      forms.frame("t");
      forms.form({ action: "/answer", method: "post", target: "t" }, "<input name=a value=1>");
      const patch = (proto: object, name: string | symbol): void => {
        const native = Reflect.get(proto, name) as (...args: unknown[]) => unknown;
        Reflect.set(proto, name, function (this: unknown, ...args: unknown[]) {
          seen[seen.length] = `${String(name)} called`;
          return Reflect.apply(native, this, args);
        });
      };
      for (const name of ["setAttribute", "getAttribute", "append"]) patch(Element.prototype, name);
      for (const name of ["appendChild", "insertBefore"]) patch(Node.prototype, name);
      for (const name of ["forEach", "append"]) patch(FormData.prototype, name);
      for (const name of ["exec", "test"]) patch(RegExp.prototype, name);
      for (const name of ["postMessage", "start"]) patch(MessagePort.prototype, name);
      for (const name of ["addEventListener", "dispatchEvent"]) patch(EventTarget.prototype, name);
      for (const name of ["then"]) patch(Promise.prototype, name);
      for (const name of ["push", "forEach", "map", Symbol.iterator]) patch(Array.prototype, name);
    });
    await bench.mode("keep");
    // Read in the page itself: the test's own driver uses the prototypes too.
    const seen = await page.evaluate(
      () =>
        new Promise((done) => {
          const list = Reflect.get(window, "seen") as string[];
          list.length = 0;
          document.querySelector("form")?.submit();
          setTimeout(() => done(list.join()), 200);
        }),
    );
    await bench.untilWaiting(1);
    expect(seen).toBe("");
  });
});

describe("a form of the whole window", () => {
  const topForm = (action: string, target = ""): Promise<void> =>
    page.evaluate(
      ([to, into]) => {
        const form = forms.form(
          { action: to ?? "", method: "post", target: into ?? "" },
          "<input name=a value=1><button>Go</button>",
        );
        form.querySelector("button")?.click();
      },
      [action, target],
    );

  it("follows a redirect to its last address", async () => {
    await topForm("/found");
    await page.waitForURL(`${bench.guarded}/text?from=302`);
    const said = bench.server.take().map(({ method, path }) => `${method} ${path}`);
    expect(said.filter((line) => line.startsWith("POST"))).toEqual(["POST /found"]);
  });

  it("shows plain HTML, and what that page sends is held again", async () => {
    await topForm("/top");
    await page.locator("#done").waitFor();
    expect(await page.title()).toBe("top answer");
    await bench.heard();
    await page.evaluate(() => {
      document.body.innerHTML = "<form method=post action=/top?again><button>Again</button></form>";
      document.querySelector("button")?.click();
    });
    await expect.poll(async () => (await bench.heard()).map(({ message }) => message.type).join()).toBe("request");
  });

  it("stays as it is when refused", async () => {
    await bench.mode("refuse");
    await topForm("/top");
    await expect.poll(async () => (await bench.heard()).length).toBe(1);
    expect(await page.title()).toBe("page");
    expect(await page.locator("input").inputValue()).toBe("1");
    expect(arrivedBodies()).toEqual([]);
  });

  it("does not hold a form for a new window: the wall refuses it", async () => {
    const opened = bench.context.waitForEvent("page");
    await topForm("/top", "_blank");
    await (await opened).close();
    expect(await bench.heard()).toEqual([]);
    expect(arrivedBodies()).toEqual([]);
  });
});

describe("a navigation to a guarded read", () => {
  const kinds = async (): Promise<string[]> =>
    (await bench.heard()).map(({ message }) => (message.type === "request" ? message.kind : message.type));
  const go = (url: string): Promise<void> => page.evaluate((to) => void setTimeout(() => (location.href = to)), url);

  it("is asked, then made once", async () => {
    await go("/guarded/page?1");
    await page.waitForURL(`${bench.guarded}/guarded/page?1`);
    expect(await kinds()).toContain("navigate");
    expect(bench.server.take().map(({ path }) => path)).toEqual(["/guarded/page?1"]);
  });

  it("is not made when refused", async () => {
    await bench.mode("refuse");
    await go("/guarded/page?2");
    await expect.poll(kinds).toEqual(["navigate"]);
    await page.waitForTimeout(100);
    expect(page.url()).toBe(`${bench.guarded}/page`);
    expect(arrivedBodies()).toEqual([]);
  });

  it("is asked for a download link as well", async () => {
    const download = page.waitForEvent("download");
    await page.evaluate(() => {
      document.body.innerHTML = '<a href="/guarded/file" download="kept.txt">Get</a>';
      document.querySelector("a")?.click();
    });
    expect((await download).suggestedFilename()).toBe("kept.txt");
    expect(await kinds()).toEqual(["navigate"]);
  });

  it("holds fetch and XMLHttpRequest of the same address, and leaves the exception alone", async () => {
    const read = (): Promise<unknown> =>
      page.evaluate(async () => {
        const text = await (await fetch("/guarded/file")).text();
        const xhr = new XMLHttpRequest();
        xhr.open("GET", "/guarded/file");
        await new Promise((done) => {
          xhr.addEventListener("loadend", done);
          xhr.send();
        });
        return [text, xhr.responseText, await (await fetch("/guarded/free")).text()];
      });
    expect(await read()).toEqual(["guarded file", "guarded file", "free file"]);
    expect(await kinds()).toEqual(["fetch", "xhr"]);
  });

  it("leaves other addresses native", async () => {
    await go("/html");
    await page.waitForURL(`${bench.guarded}/html`);
    expect((await kinds()).filter((kind) => kind === "navigate")).toEqual([]);
  });
});

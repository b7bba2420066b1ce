// The bridge between page, hold, gate and background under attack, and what happens when one of them goes away.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import { startHoldBench, type HoldBench } from "./hold/bench.ts";
import { installFormKit } from "./hold/cases-forms.ts";
import { installKit } from "./hold/kit.ts";

let bench: HoldBench;
let page: Page;

beforeAll(async () => {
  bench = await startHoldBench();
  const kits = `(${installKit.toString()})();(${installFormKit.toString()})()`;
  const html = `<!doctype html><title>page</title><body><script>${kits}</script>`;
  bench.server.page("/page", html);
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.mode("send");
  page = await bench.open(`${bench.guarded}/page`);
  await bench.heard();
  bench.server.take();
});
afterEach(() => page.close());

const arrived = (): string[] => bench.server.take().map(({ path, body }) => `${path} ${body}`);
const types = async (): Promise<string[]> => (await bench.heard()).map(({ message }) => message.type);
/** Resolves in the page with how a request ended. */
const outcome = (target: Page, body: string): Promise<string> =>
  target.evaluate(
    (text) =>
      fetch("/x/echo", { method: "POST", body: text }).then(
        (answer) => `status ${answer.status}`,
        (error: unknown) => String(error),
      ),
    body,
  );

describe("what is handed over", () => {
  it("is what the page gave to send(), not what it made of it afterwards", async () => {
    await bench.mode("keep");
    await page.evaluate(() => {
      const bytes = new TextEncoder().encode("APPROVED");
      const data = new FormData();
      data.append("a", "APPROVED");
      const params = new URLSearchParams({ a: "APPROVED" });
      const xhr = (body: XMLHttpRequestBodyInit): void => {
        const request = new XMLHttpRequest();
        request.open("POST", "/x/xhr");
        request.send(body);
      };
      void fetch("/x/fetch", { method: "POST", body: bytes });
      xhr(bytes);
      xhr(data);
      xhr(params);
      navigator.sendBeacon("/x/beacon", bytes);
      bytes.fill(88);
      data.set("a", "CHANGED");
      params.set("a", "CHANGED");
    });
    await bench.untilWaiting(5);
    await bench.release("send");
    await expect.poll(() => arrivedLater.push(...arrived()) && arrivedLater.length).toBe(5);
    expect(arrivedLater.filter((line) => !line.includes("APPROVED"))).toEqual([]);
  });
  const arrivedLater: string[] = [];

  it("is cancelled by abort, by an AbortSignal, by a time-out and by open()", async () => {
    await bench.mode("keep");
    await page.evaluate(() => {
      const control = new AbortController();
      fetch("/x/signal", { method: "POST", signal: control.signal }).catch(() => undefined);
      const make = (): XMLHttpRequest => {
        const xhr = new XMLHttpRequest();
        xhr.open("POST", "/x/xhr");
        xhr.send("b");
        return xhr;
      };
      const [aborted, again, timed] = [make(), make(), make()];
      setTimeout(() => {
        control.abort();
        aborted?.abort();
        again?.open("GET", "/text");
        if (timed) timed.timeout = 1;
      }, 150);
    });
    await bench.untilWaiting(4);
    await bench.untilWaiting(0);
    await bench.release("send");
    expect((await types()).toSorted()).toEqual([
      ...Array<string>(4).fill("cancel"),
      ...Array<string>(4).fill("request"),
    ]);
    expect(arrived()).toEqual([]);
  });

  it("dies with the page: nothing is sent after it has gone elsewhere", async () => {
    await bench.mode("keep");
    await page.evaluate(() => void fetch("/x/left", { method: "POST", body: "left" }));
    await bench.untilWaiting(1);
    await page.goto(`${bench.free}/page`);
    await bench.untilWaiting(0);
    await bench.release("send");
    expect(arrived()).toEqual([]);
  });

  it("ends in a network error when the background goes, and the next request finds it again", async () => {
    await bench.mode("keep");
    const first = outcome(page, "first");
    await bench.untilWaiting(1);
    await bench.hangUp();
    expect(await first).toBe("TypeError: Failed to fetch");
    await bench.mode("send");
    expect(await outcome(page, "second")).toBe("status 200");
    expect(arrived()).toEqual(["/x/echo second"]);
  });

  it("is refused as too large above 48 MB", async () => {
    const large = (): Promise<string> =>
      page.evaluate(() =>
        fetch("/x/large", { method: "POST", body: new Uint8Array(48 * 1024 * 1024 + 1) }).then(
          () => "sent",
          (error: unknown) => String(error),
        ),
      );
    expect(await large()).toBe("TypeError: Failed to fetch");
    expect(await types()).toEqual([]);
  });

  it("is held in a frame made this moment, and a stream goes to the wall", async () => {
    const tries = (target: Page): Promise<string[]> =>
      target.evaluate(async () => {
        const said = (sent: Promise<Response>): Promise<string> =>
          sent.then((answer) => `status ${answer.status}`, String);
        const frame = document.createElement("iframe");
        document.body.append(frame);
        const pristine = frame.contentWindow as Window & typeof globalThis;
        const xhr = new pristine.XMLHttpRequest();
        xhr.open("POST", `${location.origin}/x/pristine-xhr`);
        const ended = new Promise((done) => xhr.addEventListener("loadend", done));
        xhr.send();
        await ended;
        return [
          await said(pristine.fetch(`${location.origin}/x/pristine`, { method: "POST" })),
          `status ${xhr.status}`,
        ];
      });
    await bench.mode("refuse");
    expect(await tries(page)).toEqual(["TypeError: Failed to fetch", "status 0"]);
    expect(arrived()).toEqual([]);
    const unguarded = await bench.open(`${bench.free}/page`);
    expect(await tries(unguarded)).toEqual(["status 200", "status 200"]);
    expect(arrived()).toEqual(["/x/pristine-xhr ", "/x/pristine "]);
    await unguarded.close();
    await bench.mode("send");
    await bench.heard();
    const stream = page.evaluate(() => {
      const body = new Blob(["streamed"]).stream();
      return fetch("/x/stream", { method: "POST", body, duplex: "half" } as RequestInit).then(
        () => "sent",
        (error: unknown) => String(error),
      );
    });
    expect(await stream).toBe("TypeError: Failed to fetch");
    expect([await types(), arrived()]).toEqual([[], []]);
  });

  it("goes to the wall when it is sent while the page leaves", async () => {
    const leave = async (target: Page): Promise<string[]> => {
      await target.evaluate(() => {
        const later = Reflect.get(window, "fetchLater") as ((url: string, init: object) => unknown) | undefined;
        later?.("/x/later", { method: "POST", body: "b" });
        window.addEventListener("pagehide", () => navigator.sendBeacon("/x/leaving", "b"));
      });
      bench.server.take();
      await target.goto("about:blank");
      await target.waitForTimeout(300);
      return arrived().toSorted();
    };
    const unguarded = await bench.open(`${bench.free}/page`);
    expect(await leave(unguarded)).toContain("/x/leaving b");
    await unguarded.close();
    expect(await leave(page)).toEqual([]);
    expect((await types()).filter((type) => type === "request")).toEqual([]);
  });
});

describe("a page that attacks the bridge", () => {
  it("is not heard with a hello of its own, however often", async () => {
    await page.evaluate(async () => {
      for (let i = 0; i < 50; i++) {
        const channel = new MessageChannel();
        window.dispatchEvent(new Event("countersign-ready"));
        const hello = new MessageEvent("countersign-hello", { cancelable: true, ports: [channel.port2] });
        window.dispatchEvent(hello);
        document.dispatchEvent(hello);
        if (hello.defaultPrevented) throw new Error("the gate took it");
        channel.port1.postMessage({
          type: "request",
          id: i,
          kind: "fetch",
          method: "POST",
          url: `${location.origin}/x/forged`,
        });
      }
      await new Promise((done) => setTimeout(done, 100));
    });
    expect(await types()).toEqual([]);
    expect(await outcome(page, "own")).toBe("status 200");
    expect(arrived()).toEqual(["/x/echo own"]);
  });

  it("cannot forge an answer, nor read one, by what it puts on prototypes", async () => {
    await bench.mode("keep");
    const read = page.evaluate(async () => {
      const seen: string[] = [];
      const spy = (proto: object, name: string | symbol): void => {
        const native = Reflect.get(proto, name) as (...args: unknown[]) => unknown;
        Reflect.set(proto, name, function (this: unknown, ...args: unknown[]) {
          seen[seen.length] = String(name);
          return Reflect.apply(native, this, args);
        });
      };
      for (const name of ["postMessage", "start", "dispatchEvent", "addEventListener"]) {
        spy(name === "postMessage" || name === "start" ? MessagePort.prototype : EventTarget.prototype, name);
      }
      for (const name of ["get", "set", "delete", "has"]) spy(Map.prototype, name);
      for (const name of ["get", "set", "has"]) spy(WeakMap.prototype, name);
      for (const name of ["push", Symbol.iterator]) spy(Array.prototype, name);
      for (const name of ["exec", "test"]) spy(RegExp.prototype, name);
      for (const name of ["stringify", "parse"]) spy(JSON, name);
      for (const name of ["slice", "indexOf", "toLowerCase", "toUpperCase"]) spy(String.prototype, name);
      const root = Object.getPrototypeOf({}) as object;
      Reflect.defineProperty(root, "how", { get: () => "response", configurable: true });
      Reflect.defineProperty(root, "value", { get: () => void (seen[seen.length] = "value read"), configurable: true });
      window.postMessage({ type: "answer", id: 1, how: "response", status: 200 }, "*");
      document.dispatchEvent(new MessageEvent("message", { data: { type: "answer", id: 1, how: "response" } }));
      seen.length = 0;
      const ended = fetch("/x/echo", { method: "POST", body: "b" }).then(
        () => "answered",
        () => "refused",
      );
      const how = await ended;
      Reflect.deleteProperty(root, "how");
      Reflect.deleteProperty(root, "value");
      const list = `${how}: ${seen.join()}`;
      return list;
    });
    await bench.untilWaiting(1);
    await bench.release("refuse");
    expect(await read).toBe("refused: ");
  });

  it("that ran before us and stole the port only gets its requests judged", async () => {
    const thief = await bench.context.newPage();
    await thief.addInitScript(() => {
      const ports: MessagePort[] = [];
      Object.assign(window, { ports, told: [] });
      window.addEventListener(
        "countersign-hello",
        (event) => {
          const port = (event as MessageEvent).ports[0];
          if (!port || Reflect.get(event, "own") === true) return;
          event.stopImmediatePropagation();
          event.preventDefault();
          ports.push(port);
        },
        true,
      );
      const own = new MessageChannel();
      const hello = new MessageEvent("countersign-hello", { cancelable: true, ports: [own.port2] });
      Reflect.set(hello, "own", true);
      const say = (): void => void window.dispatchEvent(hello);
      window.addEventListener("countersign-ready", say, true);
      say();
      own.port1.addEventListener("message", (event) => (Reflect.get(window, "told") as unknown[]).push(event.data));
      own.port1.start();
      Object.assign(window, { own: own.port1 });
    });
    await thief.goto(`${bench.guarded}/page`);
    await bench.mode("refuse");
    await bench.heard();
    await thief.evaluate(() => {
      const port = Reflect.get(window, "own") as MessagePort;
      const forged = {
        type: "request",
        kind: "fetch",
        method: "POST",
        url: `${location.origin}/x/forged`,
        headers: [],
      };
      const rest = {
        body: null,
        mode: "cors",
        credentials: "include",
        redirect: "follow",
        referrer: "",
        referrerPolicy: "",
      };
      port.postMessage({ ...forged, ...rest, id: 7, keepalive: false, approved: true });
      port.postMessage({ type: "gesture", event: "click", verb: "mail.send", trusted: true, facts: ["a person"] });
    });
    const heard: string[] = [];
    await expect.poll(async () => heard.push(...(await types())) && heard.length).toBeGreaterThan(0);
    await thief.waitForTimeout(100);
    expect([...heard, ...(await types())]).toEqual(["request"]);
    expect(await thief.evaluate(() => Reflect.get(window, "told") as unknown)).toEqual([
      { type: "answer", id: 7, how: "network-error" },
    ]);
    expect(arrived()).toEqual([]);
    await thief.close();
  });
});

// What a page may do with XMLHttpRequest; each case runs once natively and once held, and must look the same.
import type { Case } from "./case.ts";
import "./kit.ts";

const REPEATS = "Chromium itself repeats a request when a used connection closes without an answer";

export const XHR_CASES: readonly Case[] = [
  { name: "string body", run: () => kit.xhr({ url: "/x/echo", body: "grüße" }) },
  {
    name: "form body with headers",
    run: () =>
      kit.xhr({
        url: "/x/echo?a=b#part",
        body: "a=1&b=2",
        headers: [
          ["Content-Type", "application/x-www-form-urlencoded"],
          ["X-Requested-With", "XMLHttpRequest"],
          ["X-Twice", "1"],
          ["X-Twice", "2"],
          ["Cookie", "no=1"],
        ],
      }),
  },
  {
    name: "charset of a string body is corrected",
    run: () =>
      kit.xhr({ url: "/x/echo", body: "ü", headers: [["Content-Type", "text/plain; charset=iso-8859-1; x=y"]] }),
  },
  {
    name: "charset utf-8 becomes UTF-8",
    run: () => kit.xhr({ url: "/x/echo", body: "ü", headers: [["Content-Type", "application/json;charset=utf-8"]] }),
  },
  {
    name: "FormData with file",
    run: () => {
      const data = new FormData();
      data.append('na"me\n', "va\rlue\n");
      data.append("file", new File(["bytes"], 'f"ü.txt', { type: "text/plain" }));
      data.append("file", new Blob(["raw"]));
      return kit.xhr({ url: "/x/echo", body: data });
    },
  },
  { name: "URLSearchParams", run: () => kit.xhr({ url: "/x/echo", body: new URLSearchParams({ a: "ü 1" }) }) },
  {
    name: "typed array, view, blob",
    run: async () => {
      const bytes = new Uint8Array([0, 1, 254, 255]);
      return [
        await kit.xhr({ url: "/x/1", body: bytes.subarray(1, 3) }),
        await kit.xhr({ url: "/x/2", body: new DataView(bytes.buffer, 1) }),
        await kit.xhr({ url: "/x/3", body: new Blob(["b"], { type: "image/png" }) }),
        await kit.xhr({ url: "/x/4", body: new Blob(["b"]) }),
      ];
    },
  },
  {
    name: "document bodies",
    run: async () => {
      const parser = new DOMParser();
      return [
        await kit.xhr({ url: "/x/1", body: parser.parseFromString("<a><b>ü</b></a>", "text/xml") }),
        await kit.xhr({ url: "/x/2", body: parser.parseFromString("<!doctype html><p>ü", "text/html") }),
      ];
    },
  },
  {
    name: "object body",
    run: () => kit.xhr({ url: "/x/echo", body: { toString: () => "made text" } as unknown as string }),
  },
  { name: "null body", run: () => kit.xhr({ url: "/x/echo", body: null }) },
  { name: "empty string body", run: () => kit.xhr({ url: "/x/echo", body: "" }) },
  {
    name: "PUT and DELETE",
    run: async () => [
      await kit.xhr({ method: "PUT", url: "/x/a", body: "p" }),
      await kit.xhr({ method: "delete", url: "/x/b" }),
    ],
  },
  { name: "unusual method", run: () => kit.xhr({ method: "Propfind", url: "/x/a", body: "p" }) },
  { name: "big upload", run: () => kit.xhr({ url: "/x/echo-none", body: "x".repeat(20_000) }) },
  { name: "empty answer", run: () => kit.xhr({ url: "/empty", body: "b" }) },
  { name: "204", run: () => kit.xhr({ url: "/none", body: "b" }) },
  { name: "205", run: () => kit.xhr({ url: "/reset", body: "b" }) },
  { name: "500", run: () => kit.xhr({ url: "/broken", body: "b" }) },
  { name: "401", run: () => kit.xhr({ url: "/login", body: "b" }) },
  { name: "header lists and status text", run: () => kit.xhr({ url: "/headers" }) },
  { name: "latin-1 text", run: () => kit.xhr({ url: "/latin1" }) },
  { name: "no charset", run: () => kit.xhr({ url: "/nocharset" }) },
  { name: "byte order mark", run: () => kit.xhr({ url: "/bom" }) },
  { name: "overrideMimeType", run: () => kit.xhr({ url: "/nocharset", mime: "text/plain; charset=iso-8859-1" }) },
  { name: "overrideMimeType to XML", run: () => kit.xhr({ url: "/html", mime: "text/xml" }) },
  { name: "XML", run: () => kit.xhr({ url: "/xml" }) },
  { name: "broken XML", run: () => kit.xhr({ url: "/badxml", responseType: "document" }) },
  { name: "HTML text", run: () => kit.xhr({ url: "/html" }) },
  { name: "document", run: () => kit.xhr({ url: "/html", responseType: "document" }) },
  { name: "json", run: () => kit.xhr({ url: "/json", responseType: "json" }) },
  { name: "broken json", run: () => kit.xhr({ url: "/badjson", responseType: "json" }) },
  { name: "arraybuffer", run: () => kit.xhr({ url: "/binary", responseType: "arraybuffer" }) },
  { name: "blob", run: () => kit.xhr({ url: "/binary", responseType: "blob" }) },
  {
    name: "empty blob and buffer",
    run: async () => [
      await kit.xhr({ url: "/empty", responseType: "blob" }),
      await kit.xhr({ url: "/empty", responseType: "arraybuffer" }),
    ],
  },
  { name: "text type", run: () => kit.xhr({ url: "/text", responseType: "text" }) },
  { name: "redirect", run: () => kit.xhr({ url: "/found", body: "b" }) },
  { name: "dropped connection", run: () => kit.xhr({ url: "/drop" }), ignoreServer: REPEATS },
  {
    name: "dropped connection with body",
    run: () => kit.xhr({ url: "/drop", body: "b" }),
    ignoreUpload: "how much had been written when the connection broke is a race",
    ignoreServer: REPEATS,
  },
  { name: "time-out", run: () => kit.xhr({ url: "/slow", timeout: 60 }), ignoreServer: "a race, held or not" },
  {
    name: "time-out set after send",
    run: () => kit.xhr({ url: "/slow", sent: (xhr) => void (xhr.timeout = 60) }),
    ignoreServer: "a race, held or not",
  },
  {
    name: "abort after send",
    run: () => kit.xhr({ url: "/slow", sent: (xhr) => xhr.abort() }),
    ignoreServer: "a race",
  },
  {
    name: "abort with body",
    run: () => kit.xhr({ url: "/slow", body: "b", sent: (xhr) => xhr.abort() }),
    ignoreServer: "a race",
  },
  {
    name: "abort in readystatechange 2",
    run: () =>
      kit.xhr({
        url: "/text",
        at: (type, xhr) => void (type === "readystatechange" && xhr.readyState === 2 && xhr.abort()),
      }),
  },
  {
    name: "abort in load",
    run: async () => {
      const seen: unknown[] = [];
      const result = await kit.xhr({
        url: "/text",
        at: (type, xhr) => {
          if (type !== "load") return;
          xhr.abort();
          seen.push(xhr.readyState, xhr.status, xhr.responseText);
        },
      });
      return [seen, result];
    },
  },
  {
    name: "abort when done, then send",
    run: async () => {
      const xhr = new XMLHttpRequest();
      xhr.open("POST", "/text");
      const end = kit.ended(xhr);
      xhr.send("b");
      await end;
      const log: unknown[] = [];
      kit.watch(xhr, log);
      xhr.abort();
      return [log, await kit.show(xhr), await kit.fails(() => xhr.send())];
    },
  },
  {
    name: "one object used twice",
    run: async () => {
      const xhr = new XMLHttpRequest();
      const log: unknown[] = [];
      kit.watch(xhr, log);
      for (const url of ["/text", "/json"]) {
        xhr.open("POST", url);
        log.push(["opened", xhr.readyState, xhr.status, xhr.responseText]);
        const end = kit.ended(xhr);
        xhr.send("b");
        await end;
      }
      xhr.open("GET", "/text");
      const last = kit.ended(xhr);
      xhr.send();
      await last;
      return [log, await kit.show(xhr)];
    },
  },
  {
    name: "opened anew while under way",
    run: async () => {
      const xhr = new XMLHttpRequest();
      const log: unknown[] = [];
      kit.watch(xhr, log);
      xhr.open("POST", "/slow");
      xhr.send();
      xhr.open("POST", "/text");
      const end = kit.ended(xhr);
      xhr.send("b");
      await end;
      return [log, await kit.show(xhr)];
    },
    ignoreServer: "whether the first one arrives is a race, held or not",
  },
  {
    name: "opened anew in load",
    run: async () => {
      const xhr = new XMLHttpRequest();
      const log: unknown[] = [];
      kit.watch(xhr, log);
      const second = new Promise<void>((done) =>
        xhr.addEventListener("load", () => {
          if (xhr.responseURL.endsWith("/json")) return done();
          xhr.open("POST", "/json");
          xhr.send();
        }),
      );
      xhr.open("POST", "/text");
      xhr.send();
      await second;
      await kit.wait(20);
      return [log, await kit.show(xhr)];
    },
  },
  {
    name: "wrong states",
    run: async () => {
      const xhr = new XMLHttpRequest();
      const said = [await kit.fails(() => xhr.send()), await kit.fails(() => xhr.setRequestHeader("a", "b"))];
      xhr.open("POST", "/text");
      const end = kit.ended(xhr);
      xhr.send("b");
      said.push(
        await kit.fails(() => xhr.send("again")),
        await kit.fails(() => xhr.setRequestHeader("a", "b")),
        await kit.fails(() => void (xhr.withCredentials = true)),
        await kit.fails(() => void (xhr.responseType = "text")),
      );
      await end;
      said.push(
        await kit.fails(() => xhr.overrideMimeType("text/plain")),
        await kit.fails(() => void (xhr.responseType = "json")),
        await kit.fails(() => xhr.setRequestHeader("a", "b")),
        await kit.fails(() => xhr.send()),
      );
      return said;
    },
  },
  {
    name: "wrong readers",
    run: async () => {
      const result: unknown[] = [];
      await kit.xhr({
        url: "/json",
        responseType: "json",
        at: (type, xhr) => {
          if (type !== "load") return;
          try {
            result.push(xhr.responseText);
          } catch (error) {
            result.push(String(error));
          }
          try {
            result.push(xhr.responseXML);
          } catch (error) {
            result.push(String(error));
          }
        },
      });
      return result;
    },
  },
  {
    name: "bad arguments",
    run: async () => {
      const xhr = new XMLHttpRequest();
      return [
        await kit.fails(() => xhr.open("TRACE", "/x")),
        await kit.fails(() => xhr.open("bad method", "/x")),
        await kit.fails(() => xhr.open("POST", "http://[")),
        await kit.fails(() => Reflect.apply(XMLHttpRequest.prototype.open, xhr, ["POST"])),
        await kit.fails(() => Reflect.apply(XMLHttpRequest.prototype.send, {}, [])),
        xhr.readyState,
      ];
    },
  },
  {
    name: "promises run between load and loadend",
    run: async () => {
      const order: string[] = [];
      const xhr = new XMLHttpRequest();
      const chain = (name: string): void =>
        void Promise.resolve()
          .then(() => order.push(`${name} 1`))
          .then(() => order.push(`${name} 2`))
          .then(() => order.push(`${name} 3`));
      for (const name of ["readystatechange", "load", "loadend"])
        xhr.addEventListener(name, () => {
          order.push(`${name} ${xhr.readyState}`);
          chain(name);
        });
      xhr.open("POST", "/text");
      const end = kit.ended(xhr);
      xhr.send("b");
      await end;
      return order;
    },
  },
  {
    name: "handler attributes and this",
    run: () =>
      new Promise((done) => {
        const xhr = new XMLHttpRequest();
        const seen: unknown[] = [];
        xhr.onreadystatechange = () => seen.push(["state", xhr.readyState]);
        xhr.upload.onload = (event) => seen.push(["up", event.loaded]);
        xhr.onload = function (this: unknown, event) {
          seen.push(["load", this === xhr, event.target === xhr, event.currentTarget === xhr, event.loaded]);
        };
        xhr.onloadend = () => setTimeout(() => done(seen), 10);
        xhr.open("POST", "/text", true);
        xhr.send("b");
      }),
  },
  {
    name: "subclass",
    run: async () => {
      class Own extends XMLHttpRequest {
        override open(method: string, url: string): void {
          super.open(method, `${url}?own`);
        }
        get mine(): string {
          return `mine ${this.status}`;
        }
      }
      const xhr = new Own();
      xhr.open("POST", "/text");
      const end = kit.ended(xhr);
      xhr.send();
      await end;
      return [xhr.mine, xhr instanceof XMLHttpRequest, xhr.responseURL];
    },
  },
  {
    name: "a library that wraps the prototype",
    run: async () => {
      const { open, send } = XMLHttpRequest.prototype;
      const seen: unknown[] = [];
      XMLHttpRequest.prototype.open = function (this: XMLHttpRequest, ...args: Parameters<typeof open>) {
        seen.push(["open", ...args]);
        return Reflect.apply(open, this, args);
      } as typeof open;
      XMLHttpRequest.prototype.send = function (this: XMLHttpRequest, body?: XMLHttpRequestBodyInit | Document | null) {
        seen.push(["send", body]);
        this.addEventListener("load", () => seen.push(["load", this.status]));
        return send.call(this, body);
      };
      const result = await kit.xhr({ url: "/text", body: "b" });
      XMLHttpRequest.prototype.open = open;
      XMLHttpRequest.prototype.send = send;
      return [seen, result];
    },
  },
  {
    name: "looks of the object",
    run: () => {
      const xhr = new XMLHttpRequest();
      const get = (name: keyof XMLHttpRequest): PropertyDescriptor | undefined =>
        Object.getOwnPropertyDescriptor(XMLHttpRequest.prototype, name);
      return [
        Object.getOwnPropertyNames(xhr),
        xhr.toString(),
        xhr.send.toString().includes("[native code]"),
        [xhr.open.name, xhr.open.length, xhr.send.name, xhr.send.length],
        [get("status")?.get?.name, get("status")?.set, get("timeout")?.set?.name, get("send")?.enumerable],
        Object.keys(XMLHttpRequest.prototype).length,
        xhr.constructor === XMLHttpRequest,
      ];
    },
  },
  {
    name: "reads stay native",
    run: () => kit.xhr({ method: "GET", url: "/text" }),
  },
  {
    name: "synchronous",
    run: async () => {
      const xhr = new XMLHttpRequest();
      xhr.open("POST", "/text", false);
      return [await kit.fails(() => xhr.send("b")), xhr.status, xhr.responseText];
    },
    differs: {
      why: "a synchronous request cannot be held; the wall refuses it",
      native: ["no error", 200, "grüße"],
      held: ["NetworkError: Failed to execute 'send' on 'XMLHttpRequest': Failed to load 'http://HOST/text'.", 0, ""],
    },
    ignoreServer: "natively it arrives, held it does not: that is the difference",
  },
  {
    name: "trusted events",
    run: async () => {
      const seen: unknown[] = [];
      const xhr = new XMLHttpRequest();
      xhr.addEventListener("load", (event) => seen.push(event.isTrusted));
      xhr.open("POST", "/text");
      const end = kit.ended(xhr);
      xhr.send();
      await end;
      return seen;
    },
    differs: { why: "a script's events are not trusted", native: [true], held: [false] },
  },
];

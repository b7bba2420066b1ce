// The states of one XMLHttpRequest: time-outs, aborts, reuse, wrong calls, libraries around it; natively and held alike.
import type { Case } from "./case.ts";
import "./kit.ts";

export const XHR_STATE_CASES: readonly Case[] = [
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
        await kit.fails(() => (Reflect.get(xhr, "open") as (method: string) => void).call(xhr, "POST")),
        await kit.fails(() => Reflect.apply(Reflect.get(xhr, "send"), {}, [])),
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
        Object.assign(xhr, {
          onreadystatechange: () => seen.push(["state", xhr.readyState]),
          onload(this: unknown, event: ProgressEvent) {
            seen.push(["load", this === xhr, event.target === xhr, event.currentTarget === xhr, event.loaded]);
          },
          onloadend: () => setTimeout(() => done(seen), 10),
        });
        Object.assign(xhr.upload, { onload: (event: ProgressEvent) => seen.push(["up", event.loaded]) });
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
      const proto = XMLHttpRequest.prototype;
      type Native = (...args: readonly unknown[]) => unknown;
      const [open, send] = [Reflect.get(proto, "open") as Native, Reflect.get(proto, "send") as Native];
      const seen: unknown[] = [];
      const wrap = (name: string, native: Native, before: (xhr: XMLHttpRequest) => void): void => {
        Reflect.set(proto, name, function (this: XMLHttpRequest, ...args: unknown[]) {
          seen.push([name, ...args]);
          before(this);
          return Reflect.apply(native, this, args);
        });
      };
      wrap("open", open, () => undefined);
      wrap("send", send, (xhr) => xhr.addEventListener("load", () => seen.push(["load", xhr.status])));
      const result = await kit.xhr({ url: "/text", body: "b" });
      Reflect.set(proto, "open", open);
      Reflect.set(proto, "send", send);
      return [seen, result];
    },
  },
  {
    name: "looks of the object",
    run: () => {
      const xhr = new XMLHttpRequest();
      const get = (name: keyof XMLHttpRequest): PropertyDescriptor | undefined =>
        Object.getOwnPropertyDescriptor(XMLHttpRequest.prototype, name);
      const nameOf = (found: PropertyDescriptor | undefined, side: string): unknown =>
        (found && (Reflect.get(found, side) as { name?: string } | undefined))?.name;
      return [
        Object.getOwnPropertyNames(xhr),
        Object.prototype.toString.call(xhr),
        xhr.send.toString().includes("[native code]"),
        [xhr.open.name, xhr.open.length, xhr.send.name, xhr.send.length],
        [
          nameOf(get("status"), "get"),
          nameOf(get("status"), "set"),
          nameOf(get("timeout"), "set"),
          get("send")?.enumerable,
        ],
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

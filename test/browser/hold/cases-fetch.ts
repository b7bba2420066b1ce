// What a page may do with fetch and sendBeacon; each case runs once natively and once held, and must look the same.
import type { Case } from "./case.ts";
import "./kit.ts";

export const FETCH_CASES: readonly Case[] = [
  { name: "text body", run: async () => kit.response(await fetch("/x/echo", { method: "POST", body: "grüße" })) },
  {
    name: "JSON body with headers",
    run: async () =>
      kit.response(
        await fetch("/x/echo?q=1", {
          method: "POST",
          body: '{"a":1}',
          headers: { "Content-Type": "application/json", "X-Token": "t", Cookie: "no=1", Host: "no" },
        }),
      ),
  },
  {
    name: "FormData with file",
    run: async () => {
      const data = new FormData();
      data.append('na"me\n', "va\rlue");
      data.append("file", new File(["bytes"], 'f"ü.txt', { type: "text/plain" }));
      data.append("file", new Blob(["raw"]));
      return kit.response(await fetch("/x/echo", { method: "POST", body: data }));
    },
  },
  {
    name: "URLSearchParams body",
    run: async () =>
      kit.response(await fetch("/x/echo", { method: "POST", body: new URLSearchParams({ a: "1 ü&", b: "=" }) })),
  },
  {
    name: "binary bodies",
    run: async () => {
      const bytes = new Uint8Array([0, 1, 254, 255]);
      await fetch("/x/one", { method: "PUT", body: bytes });
      await fetch("/x/two", { method: "PUT", body: bytes.subarray(1, 3) });
      await fetch("/x/three", { method: "PUT", body: new Blob([bytes], { type: "image/png" }) });
      return "sent";
    },
  },
  { name: "no body", run: async () => kit.response(await fetch("/x/echo", { method: "POST" })) },
  { name: "DELETE", run: async () => kit.response(await fetch("/x/echo", { method: "DELETE" })) },
  { name: "PATCH keeps its letters", run: async () => kit.response(await fetch("/x/echo", { method: "patch" })) },
  { name: "lower-case post", run: async () => kit.response(await fetch("/x/echo", { method: "post" })) },
  {
    name: "Request object",
    run: async () => {
      const request = new Request("/x/echo", { method: "POST", body: "of request", headers: { "x-a": "1" } });
      const answer = await fetch(request);
      return [await kit.response(answer), request.bodyUsed, await kit.fails(() => fetch(request))];
    },
  },
  {
    name: "Request object with init over it",
    run: async () => {
      const request = new Request("/x/echo", { method: "POST", body: "first" });
      return kit.response(await fetch(request, { method: "PUT", body: "second" }));
    },
  },
  {
    name: "URL object",
    run: async () => kit.response(await fetch(new URL("/x/echo#part", location.href), { method: "POST" })),
  },
  { name: "204", run: async () => kit.response(await fetch("/none", { method: "POST" })) },
  { name: "205", run: async () => kit.response(await fetch("/reset", { method: "POST" })) },
  { name: "401", run: async () => kit.response(await fetch("/login", { method: "POST" })) },
  { name: "403 JSON", run: async () => (await fetch("/forbidden", { method: "POST" })).json() },
  { name: "500", run: async () => kit.response(await fetch("/broken", { method: "POST" })) },
  { name: "header lists and status text", run: async () => kit.response(await fetch("/headers", { method: "POST" })) },
  { name: "gzip", run: async () => kit.response(await fetch("/gzip", { method: "POST" })) },
  { name: "big answer", run: async () => kit.response(await fetch("/big", { method: "POST" })) },
  { name: "chunked answer", run: async () => kit.response(await fetch("/nolength", { method: "POST" })) },
  { name: "redirect 302", run: async () => kit.response(await fetch("/found", { method: "POST", body: "b" })) },
  { name: "redirect 303", run: async () => kit.response(await fetch("/see", { method: "POST", body: "b" })) },
  { name: "redirect 307", run: async () => kit.response(await fetch("/again", { method: "POST", body: "b" })) },
  {
    name: "redirect error",
    run: () => kit.fails(() => fetch("/found", { method: "POST", redirect: "error" })),
  },
  {
    name: "redirect manual",
    run: async () => {
      const answer = await fetch("/found", { method: "POST", redirect: "manual" });
      const copy = answer.clone();
      return [await kit.response(answer), copy.type, copy.url, copy.status];
    },
  },
  {
    name: "dropped connection",
    run: () => kit.fails(() => fetch("/drop", { method: "POST" })),
    ignoreServer: "Chromium itself repeats a request when a used connection closes without an answer",
  },
  {
    name: "clone, blob, arrayBuffer, formData, json",
    run: async () => {
      const answer = await fetch("/json", { method: "POST" });
      const copy = answer.clone();
      const third = copy.clone();
      const blob = await copy.blob();
      return [
        await answer.json(),
        blob.type,
        blob.size,
        (await third.arrayBuffer()).byteLength,
        copy.url,
        third.type,
        await kit.fails(() => answer.json()),
      ];
    },
  },
  {
    name: "body as stream",
    run: async () => {
      const answer = await fetch("/text", { method: "POST" });
      const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) text += part.value;
      return [text, answer.bodyUsed];
    },
  },
  {
    name: "aborted before",
    run: () => kit.fails(() => fetch("/x/echo", { method: "POST", signal: AbortSignal.abort() })),
  },
  {
    name: "aborted with a reason while under way",
    run: async () => {
      const control = new AbortController();
      const failed = kit.fails(() => fetch("/slow", { method: "POST", signal: control.signal }));
      control.abort(new RangeError("enough"));
      return failed;
    },
    ignoreServer: "whether an aborted request arrives is a race, held or not",
  },
  {
    name: "timeout signal",
    run: () => kit.fails(() => fetch("/slow", { method: "POST", signal: AbortSignal.timeout(50) })),
    ignoreServer: "whether an aborted request arrives is a race, held or not",
  },
  {
    name: "GET with body",
    run: () => kit.fails(() => fetch("/x/echo", Object.assign({ method: "GET" }, { body: "b" }))),
  },
  { name: "bad method", run: () => kit.fails(() => fetch("/x/echo", { method: "TRACE" })) },
  { name: "bad URL", run: () => kit.fails(() => fetch("http://[", { method: "POST" })) },
  { name: "no arguments", run: () => kit.fails(() => Reflect.apply(fetch, undefined, [])) },
  {
    name: "wrong this",
    run: () => kit.fails(() => Reflect.apply(fetch, {}, ["/x/echo", { method: "POST" }])),
  },
  {
    name: "no-cors and no credentials",
    run: async () =>
      kit.response(
        await fetch("/x/echo", { method: "POST", mode: "no-cors", credentials: "omit", headers: { "x-a": "1" } }),
      ),
  },
  {
    name: "keepalive too large",
    run: () => kit.fails(() => fetch("/x/echo", { method: "POST", keepalive: true, body: "x".repeat(70_000) })),
  },
  {
    name: "looks of the functions",
    run: () => [
      fetch.name,
      fetch.length,
      fetch.toString().includes("[native code]"),
      Object.keys(Object.getOwnPropertyDescriptor(window, "fetch") ?? {}),
      Object.getOwnPropertyDescriptor(Response.prototype, "url")?.get?.name,
      Response.prototype.clone.toString().includes("[native code]"),
      Object.prototype.hasOwnProperty.call(fetch, "prototype"),
    ],
  },
  {
    name: "promises in order",
    run: async () => {
      const order: string[] = [];
      const sent = fetch("/x/echo", { method: "POST" }).then(() => order.push("answer"));
      order.push("after call");
      await Promise.resolve();
      order.push("microtask");
      await sent;
      return order;
    },
  },
  {
    name: "frozen headers",
    run: async () => {
      const answer = await fetch("/text", { method: "POST" });
      return kit.fails(() => answer.headers.set("x-a", "1"));
    },
    differs: {
      why: "the headers of a Response made by a script are not frozen",
      native: "TypeError: Failed to execute 'set' on 'Headers': Headers are immutable",
      held: "no error",
    },
  },
  {
    name: "resource timing entry",
    run: async () => {
      await fetch("/x/timed", { method: "POST" });
      await kit.wait(50);
      return performance.getEntriesByType("resource").filter((entry) => entry.name.includes("/x/timed")).length;
    },
    differs: { why: "the background's requests are not the page's", native: 1, held: 0 },
  },
  {
    name: "cookie set by an answer",
    run: async () => {
      await fetch("/cookie", { method: "POST" });
      const seen = document.cookie;
      document.cookie = "given=; max-age=0; path=/";
      return seen;
    },
  },
];

export const BEACON_CASES: readonly Case[] = [
  {
    name: "every kind of body",
    run: async () => {
      const data = new FormData();
      data.append("a", "1");
      const said = [
        navigator.sendBeacon("/x/b1", "text"),
        navigator.sendBeacon("/x/b2", new URLSearchParams({ a: "1" })),
        navigator.sendBeacon("/x/b3", new Blob(["{}"], { type: "application/json" })),
        navigator.sendBeacon("/x/b4", data),
        navigator.sendBeacon("/x/b5", new Uint8Array([1, 2])),
        navigator.sendBeacon("/x/b6"),
      ];
      await kit.wait(300);
      return said;
    },
    unordered: true,
  },
  { name: "too large", run: () => navigator.sendBeacon("/x/b", "x".repeat(70_000)) },
  { name: "bad URL", run: () => kit.fails(() => navigator.sendBeacon("http://[")) },
];

// What a page may send with XMLHttpRequest and what it may get back; each case runs once natively and once held, and must look the same.
import type { Case } from "./case.ts";
import "./kit.ts";

const REPEATS = "Chromium itself repeats a request when a used connection closes without an answer";

export const XHR_BODY_CASES: readonly Case[] = [
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
];

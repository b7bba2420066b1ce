// The counting server of the hold tests: it answers in every shape a page may meet and remembers each request it saw.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

export interface Arrived {
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
export interface HoldServer {
  readonly port: number;
  /** Takes what arrived since the last call. */
  take(): Arrived[];
  page(path: string, html: string): void;
  stop(): Promise<void>;
}

type Route = (response: ServerResponse, request: IncomingMessage, body: Buffer) => void;
const say = (type: string, text: string | Buffer, status = 200, headers: Record<string, string> = {}): Route => {
  const bytes = Buffer.from(text as string);
  return (response) => {
    response.writeHead(status, { "content-type": type, "content-length": String(bytes.length), ...headers });
    response.end(bytes);
  };
};
const away =
  (status: number, to: string): Route =>
  (response) =>
    response.writeHead(status, { location: to }).end();
const html = "text/html; charset=utf-8";

const ROUTES: Readonly<Record<string, Route>> = {
  "/text": say("text/plain; charset=utf-8", "grüße"),
  "/empty": (response) => response.writeHead(200, { "content-length": "0" }).end(),
  "/none": (response) => response.writeHead(204).end(),
  "/reset": (response) => response.writeHead(205, { "content-length": "0" }).end(),
  "/latin1": say("text/plain; charset=iso-8859-1", Buffer.from([0x67, 0x72, 0xfc, 0xdf, 0x65])),
  "/nocharset": say("text/plain", Buffer.from("grüße")),
  "/bom": say("text/plain; charset=iso-8859-1", Buffer.from("\ufeffgrüße")),
  "/json": say("application/json", '{"a":[1,2,{"b":"ü"}]}'),
  "/badjson": say("application/json", "{oops"),
  "/xml": say("application/xml", "<r><i n='1'>ü</i></r>"),
  "/badxml": say("application/xml", "<r><i>"),
  "/html": say(html, "<!doctype html><title>t</title><p id=a>hello"),
  "/binary": say("application/octet-stream", Buffer.from([0, 1, 2, 254, 255])),
  "/big": say("text/plain", "x".repeat(300_000)),
  "/gzip": (response) => {
    const packed = gzipSync("packed ".repeat(100));
    response.writeHead(200, { "content-type": "text/plain", "content-encoding": "gzip" });
    response.end(packed);
  },
  "/nolength": (response) => {
    response.writeHead(200, { "content-type": "text/plain" });
    response.write("one ");
    response.end("two");
  },
  "/headers": (response) => {
    response.setHeader("x-b", "2");
    response.setHeader("x-a", ["1", "one"]);
    response.setHeader("x_c", "3");
    response.setHeader("set-cookie", "seen=1");
    response.writeHead(200, "Fine By Me", { "content-type": "text/plain", "content-length": "2" });
    response.end("ok");
  },
  "/forbidden": say("application/json", '{"message":"no"}', 403),
  "/broken": say(html, "<h1>500</h1>", 500),
  "/login": say("text/plain", "who", 401),
  "/found": away(302, "/text?from=302"),
  "/see": away(303, "/text?from=303"),
  "/again": away(307, "/echo?from=307"),
  "/drop": (response) => response.destroy(),
  "/slow": (response) => void setTimeout(() => response.end("slow"), 400),
  "/cookie": (response) => response.writeHead(200, { "set-cookie": "given=yes; Path=/", "content-length": "0" }).end(),
  "/answer": say(
    html,
    "<!doctype html><html><head><title>answer</title></head><body><p>done</p><script>window.parent.answered = (window.parent.answered || 0) + 1; window.parent.mode = document.compatMode;</script>",
  ),
  "/answer-csp": say(html, "<!doctype html><p>quiet<script>window.parent.answered = 99</script>", 200, {
    "content-security-policy": "default-src 'none'",
  }),
  "/answer-sandbox": say(html, "<!doctype html><p>box<script>window.parent.answered = 98</script>", 200, {
    "content-security-policy": "sandbox allow-scripts",
  }),
  "/answer-file": say("application/zip", "PK", 200, { "content-disposition": "attachment; filename=a.zip" }),
  "/top": say(html, "<!doctype html><title>top answer</title><p id=done>posted"),
  "/guarded/file": say("text/plain", "guarded file"),
  "/guarded/free": say("text/plain", "free file"),
  "/guarded/page": say(html, "<!doctype html><title>guarded page</title>"),
};

export async function startHoldServer(): Promise<HoldServer> {
  let arrived: Arrived[] = [];
  const pages = new Map<string, string>();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("error", () => undefined);
    request.on("end", () => {
      const body = Buffer.concat(parts);
      const path = request.url ?? "/";
      const name = path.split("?")[0] ?? "/";
      const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key, String(value)]));
      const host = headers["host"] ?? "";
      if (!(pages.has(name) && request.method === "GET") && name !== "/favicon.ico")
        arrived.push({ host, method: request.method ?? "", path, headers, body: body.toString("latin1") });
      const page = pages.get(name);
      if (page !== undefined) return say(html, page)(response, request, body);
      const echo = say("application/json", JSON.stringify({ method: request.method, body: body.toString("latin1") }));
      (ROUTES[name] ?? echo)(response, request, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    take: () => arrived.splice(0),
    page: (path, text) => void pages.set(path, text),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

// A web server that keeps every request as it came: raw headers, body. Pages, redirects, a worker.
// Must never answer from another address than loopback.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Arrived {
  readonly host: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const PAGE = `<!doctype html><title>Echo</title><p>Echo mail</p><iframe name="target"></iframe>`;
const WORKER = `onmessage = ({ data }) =>
  fetch(data, { method: "POST", body: "from worker" }).then((r) => postMessage(r.status), () => postMessage("blocked"));`;

export interface Echo {
  readonly port: number;
  readonly arrived: Arrived[];
  /** What arrived with this word in its address. */
  with(word: string): Arrived[];
  stop(): Promise<void>;
}

export async function startEcho(): Promise<Echo> {
  const arrived: Arrived[] = [];
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const headers: Record<string, string> = {};
      for (let i = 0; i < request.rawHeaders.length; i += 2) {
        headers[(request.rawHeaders[i] ?? "").toLowerCase()] = request.rawHeaders[i + 1] ?? "";
      }
      const url = new URL(request.url ?? "/", "http://echo.test");
      const body = Buffer.concat(parts).toString("latin1");
      arrived.push({
        host: headers["host"] ?? "",
        method: request.method ?? "",
        url: request.url ?? "",
        headers,
        body,
      });
      const to = url.searchParams.get("to");
      if (to !== null) {
        response.writeHead(Number(url.searchParams.get("code")), { location: to }).end();
        return;
      }
      if (url.pathname === "/slow") return;
      if (url.pathname === "/kept") {
        response.setHeader("cache-control", "max-age=600");
        response.end(`answer ${arrived.filter((each) => each.url === request.url).length}`);
        return;
      }
      if (url.pathname === "/worker.js") {
        response.writeHead(200, { "content-type": "text/javascript" }).end(WORKER);
        return;
      }
      const cookies = ["strict=s; SameSite=Strict; HttpOnly", "plain=p", "_action=send"];
      const page = url.pathname === "/" || url.pathname === "/page";
      if (page) response.setHeader("set-cookie", cookies);
      response.setHeader("content-type", page ? "text/html" : "text/plain");
      response.end(page ? PAGE : `${request.method} ${url.pathname} ${body.length}`);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    arrived,
    with: (word) => arrived.filter(({ url }) => url.includes(word)),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

// A web server that ends every connection on which a write comes that was used before, without a word: as a server that
// just timed the connection out, restarts, or is overloaded does. Keeps count of what reached it.
// Must never answer from another address than loopback.
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export interface Dropping {
  readonly port: number;
  /** Method and address of everything that arrived. */
  readonly arrived: string[];
  stop(): Promise<void>;
}

export async function startDropping(): Promise<Dropping> {
  const arrived: string[] = [];
  const used = new WeakSet<Socket>();
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    request.resume();
    request.on("end", () => {
      arrived.push(`${request.method} ${request.url}`);
      const again = used.has(request.socket);
      used.add(request.socket);
      if (request.method !== "GET" && (again || request.url?.includes("always"))) {
        request.socket.destroy();
        return;
      }
      const cookies = ["plain=p"];
      const wait = request.url?.includes("slow") ? 150 : 0;
      setTimeout(() => {
        response.setHeader("set-cookie", cookies).setHeader("content-type", "text/html");
        response.end("<!doctype html><title>Echo</title><p>Echo mail</p>");
      }, wait);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    arrived,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

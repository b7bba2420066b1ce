// An agent that is an extension with `chrome.debugger`: no remote debugging of the browser, trusted clicks in one tab.
import { cp, mkdtemp, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocketServer, type WebSocket } from "ws";
import { find, type Driver } from "./driver.ts";

export interface AgentExtension {
  /** Unpacked folder to load beside the extension under test. */
  readonly folder: string;
  /** Resolves once the extension runs; opens its tab and attaches. */
  driver(): Promise<Driver & { order(order: string, args?: object): Promise<unknown> }>;
  stop(): void;
}

/** Prepares the agent's folder and the socket it will call. */
export async function agentExtension(): Promise<AgentExtension> {
  const folder = await mkdtemp(join(tmpdir(), "countersign-agent-"));
  await cp(join(import.meta.dirname, "../agent-extension"), folder, { recursive: true });
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await new Promise((resolve) => server.once("listening", resolve));
  await writeFile(join(folder, "port.json"), JSON.stringify({ port: (server.address() as AddressInfo).port }));
  const connected = new Promise<WebSocket>((resolve) => server.once("connection", resolve));
  return {
    folder,
    stop: () => {
      for (const client of server.clients) client.terminate();
      server.close();
    },
    driver: async () => {
      const socket = await connected;
      const waiting = new Map<number, { resolve: (v: unknown) => void; reject: (e: Error) => void }>();
      let next = 0;
      socket.on("message", (data) => {
        const { id, value, error } = JSON.parse((data as Buffer).toString("utf8")) as {
          id?: number;
          value?: unknown;
          error?: string;
        };
        const one = id === undefined ? undefined : waiting.get(id);
        if (!one || id === undefined) return;
        waiting.delete(id);
        if (error === undefined) one.resolve(value);
        else one.reject(new Error(error));
      });
      const order = (name: string, args: object = {}): Promise<unknown> =>
        new Promise((resolve, reject) => {
          next += 1;
          waiting.set(next, { resolve, reject });
          socket.send(JSON.stringify({ id: next, order: name, args }));
        });
      await order("open");
      const evaluate = async <T>(expression: string): Promise<T> => (await order("evaluate", { expression })) as T;
      return {
        name: "extension with chrome.debugger",
        order,
        evaluate,
        goto: async (url) => {
          await order("goto", { url });
        },
        click: async (control) => {
          const frame =
            control.frame === undefined ? "null" : `document.querySelector(${JSON.stringify(control.frame)})`;
          const at = await evaluate<{ x: number; y: number }>(`(() => {
            const e = ${find(control)}; e.scrollIntoView({block: "center"});
            const r = e.getBoundingClientRect(), f = ${frame}?.getBoundingClientRect() ?? {x: 0, y: 0};
            return {x: f.x + r.x + r.width / 2, y: f.y + r.y + r.height / 2};
          })()`);
          await order("press", at);
        },
        close: async () => {
          socket.terminate();
        },
      };
    },
  };
}

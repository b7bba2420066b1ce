// How a companion, an extension's worker and a browser are killed in the tests, and how they are frozen at a place first.
// Must never signal a process that the test did not start.
import { readdirSync, readFileSync } from "node:fs";
import { WebSocket } from "ws";
import type { RunningChromium } from "./chromium.ts";

/** Processes of this browser: it leads a group of its own. */
function processesOf(chromium: RunningChromium): { pid: number; command: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        const group = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]);
        if (group !== chromium.pid) return [];
        return [{ pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, "utf8") }];
      } catch {
        return [];
      }
    });
}

/** The process in which the extension's worker runs. */
export function extensionProcess(chromium: RunningChromium): number {
  const found = processesOf(chromium).find(({ command }) => command.includes("--extension-process"));
  if (!found) throw new Error("The extension has no process.");
  return found.pid;
}

/** Stops the worker as the browser itself would. */
export async function stopWorker(chromium: RunningChromium): Promise<void> {
  const list = (await (await fetch(`${chromium.cdp}/json/version`)).json()) as { webSocketDebuggerUrl: string };
  const socket = new WebSocket(list.webSocketDebuggerUrl);
  await new Promise((done) => socket.once("open", done));
  let last = 0;
  const call = (method: string, params: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++last;
      const hear = (data: Buffer): void => {
        const message = JSON.parse(String(data)) as { id?: number; result?: unknown; error?: { message: string } };
        if (message.id !== id) return;
        socket.off("message", hear);
        if (message.error) reject(new Error(`${method}: ${message.error.message}`));
        else resolve(message.result);
      };
      socket.on("message", hear);
      socket.send(JSON.stringify({ id, method, params }));
    });
  try {
    const { targetInfos } = (await call("Target.getTargets", {})) as {
      targetInfos: { targetId: string; type: string; url: string }[];
    };
    const worker = targetInfos.find(
      ({ type, url }) => type === "service_worker" && url.startsWith("chrome-extension:"),
    );
    if (!worker) throw new Error("The extension has no worker.");
    await call("Target.closeTarget", { targetId: worker.targetId });
  } finally {
    socket.terminate();
  }
}

/** Bytes that have arrived at a local port and that nobody has read. */
export function unreadAt(port: number): number {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const lines = readFileSync("/proc/net/tcp", "utf8").split("\n").slice(1);
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = "", , state]) => local.endsWith(wanted) && state === "01")
    .reduce((sum, fields) => sum + Number.parseInt(fields[4]?.split(":")[1] ?? "0", 16), 0);
}

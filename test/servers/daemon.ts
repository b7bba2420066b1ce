// Starts one server program as a child and ends it again, together with its workers.
// Must never signal a process it did not start itself; a child dies with the test run, even a killed one.
import { spawn } from "node:child_process";
import { openSync, closeSync, readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

export interface Daemon {
  readonly name: string;
  readonly pid: number;
  /** Undefined while it runs; afterwards the end of its log. */
  ended(): string | undefined;
  stop(): Promise<void>;
}

export function startDaemon(name: string, command: string, args: readonly string[], logFile: string): Daemon {
  const log = openSync(logFile, "a");
  // setpriv replaces itself by the server, so the pid stays; the kernel ends the server when we are gone.
  const child = spawn("setpriv", ["--pdeathsig", "TERM", command, ...args], {
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${name} could not be started: is "setpriv" (util-linux) installed?`);
  let running = true;
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => {
      running = false;
      resolve();
    });
  });
  return {
    name,
    pid,
    ended: () => (running ? undefined : readFileSync(logFile, "utf8").slice(-800)),
    stop: async () => {
      // Its folder is thrown away, so there is nothing it could save: end it and its workers at once.
      for (let tries = 0; signalGroup(pid) && tries < 1000; tries += 1) await pause(5);
      await gone;
    },
  };
}

/** True as long as there was somebody to signal. */
function signalGroup(pid: number): boolean {
  try {
    return process.kill(-pid, "SIGKILL");
  } catch {
    return false;
  }
}

/** Waits until somebody answers at a port of 127.0.0.1, or at a Unix socket. */
export async function waitForDoor(door: number | string, owner: Daemon): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await answers(door))) {
    const last = owner.ended();
    if (last !== undefined) throw new Error(`${owner.name} stopped while starting: ${last}`);
    if (Date.now() > deadline) throw new Error(`${owner.name} did not open ${door} within 20 seconds.`);
    await pause(15);
  }
}

function answers(door: number | string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = typeof door === "number" ? connect(door, "127.0.0.1") : connect(door);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** A free port below the range the kernel hands to outgoing connections, so that nobody takes it meanwhile. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await bindable(port)) return port;
  }
  throw new Error("No free port between 20000 and 32000 on 127.0.0.1.");
}

function bindable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

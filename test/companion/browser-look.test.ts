// What the operating system says about the other end: the flags that matter, a made-up /proc, and this machine's real one.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { browserLook, lookAt, UNSEEN } from "../../companion/door/browser-look.ts";
import { readLaunch } from "../../companion/door/launch-flags.ts";
import { lookInProc } from "../../companion/door/proc-look.ts";

describe("launch flags", () => {
  it.each([
    ["/usr/bin/chromium\0--remote-debugging-port=9222", "remote debugging"],
    ["/usr/bin/chromium\0--remote-debugging-port\x000", "remote debugging"],
    ["/usr/bin/chromium\0-remote-debugging-pipe", "remote debugging"],
    ["/usr/bin/chromium --type=x --remote-debugging-pipe https://mail.example", "remote debugging"],
    ["/usr/bin/chromium\0--enable-automation", "automation"],
    ["/usr/bin/firefox\0--marionette", "remote control (Marionette)"],
    ["/usr/bin/firefox\0-marionette\0-profile\0/p", "remote control (Marionette)"],
    ["/usr/bin/firefox\0--remote-debugging-port=0", "remote debugging"],
    ["/usr/bin/chromium\0--remote-debugging-portal", ""],
    ["/usr/bin/chromium\0https://mail.example/?q=--enable-automation", ""],
    ["/usr/bin/chromium\0--user-data-dir=/home/a/.config", ""],
    ["", ""],
  ])("%j", (line, driven) => {
    expect(readLaunch(line).driven).toBe(driven);
  });

  it("notes headless apart, and reads Marionette from the surroundings", () => {
    expect(readLaunch("chromium\0--headless=new")).toEqual({ driven: "", headless: true });
    expect(readLaunch("firefox", "A=1\0MOZ_MARIONETTE=1").driven).toMatch(/Marionette/);
    expect(readLaunch("firefox", "NOT_MOZ_MARIONETTE=1").driven).toBe("");
  });
});

describe("a made-up /proc", () => {
  let proc: string;
  beforeEach(async () => {
    proc = await mkdtemp(join(tmpdir(), "countersign-proc-"));
  });
  afterEach(() => rm(proc, { recursive: true }));

  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(proc, path)), { recursive: true });
    await writeFile(join(proc, path), text);
  };
  const row = (local: string, remote: string, state: string, inode: number): string =>
    `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0 20 4 30 10 -1`;
  const running = async (
    pid: number,
    parent: number,
    name: string,
    line: string,
    inodes: number[] = [],
  ): Promise<void> => {
    await write(`${pid}/stat`, `${pid} (${name}) S ${parent} 1 1`);
    await write(`${pid}/comm`, `${name}\n`);
    await write(`${pid}/cmdline`, line);
    await symlink(`/opt/${name}`, join(proc, `${pid}/exe`));
    await mkdir(join(proc, `${pid}/fd`));
    for (const [at, inode] of inodes.entries()) await symlink(`socket:[${inode}]`, join(proc, `${pid}/fd/${at + 3}`));
  };
  const browser = async (flags: string, more: number[] = []): Promise<void> => {
    await running(10, 1, "node", "node\0agent.js");
    await running(20, 10, "chromium (x) y", `chromium\0${flags}`, more);
    await running(30, 20, "chromium (x) y", "chromium --type=utility --utility-sub-type=network", [777]);
  };
  // 40000 is 9C40, 20000 is 4E20.
  const connected = row("0100007F:9C40", "0100007F:4E20", "01", 777);
  const look = () => lookInProc(40_000, 20_000, proc);

  it("goes from the socket to the network process to the browser to whoever started it", async () => {
    await write("net/tcp", `head\n${row("0100007F:4E20", "0100007F:9C40", "01", 5)}\n${connected}\n`);
    await browser("--remote-debugging-port=9222");
    expect(await look()).toEqual({
      pid: 20,
      program: "chromium (x) y",
      debugging: "This browser was started with remote debugging (by node), so a program can press its buttons.",
      headless: false,
    });
  });

  it("sees nothing where nothing is", async () => {
    await write("net/tcp", `head\n${connected}\n`);
    await browser("--headless=new");
    expect(await look()).toEqual({ pid: 20, program: "chromium (x) y", debugging: "", headless: true });
  });

  it("finds the socket in the other table, as mapped address", async () => {
    const mapped = (port: string): string => `0000000000000000FFFF00000100007F:${port}`;
    await write("net/tcp6", `head\n${row(mapped("9C40"), mapped("4E20"), "01", 777)}\n`);
    await browser("");
    expect(await look()).toMatchObject({ pid: 20 });
  });

  it("notices a browser that began to listen for commands after it was started", async () => {
    await write("net/tcp", `head\n${connected}\n${row("0100007F:2406", "00000000:0000", "0A", 888)}\n`);
    await browser("", [888]);
    expect((await look()).debugging).toMatch(/listens for commands/);
  });

  it("does not call unknown safe: a driven browser anywhere is named when the holder cannot be seen", async () => {
    await write("net/tcp", "head\n");
    await browser("--enable-automation");
    expect(await look()).toMatchObject({ pid: null, debugging: expect.stringMatching(/may be the one/) });
  });

  it("is UNSEEN, and never throws, when nothing can be read", async () => {
    expect(await look()).toEqual(UNSEEN);
    expect(await lookAt(1, 2, "/nowhere")).toEqual(UNSEEN);
  });
});

describe.runIf(process.platform === "linux")("this machine", () => {
  it("finds the very process that holds the other end, and its flags", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const script = `require("node:net").connect(${port},"127.0.0.1")`;
    const child = spawn(process.execPath, ["-e", script, "x", "--remote-debugging-port=0"], { stdio: "ignore" });
    try {
      const [socket] = (await once(server, "connection")) as [Socket];
      const look = browserLook(socket.remotePort ?? 0, port);
      const seen = await look();
      expect(seen).toMatchObject({
        debugging: expect.stringMatching(/^This browser was started with remote debugging \(by /),
      });
      expect(seen.pid).not.toBeNull();
      expect(look(), "the same look within two seconds").toBe(look());
      socket.destroy();
    } finally {
      child.kill("SIGKILL");
      server.close();
    }
  });
});

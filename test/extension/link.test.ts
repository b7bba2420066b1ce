// The extension's link against the real server: pairing, requests, loss, strangers, other builds.
import "fake-indexeddb/auto";
import { createServer, type Server as TcpServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket as NodeSocket, WebSocketServer } from "ws";
import { createLink, type Link, type LinkParts } from "../../extension/background/link/link.ts";
import { type Keys, openKeys } from "../../extension/background/link/keys.ts";
import type { LinkState } from "../../extension/messages.ts";
import type { Push } from "../../shared/protocol.ts";
import { Desk, openDoor, ORIGIN, type TestDoor } from "../companion/door.ts";

/** The browser's WebSocket as ws plays it: the origin is stamped, not chosen by the caller. */
class StampedSocket extends NodeSocket {
  constructor(address: string, protocols: string) {
    super(address, protocols, { origin: ORIGIN });
  }
}

const undo: (() => unknown)[] = [];
let keys: Keys;
beforeEach(() => {
  keys = openKeys();
});
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
  await keys.forget();
});

interface Heard {
  readonly link: Link;
  readonly states: LinkState[];
  readonly pushes: Push[];
}

function newLink(change: Partial<LinkParts> = {}): Heard {
  const states: LinkState[] = [];
  const pushes: Push[] = [];
  const link = createLink({
    keys,
    origin: ORIGIN,
    build: "0.1.0",
    browser: "chromium",
    webdriver: () => false,
    onPush: (push) => void pushes.push(push),
    onState: (state) => void states.push(state),
    WebSocket: StampedSocket as unknown as typeof WebSocket,
    ...change,
  });
  undo.push(() => link.unpair());
  return { link, states, pushes };
}

async function newDoor(parts: Parameters<typeof openDoor>[0] = {}): Promise<TestDoor> {
  const door = await openDoor(parts);
  undo.push(() => door.close());
  return door;
}

async function paired(change: Partial<LinkParts> = {}, parts: Parameters<typeof openDoor>[0] = {}) {
  const door = await newDoor(parts);
  const heard = newLink(change);
  await heard.link.pair((await door.server.openPairing()).code);
  return { door, ...heard };
}

/** Another program on a port, for as long as the test runs. */
async function squat(port: number, serve: (server: TcpServer) => void): Promise<TcpServer> {
  const server = createServer();
  const sockets: Socket[] = [];
  server.on("connection", (socket) => sockets.push(socket));
  serve(server);
  await new Promise<void>((resolve) => void server.listen(port, "127.0.0.1", resolve));
  undo.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => void server.close(resolve));
  });
  return server;
}

const stateOf = (link: Link): string => link.state().state;

describe("pairing", () => {
  it("pairs, greets, and connects", async () => {
    const { link, door, states } = await paired();
    expect(link.state()).toEqual({ state: "connected", profile: "Assistant", companion: "0.1.0" });
    expect(states.at(-1)).toEqual(link.state());
    expect(door.desk.seen[0]).toMatchObject({ type: "hello", build: "0.1.0", browser: "chromium", webdriver: false });
  });

  it("keeps its own key and the secret so that nobody can read them", async () => {
    await paired();
    const own = await keys.own();
    const companion = await keys.companion();
    await expect(crypto.subtle.exportKey("jwk", own.privateKey)).rejects.toThrow();
    expect(companion?.secret.extractable).toBe(false);
  });

  it("says in one sentence why a code is not taken", async () => {
    const door = await newDoor();
    const { link } = newLink();
    const { code } = await door.server.openPairing();
    const why = (typed: string): Promise<string> => link.pair(typed).then(String, (error: Error) => error.message);
    expect(await why(code.slice(0, 12))).toMatch(/too short/);
    expect(await why(code.replace(/.$/, (last) => (last === "A" ? "B" : "A")))).toMatch(/mistyped/);
    await door.server.openPairing();
    expect(await why(code), "replaced").toMatch(/old, used or replaced/);
    door.pairing.cancel();
    expect(await why(code), "none open").toMatch(/old, used or replaced/);
    await door.server.close();
    expect(await why(code), "nobody there").toMatch(/^Nothing answers on port/);
    expect(await keys.companion()).toBeNull();
  });

  it("is undone by unpair", async () => {
    const { link } = await paired();
    await link.unpair();
    expect(link.state()).toEqual({ state: "unpaired" });
    await expect(link.request({ type: "ping" })).rejects.toThrow(/not paired/);
  });
});

describe("requests", () => {
  it("match each reply to its request, whatever the order", async () => {
    const desk = new Desk();
    const plain = desk.receive.bind(desk);
    const waits = new Map([
      ["first", 60],
      ["second", 5],
    ]);
    desk.receive = async (peer, request) => {
      if (request.type !== "withdraw") return plain(peer, request);
      await new Promise((resolve) => setTimeout(resolve, waits.get(request.actionId)));
      return { type: "error", re: request.n, code: "unknown-action", message: request.actionId };
    };
    const { link } = await paired({}, { receiver: desk });
    const order: string[] = [];
    const replies = ["first", "second"].map(async (actionId) => {
      const reply = await link.request({ type: "withdraw", actionId, because: "" });
      order.push(actionId);
      return reply;
    });
    expect(await Promise.all(replies)).toMatchObject([{ message: "first" }, { message: "second" }]);
    expect(order).toEqual(["second", "first"]);
  });

  it("reject when the companion is silent, and a late reply goes nowhere", async () => {
    const desk = new Desk();
    const plain = desk.receive.bind(desk);
    let late: (() => void) | undefined;
    desk.receive = (peer, request) =>
      request.type === "waiting"
        ? new Promise((resolve) => (late = () => resolve({ type: "questions", re: request.n, questions: [] })))
        : plain(peer, request);
    const { link } = await paired({}, { receiver: desk });
    await expect(link.request({ type: "waiting" }, 40)).rejects.toThrow(/did not answer in time/);
    late?.();
    expect(await link.request({ type: "ping" })).toMatchObject({ type: "pong" });
  });

  it("hear pushes, and outlive trouble in whoever listens", async () => {
    const { link, door, pushes } = await paired();
    door.desk.peers.at(-1)?.push({ type: "stopped", stopped: true });
    await vi.waitFor(() => expect(pushes).toEqual([{ type: "stopped", stopped: true }]));
    expect(await link.request({ type: "ping" })).toMatchObject({ type: "pong" });
  });

  it("keep the connection alive with messages of their own", async () => {
    const { door } = await paired({ keepAliveMs: 15 });
    await vi.waitFor(() => expect(door.desk.seen.filter((one) => one.type === "ping").length).toBeGreaterThan(2));
  });
});

describe("loss", () => {
  it("rejects what was asked, says so, and comes back when the companion does", async () => {
    const desk = new Desk();
    const plain = desk.receive.bind(desk);
    desk.receive = (peer, request) =>
      request.type === "waiting" ? new Promise(() => undefined) : plain(peer, request);
    const { link, door, states } = await paired({}, { receiver: desk });
    const asked = link.request({ type: "waiting" }).then(String, (error: Error) => error.message);
    await vi.waitFor(() => expect(door.server.connected()).toHaveLength(1));
    await door.server.close();
    expect(await asked).not.toBe("");
    expect(stateOf(link)).toBe("away");
    await expect(link.request({ type: "ping" })).rejects.toThrow(/`countersign start`/);
    await newDoor({ folder: door.folder, port: door.server.port });
    await vi.waitFor(() => expect(stateOf(link)).toBe("connected"), 5_000);
    expect(states.map((one) => one.state)).toEqual(expect.arrayContaining(["connected", "away", "connected"]));
  });

  it("tries at once when asked, without waiting for its own turn", async () => {
    const { link, door } = await paired();
    await door.server.close();
    await vi.waitFor(() => expect(stateOf(link)).toBe("away"));
    await newDoor({ folder: door.folder, port: door.server.port });
    await link.ensure();
    expect(stateOf(link)).toBe("connected");
  });

  it("knows everything it needs after the worker was stopped", async () => {
    const { link, door } = await paired();
    await door.server.close();
    await vi.waitFor(() => expect(stateOf(link)).toBe("away"));
    await newDoor({ folder: door.folder, port: door.server.port });
    keys = openKeys();
    const second = newLink();
    expect(await second.link.request({ type: "ping" })).toMatchObject({ type: "pong" });
  });

  it("ends the connection on a sealed message that no schema knows", async () => {
    const { link, door, pushes } = await paired();
    const [peer] = door.desk.peers;
    peer?.push({ type: "stopped", stopped: true, more: 1 } as Push);
    await vi.waitFor(() => expect(door.desk.left).toHaveLength(1));
    expect(pushes).toEqual([]);
    await vi.waitFor(() => expect(stateOf(link)).toBe("connected"), 5_000);
  });
});

describe("strangers", () => {
  const upgrade = (server: TcpServer, first: string | null): void => {
    const sockets = new WebSocketServer({ noServer: true });
    undo.push(() => sockets.clients.forEach((ws) => ws.terminate()));
    server.on("connection", (socket) => {
      socket.once("data", (chunk) => {
        const key = /sec-websocket-key: (.*)\r\n/i.exec(chunk.toString())?.[1] ?? "";
        const request = {
          method: "GET",
          url: "/link",
          headers: {
            upgrade: "websocket",
            "sec-websocket-key": key,
            "sec-websocket-version": "13",
            "sec-websocket-protocol": "countersign",
          },
        };
        sockets.handleUpgrade(request as never, socket, Buffer.alloc(0), (ws) => first !== null && ws.send(first));
      });
    });
  };
  const zeros = "A".repeat(43);
  const table: [string, (server: TcpServer) => void][] = [
    ["says nothing", (server) => server.on("connection", (socket) => socket.on("error", () => undefined))],
    [
      "speaks HTTP",
      (server) => server.on("connection", (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")),
    ],
    ["opens a WebSocket and says nothing", (server) => upgrade(server, null)],
    ["sends garbage", (server) => upgrade(server, "hello")],
    [
      "shows another key",
      (server) => upgrade(server, JSON.stringify({ v: 1, key: zeros, ephemeral: zeros, nonce: zeros })),
    ],
  ];
  it.each(table)("denies everything when another program %s on the port", async (_, serve) => {
    const { link, door } = await paired({ patienceMs: 300 });
    await door.server.close();
    await vi.waitFor(() => expect(stateOf(link)).not.toBe("connected"));
    await squat(door.server.port, serve);
    await link.ensure();
    await vi.waitFor(async () => {
      await link.ensure();
      expect(link.state()).toEqual({ state: "stranger", port: door.server.port });
    }, 5_000);
    await expect(link.request({ type: "ping" })).rejects.toThrow(/Another program answers/);
  });

  it("is not fooled by a companion with other keys on the same port", async () => {
    const { link, door } = await paired();
    await door.server.close();
    await newDoor({ port: door.server.port });
    await link.ensure();
    expect(stateOf(link)).toBe("stranger");
  });

  it("stays out after the companion forgot this browser", async () => {
    const { link, door } = await paired();
    await door.pairing.forget(door.server.connected()[0]?.id ?? "");
    await vi.waitFor(() => expect(stateOf(link)).not.toBe("connected"));
    await link.ensure();
    expect(stateOf(link)).toBe("stranger");
  });
});

describe("another build", () => {
  it("lets nothing through when the builds differ", async () => {
    const { link } = await paired({ build: "0.2.0" });
    expect(link.state()).toEqual({ state: "other-build", companion: "0.1.0", extension: "0.2.0" });
    await expect(link.request({ type: "ping" })).rejects.toThrow(/another build \(0\.1\.0, this extension 0\.2\.0\)/);
  });

  it("understands the companion's own refusal", async () => {
    const desk = new Desk();
    const message = "The extension is of build 0.1.0, the companion of build 0.9.0. Update the older one.";
    desk.receive = async (_, request) => ({ type: "error", re: request.n, code: "build", message });
    const { link } = await paired({}, { receiver: desk });
    expect(link.state()).toMatchObject({ state: "other-build", companion: "0.9.0" });
  });
});

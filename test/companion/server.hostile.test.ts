// Everything hostile that can be said to the companion's port: what refuses it, with which code, while a good client is served.
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { ADMISSION } from "../../companion/door/admission.ts";
import { toBase64url } from "../../shared/base64url.ts";
import { keepSecret, newKeys, randomBytes, staticKeys } from "../../shared/channel.ts";
import { FRAME_LIMIT } from "../../shared/protocol.ts";
import { Client, Desk, type Extension, FIREFOX, openDoor, ORIGIN, pair, reach, type TestDoor, Wire } from "./door.ts";
import { frame, type Header, RawCaller, rightHeaders } from "./raw.ts";

let door: TestDoor;
let me: Extension;
let firefox: Extension;
let third: Extension;
const LIMITS = { handshakeMs: 1_500, inFlight: 8, burst: 80, perSecond: 40 };

beforeAll(async () => {
  door = await openDoor({ limits: LIMITS });
  me = await pair(door);
  firefox = await pair(door, FIREFOX);
  third = await pair(door);
});
afterAll(() => door.close());
afterEach(() => door.desk.seen.splice(0));

/** Runs an attack while a paired browser keeps asking; every question must be answered and nothing else may reach the desk. */
async function meanwhile<T>(attack: () => Promise<T>): Promise<T> {
  const good = await reach(door, firefox);
  const attacking = { over: false };
  const asking = (async () => {
    let answers = 0;
    do {
      expect(await good.ping()).toBe("pong");
      answers++;
      await new Promise((resolve) => setTimeout(resolve, 30));
    } while (!attacking.over);
    return answers;
  })();
  try {
    return await attack();
  } finally {
    attacking.over = true;
    const answers = await asking;
    expect(await good.ping()).toBe("pong");
    good.close();
    expect(door.desk.seen.filter((one) => one.type !== "ping")).toEqual([]);
    expect(answers).toBeGreaterThan(0);
  }
}

const change = (headers: readonly Header[], name: string, ...values: string[]): Header[] => [
  ...headers.filter(([one]) => one !== name),
  ...values.map((value): Header => [name, value]),
];

describe("before the upgrade", () => {
  const having =
    (name: string, ...values: string[]) =>
    (port: number) =>
      change(rightHeaders(port), name, ...values);
  const table: [string, (port: number) => Header[], number, string?][] = [
    ["no Origin", having("Origin"), 403],
    ["a web page's Origin", having("Origin", "https://mail.example"), 403],
    ["a page on this machine", having("Origin", "http://127.0.0.1:8080"), 403],
    ["Origin null", having("Origin", "null"), 403],
    ["another extension's Origin", having("Origin", ORIGIN.replaceAll("a", "p")), 403],
    ["an Origin that only begins like ours", having("Origin", `${ORIGIN}.example`), 403],
    ["our Origin in capitals", having("Origin", ORIGIN.toUpperCase()), 403],
    ["two Origins, ours first", having("Origin", ORIGIN, "https://mail.example"), 403],
    ["two Origins in one header", having("Origin", `${ORIGIN}, https://mail.example`), 403],
    ["no Host", having("Host"), 421],
    ["a name that was made to point here", (port) => having("Host", `rebound.example:${port}`)(port), 421],
    ["Host without the port", having("Host", "127.0.0.1"), 421],
    ["Host with another port", having("Host", "127.0.0.1:1"), 421],
    ["Host 0.0.0.0", (port) => having("Host", `0.0.0.0:${port}`)(port), 421],
    ["Host [::1]", (port) => having("Host", `[::1]:${port}`)(port), 421],
    ["two Hosts, the right one first", (port) => having("Host", `127.0.0.1:${port}`, "rebound.example")(port), 421],
    ["another path", rightHeaders, 404, "GET /other HTTP/1.1"],
    ["a query", rightHeaders, 404, "GET /link?x HTTP/1.1"],
    ["a whole address as path", rightHeaders, 404, "GET http://127.0.0.1/link HTTP/1.1"],
    ["POST", rightHeaders, 405, "POST /link HTTP/1.1"],
    ["no sub-protocol", having("Sec-WebSocket-Protocol"), 400],
    ["another sub-protocol", having("Sec-WebSocket-Protocol", "chat"), 400],
    ["two sub-protocols", having("Sec-WebSocket-Protocol", "countersign, chat"), 400],
    ["an old WebSocket version", having("Sec-WebSocket-Version", "7"), 400],
    ["no WebSocket key", having("Sec-WebSocket-Key"), 400],
    ["another protocol to upgrade to", having("Upgrade", "h2c"), 400],
    ["a plain request", (port) => change(change(rightHeaders(port), "Upgrade"), "Connection"), 404],
    ["pairing while no code is open", rightHeaders, 403, "GET /pair HTTP/1.1"],
    ["a header of 20 kB", having("X-Long", "x".repeat(20_000)), 431],
  ];
  it.each(table)("refuses %s", async (_, headers, status, line) => {
    const got = await meanwhile(async () => {
      const caller = new RawCaller(door.server.port);
      caller.upgrade(headers(door.server.port), line);
      const answer = await caller.status();
      await caller.closed;
      return answer;
    });
    // Node itself hangs up on some of these with or without a status; nothing else is right.
    expect(status === 431 ? [431, "closed"] : [status]).toContain(got);
  });

  it("takes the same headers unchanged, so that the table above refuses for the reason it names", async () => {
    const caller = new RawCaller(door.server.port);
    caller.upgrade(rightHeaders(door.server.port));
    expect(await caller.status()).toBe(101);
    caller.socket.destroy();
  });

  it.each([
    ["origin", "Origin", "https://mail.example"],
    ["host", "Host", "rebound.example"],
  ] as const)("needs the %s rule: without it a web page gets in", async (rule, name, value) => {
    const open = await openDoor({ admission: ADMISSION.filter((one) => one.name !== rule) });
    await pair(open);
    const caller = new RawCaller(open.server.port);
    caller.upgrade(change(rightHeaders(open.server.port), name, value));
    expect(await caller.status()).toBe(101);
    caller.socket.destroy();
    await open.close();
  });

  it.each([
    ["garbage", Buffer.from("\0\u0001\u0002garbage\r\n\r\n")],
    ["a TLS hello", Buffer.from("1603010200010001fc0303", "hex")],
    ["HTTP/2", Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")],
  ])("hangs up on %s", async (_, bytes) => {
    await meanwhile(async () => {
      const caller = new RawCaller(door.server.port);
      caller.write(bytes);
      await caller.closed;
    });
  });

  it("refuses frames that come along with the upgrade", async () => {
    const caller = new RawCaller(door.server.port);
    caller.upgrade(rightHeaders(door.server.port), undefined, frame(Buffer.from("{}")));
    expect(await caller.status()).toBe(400);
    await caller.closed;
  });

  it.each([
    ["says nothing", ""],
    ["never ends its headers", "GET /link HTTP/1.1\r\nHost: "],
  ])("lets go of a caller who %s", async (_, text) => {
    await meanwhile(async () => {
      const caller = new RawCaller(door.server.port);
      caller.write(text);
      await caller.closed;
    });
  });

  it("answers an offer of compression without it", async () => {
    const wire = new Wire(door.server.port, "/link", { origin: ORIGIN, perMessageDeflate: true });
    await wire.next();
    expect(wire.ws.extensions).toBe("");
    wire.ws.terminate();
  });
});

describe("before proof", () => {
  const text = (value: string) => frame(Buffer.from(value));
  const table: [string, () => Buffer, number][] = [
    ["binary", () => frame(randomBytes(64), { opcode: 2 }), 4400],
    ["text that is not JSON", () => text("hello"), 4400],
    ["JSON of another shape", () => text('{"v":1}'), 4400],
    ["deep nesting", () => text("[".repeat(1_000)), 4400],
    ["another version", () => text('{"v":2,"anything":true}'), 4426],
    ["more than a greeting", () => text(" ".repeat(5_000)), 1009],
    ["the announcement of a giant", () => frame(Buffer.alloc(0), { announced: FRAME_LIMIT + 1 }), 1009],
    ["an unmasked frame", () => frame(Buffer.from("{}"), { masked: false }), 4400],
    ["a compressed frame", () => frame(Buffer.from("{}"), { rsv1: true }), 4400],
    ["an unknown opcode", () => frame(Buffer.from("{}"), { opcode: 5 }), 4400],
    ["a long control frame", () => frame(Buffer.alloc(126), { opcode: 9 }), 4400],
    ["bytes that are not UTF-8", () => frame(Buffer.from([0xff, 0xfe])), 4400],
    ["a continuation of nothing", () => frame(Buffer.from("{}"), { opcode: 0 }), 4400],
    [
      "endless fragments",
      () =>
        Buffer.concat(
          Array.from({ length: 900 }, (_, at) => frame(Buffer.alloc(0), { fin: false, opcode: at ? 0 : 1 })),
        ),
      1009,
    ],
    [
      "a flood of pings",
      () => Buffer.concat(Array.from({ length: 900 }, () => frame(Buffer.alloc(0), { opcode: 9 }))),
      1009,
    ],
    ["two messages at once", () => Buffer.concat([text("{}"), text("{}")]), 4400],
    ["silence", () => Buffer.alloc(0), 4408],
    ["half a frame", () => frame(Buffer.from("{}")).subarray(0, 3), 4408],
  ];
  it.each(table)("refuses %s", async (_, bytes, code) => {
    const got = await meanwhile(async () => {
      const caller = new RawCaller(door.server.port);
      caller.upgrade(rightHeaders(door.server.port));
      expect(await caller.status()).toBe(101);
      caller.write(bytes());
      return caller.closeCode();
    });
    // Errors of the WebSocket protocol are closed by ws itself, with its own codes; floods may lose the close frame.
    expect(code === 4400 ? [4400, 1002, 1007] : code === 1009 ? [1009, "closed"] : [code]).toContain(got);
  });

  it.each<[string, () => Promise<Client>]>([
    ["an unknown key", async () => reach(door, { ...me, mine: await staticKeys(await newKeys(false)) })],
    [
      "our public key without its private key",
      async () => reach(door, { ...me, mine: { ...(await staticKeys(await newKeys(false))), raw: me.mine.raw } }),
    ],
    ["another secret", async () => reach(door, { ...me, secret: await keepSecret(randomBytes(32)) })],
    ["another paired browser's secret", () => reach(door, { ...me, secret: firefox.secret })],
    ["our key from another paired origin", () => reach(door, { ...me, origin: FIREFOX })],
    ["a proof made for another origin", () => reach(door, me, { believedOrigin: FIREFOX })],
    [
      "a throw-away key of zeros",
      () => reach(door, me, { hello: (h) => ({ ...h, ephemeral: toBase64url(new Uint8Array(32)) }) }),
    ],
    [
      "another nonce than the proof's",
      () => reach(door, me, { hello: (h) => ({ ...h, nonce: toBase64url(randomBytes(32)) }) }),
    ],
    ["another proof", () => reach(door, me, { hello: (h) => ({ ...h, proof: toBase64url(randomBytes(32)) }) })],
  ])("refuses %s with 4401", async (_, attack) => {
    await meanwhile(() => expect(attack()).rejects.toThrow("closed 4401"));
  });

  it.each([
    ["an extra key", { more: 1 }],
    ["a short key", { key: "AAAA" }],
    ["a key spelled in another way", { key: `${"A".repeat(42)}B` }],
  ])("refuses a hello with %s with 4400", async (_, extra) => {
    await meanwhile(() =>
      expect(reach(door, me, { hello: (h) => ({ ...h, ...extra }) })).rejects.toThrow("closed 4400"),
    );
  });

  it("refuses a recorded hello with 4401", async () => {
    let recorded: Record<string, unknown> = {};
    (await reach(door, me, { hello: (h) => (recorded = h) })).close();
    await meanwhile(() => expect(reach(door, me, { hello: () => recorded })).rejects.toThrow("closed 4401"));
  });
});

describe("after proof", () => {
  const flip = (record: Uint8Array): Uint8Array => record.map((byte, at) => (at === 3 ? byte ^ 4 : byte));
  const wild: [string, (client: Client) => Promise<void>, number][] = [
    [
      "a record sent twice",
      async ({ wire, channel }) => {
        const record = await channel.seal({ type: "ping", n: 1 });
        wire.ws.send(record);
        wire.ws.send(record);
      },
      4401,
    ],
    [
      "records in another order",
      async ({ wire, channel }) => {
        const first = await channel.seal({ type: "ping", n: 1 });
        wire.ws.send(await channel.seal({ type: "ping", n: 2 }));
        wire.ws.send(first);
      },
      4401,
    ],
    [
      "a record left out",
      async (client) => {
        await client.channel.seal({ type: "ping", n: 1 });
        await client.send({ type: "ping", n: 2 });
      },
      4401,
    ],
    [
      "the companion's own record",
      async (client) => {
        await client.send({ type: "ping", n: 1 });
        client.wire.ws.send(await client.wire.next());
      },
      4401,
    ],
    [
      "a record with a bit turned",
      async ({ wire, channel }) => wire.ws.send(flip(await channel.seal({ type: "ping", n: 1 }))),
      4401,
    ],
    [
      "a record of another session",
      async ({ wire }) => {
        const other = await reach(door, third);
        wire.ws.send(await other.channel.seal({ type: "ping", n: 1 }));
        other.close();
      },
      4401,
    ],
    ["unsealed JSON", async ({ wire }) => wire.ws.send(Buffer.from('{"type":"ping","n":1}')), 4401],
    ["an empty record", async ({ wire }) => wire.ws.send(Buffer.alloc(0)), 4401],
    ["text", async ({ wire }) => wire.ws.send('{"type":"ping","n":1}'), 4400],
    ["sealed text that is no message", (client) => client.send("just words"), 4400],
    ["a sealed message without a number", (client) => client.send({ type: "ping" }), 4400],
    ["a sealed message with a broken number", (client) => client.send({ type: "ping", n: -1 }), 4400],
    ["sealed nesting of a thousand", (client) => client.send({ type: "ping", n: 1, x: nested(1_000) }), 4400],
    ["a record over the limit", (client) => client.send({ type: "ping", n: 1, x: "x".repeat(FRAME_LIMIT) }), 1009],
    [
      "a flood of messages",
      async (client) => {
        for (let n = 1; n <= 200; n++) await client.send({ type: "ping", n });
      },
      4429,
    ],
    [
      "a flood of pings",
      async ({ wire }) => {
        for (let n = 1; n <= 200; n++) wire.ws.ping();
      },
      4429,
    ],
    ["an unmasked record", async ({ wire }) => wire.ws.send(Buffer.alloc(32), { mask: false }), 4400],
  ];
  it.each(wild)("ends the session on %s", async (_, attack, code) => {
    await meanwhile(async () => {
      const client = await reachApart();
      await attack(client);
      const got = await client.wire.closed;
      // ws itself cuts off an unmasked frame (1002) and a flood of pings (1006).
      expect(code === 4400 ? [4400, 1002] : code === 4429 ? [4429, 1006] : [code]).toContain(got);
    });
  });

  const base = { type: "propose", n: 7, action: {}, actor: {}, deadlineMs: 1 };
  it.each<[string, unknown]>([
    ["an unknown type", { type: "approveEverything", n: 7 }],
    ["no type", { n: 7 }],
    ["an extra key", { type: "ping", n: 7, approvals: ["all"] }],
    ["a key named __proto__", JSON.parse('{"type":"ping","n":7,"__proto__":{"type":"answer"}}')],
    ["a reply sent as a request", { type: "welcome", n: 7, re: 7 }],
    ["an action with nothing in it", base],
    ["a word in place of a number", { ...base, deadlineMs: "1" }],
    ["an approval id with other letters", { type: "touch", n: 7, approvalId: "../../etc" }],
    ["a digest in capitals", { type: "answer", n: 7, approvalId: "a", answer: "approve", digest: "A".repeat(64) }],
    ["a third answer", { type: "answer", n: 7, approvalId: "a", answer: "always", digest: "0".repeat(64) }],
    ["more records than may be asked for", { type: "records", n: 7, after: 0, limit: 501 }],
  ])("answers %s with `malformed` and goes on", async (_, message) => {
    await meanwhile(async () => {
      const client = await reachApart();
      await client.send(message);
      const reply = await client.read();
      expect(reply).toMatchObject({ type: "error", re: 7, code: "malformed" });
      expect(reply.type === "error" && reply.message).toMatch(/^The message was refused at “[^”]+”: /);
      expect(await client.ping()).toBe("pong");
      client.close();
    });
  });

  /** A third paired browser, so that the good client keeps its session. */
  async function reachApart(): Promise<Client> {
    return reach(door, me);
  }
});

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let at = 0; at < depth; at++) value = [value];
  return value;
}

describe("crowds", () => {
  it("serves a good client while two hundred sockets press in", async () => {
    const crowd = Array.from({ length: 200 }, (_, at) => {
      const caller = new RawCaller(door.server.port);
      if (at % 2) caller.upgrade(rightHeaders(door.server.port));
      return caller;
    });
    const good = await reach(door, firefox).catch(() => reach(door, firefox));
    expect(await good.ping()).toBe("pong");
    good.close();
    await Promise.all(crowd.map((caller) => caller.closed));
  });

  it("lets the newest of one extension win, and keeps two browsers apart", async () => {
    const other = await reach(door, firefox);
    const old = await reach(door, me);
    const fresh = await reach(door, me);
    expect(await old.wire.closed).toBe(4409);
    expect(await fresh.ping()).toBe("pong");
    expect(await other.ping()).toBe("pong");
    expect(
      door.server
        .connected()
        .map((peer) => peer.origin)
        .toSorted(),
    ).toEqual([ORIGIN, FIREFOX].toSorted());
    fresh.close();
    other.close();
  });

  it("says `busy` when too many requests wait, and serves again when they are answered", async () => {
    const slow = new Desk();
    let finish: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (finish = resolve));
    const answer = slow.receive.bind(slow);
    slow.receive = async (peer, request) => (await gate, answer(peer, request));
    const d = await openDoor({ desk: slow, receiver: slow, limits: { inFlight: 2 } });
    const client = await reach(d, await pair(d));
    for (const n of [1, 2, 3]) await client.send({ type: "ping", n });
    expect(await client.read()).toMatchObject({ type: "error", re: 3, code: "busy" });
    finish();
    expect((await client.read()).type).toBe("pong");
    expect((await client.read()).type).toBe("pong");
    expect(await client.ping()).toBe("pong");
    client.close();
    await d.close();
  });

  it("answers `busy` when the desk fails, and never silence", async () => {
    const failing = new Desk();
    failing.receive = () => Promise.reject(new Error("broken"));
    const d = await openDoor({ receiver: failing });
    const client = await reach(d, await pair(d));
    await client.send({ type: "ping", n: 5 });
    expect(await client.read()).toMatchObject({ type: "error", re: 5, code: "busy" });
    client.close();
    await d.close();
  });

  it("lets go of a browser that does not read", async () => {
    const d = await openDoor({ limits: { unsentBytes: 300_000 } });
    const client = await reach(d, await pair(d));
    await client.ping();
    client.wire.ws.pause();
    const [peer] = d.desk.peers;
    const incident = { kind: "incident", seq: 1, at: "", what: "x".repeat(50_000), detail: "", origin: null } as const;
    for (let at = 0; at < 2_000 && d.desk.left.length === 0; at++) {
      peer?.push({ type: "record", record: incident });
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(d.desk.left).toEqual([expect.stringMatching(/does not read/)]);
    expect(d.server.connected()).toEqual([]);
    client.close();
    await d.close();
  });

  it("lets go of a browser that gives no sign of life", async () => {
    const d = await openDoor({ limits: { pingEveryMs: 40 } });
    const client = await reach(d, await pair(d), { options: { autoPong: false } });
    expect(await client.wire.closed).toBe(4430);
    const alive = await reach(d, await pair(d, FIREFOX));
    for (let at = 0; at < 8; at++) {
      expect(await alive.ping()).toBe("pong");
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    alive.close();
    await d.close();
  });

  it("refuses a record in more pieces than it allows", async () => {
    const d = await openDoor({ limits: { fragments: 64 } });
    const client = await reach(d, await pair(d));
    for (let at = 0; at < 80; at++) client.wire.ws.send(Buffer.alloc(1), { fin: false });
    expect([1008, 4400]).toContain(await client.wire.closed);
    await d.close();
  });
});

describe("changes of heart", () => {
  it("ends the session of a browser that is forgotten, and does not let it back", async () => {
    const d = await openDoor();
    const one = await pair(d);
    const other = await reach(d, await pair(d, FIREFOX));
    const client = await reach(d, one);
    const id = d.server.connected().find((peer) => peer.origin === ORIGIN)?.id ?? "";
    expect(await d.pairing.forget(id)).toBe(true);
    expect(await client.wire.closed).toBe(4403);
    await expect(reach(d, one)).rejects.toThrow("closed 403");
    expect(await other.ping()).toBe("pong");
    other.close();
    await d.close();
  });

  it("takes up again after a restart, with nothing of the old session valid", async () => {
    const d = await openDoor();
    const one = await pair(d);
    const old = await reach(d, one);
    const kept = await old.channel.seal({ type: "ping", n: 1 });
    await d.server.close();
    await old.wire.closed;
    const again = await openDoor({ folder: d.folder, port: d.server.port });
    const fresh = await reach(again, one);
    expect(await fresh.ping()).toBe("pong");
    fresh.wire.ws.send(kept);
    expect(await fresh.wire.closed).toBe(4401);
    await again.close();
    await d.close();
  });

  it("gives a relay on the port nothing to read and nothing to change", async () => {
    // The relay passes the whole handshake on, both ways, and then turns one bit of one record.
    const relay = createServer((near) => {
      const far = new RawCaller(door.server.port).socket;
      let records = 0;
      near.on("error", () => undefined);
      near.on("data", (chunk) => {
        const text = chunk.toString("latin1");
        expect(text).not.toContain("ping");
        if (text.startsWith("GET "))
          return far.write(text.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${door.server.port}`));
        if (chunk[0] === 0x82 && ++records === 2) chunk[chunk.length - 1] = (chunk.at(-1) ?? 0) ^ 1;
        return far.write(chunk);
      });
      far.pipe(near);
      near.on("close", () => far.destroy());
    });
    await new Promise<void>((resolve) => void relay.listen(0, "127.0.0.1", resolve));
    const address = relay.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const client = await reach({ server: { port } }, me);
    expect(await client.ping()).toBe("pong");
    await client.send({ type: "ping", n: 2 });
    expect(await client.wire.closed).toBe(4401);
    relay.close();
  });
});

describe("the port", () => {
  it("says what to do when another program has it", async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => void squatter.listen(0, "127.0.0.1", resolve));
    const address = squatter.address();
    const port = typeof address === "object" && address ? address.port : 0;
    await expect(openDoor({ port })).rejects.toThrow(
      `Port ${port} is taken by another program; run \`countersign start --port N\` with another number, then pair each browser again.`,
    );
    squatter.close();
  });

  it("is open on 127.0.0.1 and on no other address of this machine", async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter((one) => one.address !== "127.0.0.1")
      .map((one) => (one.scopeid ? `${one.address}%lo` : one.address));
    for (const host of new Set(["::1", "127.0.0.2", ...others])) {
      const caller = new RawCaller(door.server.port, host);
      let connected = false;
      caller.socket.once("connect", () => (connected = true));
      await Promise.race([caller.closed, new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
      caller.socket.destroy();
      expect(connected, host).toBe(false);
    }
    const socket = new WebSocket(`ws://127.0.0.1:${door.server.port}/link`, "countersign", { origin: ORIGIN });
    await new Promise((resolve) => socket.once("open", resolve));
    socket.terminate();
  });
});

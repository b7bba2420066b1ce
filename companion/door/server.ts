// The door: a WebSocket server on this machine's own loopback address. Strangers prove themselves or go; proved extensions become peers.
// Must never listen anywhere else, serve a web page, or hand on a message from a side that has not proved itself.
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { CLOSE, SUB_PROTOCOL } from "../../shared/greeting.ts";
import { ADMISSION, type Rule, refusedBy } from "./admission.ts";
import { browserLook } from "./browser-look.ts";
import { Refused, shakeHands } from "./handshake.ts";
import { hangUp } from "./hang-up.ts";
import type { KeyStore } from "../state/key-store.ts";
import { LIMITS, type Limits } from "./limits.ts";
import type { Pairing } from "./pairing.ts";
import type { BrowserLook, Peer, Receiver } from "./peer.ts";
import { Session } from "./session.ts";
import { StateError } from "../state/state-folder.ts";
import { Strangers } from "./strangers.ts";

export interface ServerParts {
  readonly store: KeyStore;
  readonly pairing: Pairing;
  readonly receiver: Receiver;
  /** 0 lets the system choose (tests). */
  readonly port: number;
  readonly limits?: Partial<Limits>;
  readonly admission?: readonly Rule[];
  readonly look?: (remotePort: number, localPort: number) => () => Promise<BrowserLook>;
  /** What was refused, for `doctor` and the log: counts only, never content. */
  readonly refused?: (what: string) => void;
}

export interface Server {
  readonly port: number;
  /** Extensions connected right now. */
  connected(): readonly Peer[];
  openPairing(): Promise<{ readonly code: string; readonly until: string }>;
  close(): Promise<void>;
}

/** Answers an upgrade that is not admitted, or a plain request, with a bare status. */
function turnAway(socket: Socket, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  socket.destroySoon();
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = `Port ${port} is taken by another program; run \`countersign start --port N\` with another number, then pair each browser again.`;
      reject(new StateError(error.code === "EADDRINUSE" ? taken : `Port ${port} cannot be opened: ${error.message}.`));
    });
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => resolve((server.address() as AddressInfo).port));
  });
}

export async function startServer(parts: ServerParts): Promise<Server> {
  const { store, pairing, receiver, look = browserLook, refused = () => undefined } = parts;
  const limits: Limits = { ...LIMITS, ...parts.limits };
  const callers = new Strangers(limits.strangers, limits.handshakeMs);
  const greeting = new Strangers(limits.strangers, limits.handshakeMs);
  const sessions = new Map<string, Session>();
  const http = createServer({ maxHeaderSize: 8_192, keepAliveTimeout: 1 }, (_, response) => {
    refused("http");
    response.writeHead(404, { connection: "close" }).end();
  });
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    perMessageDeflate: false,
    maxPayload: limits.recordBytes,
    maxFragments: limits.fragments,
    handleProtocols: () => SUB_PROTOCOL,
  });
  let port = 0;

  http.on("connection", (socket) => {
    socket.on("error", () => socket.destroy());
    callers.add(socket, () => socket.destroy());
  });
  http.on("clientError", (_, socket) => socket.destroy());
  http.on("upgrade", (request, stream, head) => {
    const socket = stream as Socket;
    const origins = new Set(store.peers().map((peer) => peer.origin));
    const door = { port, origins, pairingOpen: pairing.current() !== null };
    const rule = refusedBy(request, door, parts.admission ?? ADMISSION);
    if (rule || head.length > 0) {
      refused(rule?.name ?? "early");
      return turnAway(socket, rule?.status ?? 400);
    }
    sockets.handleUpgrade(request, socket, head, (ws) => void meet(ws, request, socket));
  });
  pairing.onForgotten((id) => sessions.get(id)?.close(CLOSE.forgotten, "This browser is not paired any more."));

  /** A WebSocket from its first byte to proof, refusal or loss of patience. */
  async function meet(ws: WebSocket, request: IncomingMessage, socket: Socket): Promise<void> {
    callers.release(socket);
    greeting.add(socket, (late) =>
      late
        ? hangUp(ws, CLOSE.slowHandshake, "The proof took too long.")
        : hangUp(ws, CLOSE.tooFast, "Too many at once."),
    );
    ws.on("error", () => hangUp(ws, CLOSE.malformed, "This is not the WebSocket protocol."));
    let heard = 0;
    const weigh = (chunk: Buffer): void => {
      heard += chunk.length;
      if (heard <= limits.greetingBytes) return;
      refused("greeting");
      hangUp(ws, 1009, "Too much before proof.");
    };
    socket.on("data", weigh);
    const lookNow = look(socket.remotePort ?? 0, port);
    const origin = request.headers.origin ?? "";
    try {
      const program = async (): Promise<string> => (await lookNow()).program;
      const proved = await shakeHands({ ws, origin, path: request.url ?? "", program }, { store, pairing });
      socket.off("data", weigh);
      greeting.release(socket);
      if (!proved) return hangUp(ws, 1000, "Paired.");
      const { peer, channel } = proved;
      if (ws.readyState !== ws.OPEN) return;
      if (!store.peers().some((one) => one.id === peer.id && one.publicKey === peer.publicKey))
        return hangUp(ws, CLOSE.forgotten, "This browser is not paired any more.");
      sessions.get(peer.id)?.close(CLOSE.replaced, "The same extension connected again.");
      const ended = (session: Session): void => {
        if (sessions.get(session.id) === session) sessions.delete(session.id);
      };
      sessions.set(peer.id, new Session({ ws, channel, id: peer.id, origin, limits, receiver, look: lookNow, ended }));
    } catch (error) {
      const why = error instanceof Refused ? error : new Refused(CLOSE.trouble, (error as Error).message);
      refused(`handshake ${why.code}`);
      hangUp(ws, why.code, why.message);
    }
  }

  port = await listen(http, parts.port);
  const knocking = setInterval(() => {
    for (const session of sessions.values()) session.knock();
  }, limits.pingEveryMs);
  knocking.unref();

  return {
    port,
    connected: () => [...sessions.values()],
    openPairing: () => pairing.openPairing(port),
    async close() {
      clearInterval(knocking);
      pairing.cancel();
      for (const session of sessions.values()) session.close(1001, "The companion stops.");
      callers.endAll();
      greeting.endAll();
      const closed = new Promise<void>((resolve) => void http.close(() => resolve()));
      for (const ws of sockets.clients) ws.terminate();
      http.closeAllConnections();
      await closed;
    },
  };
}

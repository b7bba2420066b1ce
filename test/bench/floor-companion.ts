// The floor's companion, a process of its own: answers every request at once with a reply of the real one's size.
// Must never hash, judge, or write to a disk.
import { WebSocketServer } from "ws";
import type { Reply, Request } from "../../shared/protocol.ts";

const rules = [{ id: "bench", say: "The bench may do everything." }];
const digest = "0".repeat(64);

let proposed = 0;

function answer(
  request: Request | { readonly type: "count"; readonly n: number },
): Reply | { readonly proposed: number } {
  const re = request.n;
  const { type } = request;
  if (type === "count") return { proposed };
  if (type === "hello")
    return { type: "welcome", re, build: request.build, profile: "Floor", size: 0, debugging: "", stopped: false };
  if (type === "propose") {
    proposed += 1;
    return { type: "verdict", re, actionId: request.action.id, digest, decision: { verdict: "allow", rules } };
  }
  if (type === "waiting") return { type: "questions", re, questions: [] };
  if (type === "refusals") return { type: "refusals", re, refusals: [] };
  if (type === "records") return { type: "records", re, records: [], size: 0 };
  return type === "ping" ? { type: "pong", re } : { type: "done", re };
}

const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
server.on("connection", (socket) => {
  socket.on("message", (data: Buffer) => socket.send(JSON.stringify(answer(JSON.parse(String(data)) as Request))));
});
server.once("listening", () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" && address ? address.port : 0}\n`);
});

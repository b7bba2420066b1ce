// A real MCP server over stdio, spoken to as an agent's client would: JSON-RPC, one message a line.
// Must never answer for the server or hide its errors.
import { spawn, type ChildProcess } from "node:child_process";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";

interface ToolResult {
  readonly isError?: boolean;
  readonly content?: readonly { readonly type: string; readonly text?: string }[];
}

export class McpClient {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  #next = 0;

  constructor(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#child = spawn(process.execPath, [program, ...args], {
      cwd: tmpdir(),
      stdio: ["pipe", "pipe", "ignore"],
      env: { ...process.env, ...env },
    });
    if (this.#child.stdout) createInterface({ input: this.#child.stdout }).on("line", (line) => this.#receive(line));
    this.#child.once("exit", (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the MCP server ended with ${code}`));
      this.#waiting.clear();
    });
  }

  #receive(line: string): void {
    let message: { id?: number; result?: unknown; error?: { message: string } };
    try {
      message = JSON.parse(line) as typeof message;
    } catch {
      return;
    }
    const waiting = message.id === undefined ? undefined : this.#waiting.get(message.id);
    if (!waiting || message.id === undefined) return;
    this.#waiting.delete(message.id);
    if (message.error) waiting.reject(new Error(message.error.message));
    else waiting.resolve(message.result);
  }

  #send(message: object): void {
    this.#child.stdin?.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  }

  request(method: string, params: object): Promise<unknown> {
    this.#next += 1;
    const id = this.#next;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send({ id, method, params });
    });
  }

  async open(): Promise<void> {
    await this.request("initialize", {
      protocolVersion: "2025-06-18",
      capabilities: {},
      clientInfo: { name: "countersign-tests", version: "1" },
    });
    this.#send({ method: "notifications/initialized" });
  }

  /** Calls a tool; the text of its answer. Throws when the tool says it failed. */
  async call(name: string, args: object): Promise<string> {
    const result = (await this.request("tools/call", { name, arguments: args })) as ToolResult;
    const text = (result.content ?? []).map((c) => c.text ?? "").join("\n");
    if (result.isError === true) throw new Error(`${name}: ${text.slice(0, 400)}`);
    return text;
  }

  close(): void {
    this.#child.stdin?.end();
    this.#child.kill("SIGTERM");
  }
}

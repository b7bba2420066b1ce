// A bare TCP caller that speaks as much HTTP and WebSocket as a test tells it to, right or wrong.
// Must never leave its socket open.
import { connect, type Socket } from "node:net";
import { ORIGIN } from "./door.ts";

export type Header = readonly [string, string];

/** The headers of a right upgrade; tests change some. */
export const rightHeaders = (port: number): Header[] => [
  ["Host", `127.0.0.1:${port}`],
  ["Upgrade", "websocket"],
  ["Connection", "Upgrade"],
  ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
  ["Sec-WebSocket-Version", "13"],
  ["Sec-WebSocket-Protocol", "countersign"],
  ["Origin", ORIGIN],
];

export class RawCaller {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  #heard = Buffer.alloc(0);
  #wake: () => void = () => undefined;
  constructor(port: number, host = "127.0.0.1") {
    this.socket = connect(port, host);
    this.socket.on("error", () => undefined);
    this.closed = new Promise((resolve) => this.socket.once("close", () => resolve()));
    this.socket.on("data", (chunk: Buffer) => {
      this.#heard = Buffer.concat([this.#heard, chunk]);
      this.#wake();
    });
    void this.closed.then(() => this.#wake());
  }

  write(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  upgrade(headers: readonly Header[], line = "GET /link HTTP/1.1", after: Uint8Array = Buffer.alloc(0)): void {
    const head = `${line}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
    this.socket.write(Buffer.concat([Buffer.from(head, "latin1"), after]));
  }

  /** The HTTP status; "closed" when the other side hung up without one. */
  async status(): Promise<number | "closed"> {
    for (;;) {
      const found = /^HTTP\/1\.1 (\d{3})/.exec(this.#heard.toString("latin1"))?.[1];
      if (found) return Number(found);
      if (this.socket.closed) return "closed";
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The code of the close frame the companion sends; "closed" when there is none. */
  async closeCode(): Promise<number | "closed"> {
    await this.closed;
    const body = this.#heard.subarray(this.#heard.indexOf("\r\n\r\n") + 4);
    for (let at = 0; at + 2 <= body.length;) {
      const short = (body[at + 1] ?? 0) & 0x7f;
      const [length, head] = short < 126 ? [short, 2] : [body.readUInt16BE(at + 2), 4];
      if (((body[at] ?? 0) & 0x0f) === 8) return length >= 2 ? body.readUInt16BE(at + head) : 1005;
      at += head + length;
    }
    return "closed";
  }
}

export interface FrameShape {
  readonly opcode?: number;
  readonly fin?: boolean;
  readonly masked?: boolean;
  readonly rsv1?: boolean;
  /** A length to announce that is not the payload's. */
  readonly announced?: number;
}

export function frame(payload: Uint8Array, shape: FrameShape = {}): Buffer {
  const { opcode = 1, fin = true, masked = true, rsv1 = false, announced = payload.length } = shape;
  const first = (fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode;
  const bit = masked ? 0x80 : 0;
  const head =
    announced < 126
      ? Buffer.from([first, bit | announced])
      : announced < 65_536
        ? Buffer.from([first, bit | 126, announced >> 8, announced & 255])
        : Buffer.concat([
            Buffer.from([first, bit | 127, 0, 0, 0, 0]),
            Buffer.from(announced.toString(16).padStart(8, "0"), "hex"),
          ]);
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([head, Buffer.alloc(masked ? 4 : 0), payload]);
}

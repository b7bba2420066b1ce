// One proved extension: opens its records in order, hands valid requests on, seals replies and pushes.
// Must never act on a record that is not the next one, nor on a message the schema does not know.
import type { RawData, WebSocket } from "ws";
import * as v from "valibot";
import type { Channel } from "../../shared/channel.ts";
import { FrameError, readFrame } from "../../shared/frame.ts";
import { CLOSE } from "../../shared/greeting.ts";
import { type Push, type Reply, RequestSchema } from "../../shared/protocol.ts";
import { bytesOf } from "./handshake.ts";
import { hangUp } from "./hang-up.ts";
import { type Limits, Rate } from "./limits.ts";
import type { BrowserLook, Peer, Receiver } from "./peer.ts";

const NumberedSchema = v.looseObject({ n: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 40)) });

export interface SessionParts {
  readonly ws: WebSocket;
  readonly channel: Channel;
  readonly id: string;
  readonly origin: string;
  readonly limits: Limits;
  readonly receiver: Receiver;
  readonly look: () => Promise<BrowserLook>;
  readonly ended: (session: Session) => void;
}

export class Session implements Peer {
  readonly id: string;
  readonly origin: string;
  readonly look: () => Promise<BrowserLook>;
  readonly #parts: SessionParts;
  readonly #rate: Rate;
  #reading: Promise<void> = Promise.resolve();
  #sending: Promise<void> = Promise.resolve();
  #inFlight = 0;
  #over = false;
  #silent = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.id = parts.id;
    this.origin = parts.origin;
    this.look = parts.look;
    this.#rate = new Rate(parts.limits);
    const { ws } = parts;
    ws.on("message", (data, binary) => this.#heard(data, binary));
    ws.on("ping", () => void (this.#rate.take() || this.close(CLOSE.tooFast, "Too many pings.")));
    ws.on("pong", () => (this.#silent = 0));
    ws.once("close", (code, why) => this.#end(`closed with ${code} ${why.toString()}`.trim()));
    parts.receiver.connected(this);
  }

  push(message: Push): void {
    this.#send(message);
  }

  close(code: number, why: string): void {
    hangUp(this.#parts.ws, code, why);
    this.#end(why);
  }

  /** Asks for a sign of life; the second unanswered question ends the session. */
  knock(): void {
    if (++this.#silent > 2) return this.close(CLOSE.slowReader, "The other side gave no sign of life.");
    this.#parts.ws.ping();
  }

  #end(why: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#parts.ended(this);
    this.#parts.receiver.gone(this, why);
  }

  #heard(data: RawData, binary: boolean): void {
    if (this.#over) return;
    if (!binary) return this.close(CLOSE.malformed, "After the answer every message is sealed.");
    if (!this.#rate.take()) return this.close(CLOSE.tooFast, "Too many messages.");
    const { ws } = this.#parts;
    ws.pause();
    this.#reading = this.#reading.then(() => this.#read(bytesOf(data))).finally(() => void (this.#over || ws.resume()));
  }

  async #read(record: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#over) return;
    let bytes: Uint8Array;
    try {
      bytes = await this.#parts.channel.open(record);
    } catch {
      return this.close(CLOSE.unproven, "A record is not the next one of this extension.");
    }
    let plain: unknown;
    try {
      plain = readFrame(bytes);
    } catch (error) {
      return this.close(CLOSE.malformed, error instanceof FrameError ? error.message : "The message cannot be read.");
    }
    this.#judge(plain);
  }

  #judge(plain: unknown): void {
    const request = v.safeParse(RequestSchema, plain);
    if (request.success) {
      const { n } = request.output;
      if (this.#inFlight >= this.#parts.limits.inFlight)
        return this.#fault(n, "busy", "Too many requests wait for an answer; send fewer at once.");
      this.#inFlight++;
      void this.#answer(request.output).finally(() => this.#inFlight--);
      return;
    }
    const numbered = v.safeParse(NumberedSchema, plain);
    if (!numbered.success) return this.close(CLOSE.malformed, "The message carries no number.");
    const [issue] = request.issues;
    const where = v.getDotPath(issue) ?? "message";
    this.#fault(numbered.output.n, "malformed", `The message was refused at “${where}”: ${issue.message}`);
  }

  async #answer(request: v.InferOutput<typeof RequestSchema>): Promise<void> {
    try {
      this.#send(await this.#parts.receiver.receive(this, request));
    } catch {
      this.#fault(request.n, "busy", "The companion could not answer; nothing was let through.");
    }
  }

  #fault(re: number, code: "busy" | "malformed", message: string): void {
    this.#send({ type: "error", re, code, message: message.slice(0, 2_000) });
  }

  #send(message: Push | Reply): void {
    const before = this.#sending;
    this.#sending = (async () => {
      await before;
      try {
        await this.#sealAndSend(message);
      } catch {
        this.close(CLOSE.trouble, "A message could not be sent.");
      }
    })();
  }

  async #sealAndSend(message: Push | Reply): Promise<void> {
    if (this.#over) return;
    const { ws, channel, limits } = this.#parts;
    const record = await channel.seal(message);
    if (record.length > limits.answerBytes)
      return this.close(CLOSE.trouble, "An answer is too large to be sent whole.");
    if (ws.bufferedAmount + record.length > limits.unsentBytes) {
      this.close(CLOSE.slowReader, "The other side does not read what it is sent.");
      return ws.terminate();
    }
    ws.send(record);
  }
}

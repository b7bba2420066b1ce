// The end of every road for mail: an SMTP server that keeps each message and hands local copies to Dovecot by LMTP.
// Must never pass mail to another machine, and must have counted a message before its sender hears "250".
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import { SMTPServer } from "smtp-server";
import { atHome, hasMailbox } from "./people.ts";
import { readMail, type SunkMail } from "./sunk.ts";

export type SinkAnswer = "accept" | "refuse" | "defer";

export interface Sink {
  count(): number;
  messages(): readonly SunkMail[];
  clear(): void;
  /** Resolves with all messages as soon as there are `n`; rejects after `ms`. */
  waitFor(n: number, ms: number): Promise<readonly SunkMail[]>;
  /** What the server says to the next messages: for tests of a send that fails. */
  answerWith(answer: SinkAnswer): void;
  stop(): Promise<void>;
}

class SmtpRefusal extends Error {
  constructor(
    readonly responseCode: number,
    words: string,
  ) {
    super(words);
  }
}

export async function startSink(at: { port: number; lmtpPort: number; dir: string }): Promise<Sink> {
  let kept: SunkMail[] = [];
  let answer: SinkAnswer = "accept";
  let number = 0;
  const waiting = new Set<() => void>();
  mkdirSync(at.dir, { recursive: true });

  async function keep(raw: Buffer, from: string, to: string[]): Promise<string> {
    if (answer === "refuse") throw new SmtpRefusal(550, "5.7.1 refused, as the test asked");
    if (answer === "defer") throw new SmtpRefusal(451, "4.3.0 not now, as the test asked");
    const arrivedAt = new Date().toISOString();
    number += 1;
    const own = number;
    const stem = join(at.dir, String(own).padStart(6, "0"));
    const mail: SunkMail = {
      ...(await readMail(raw)),
      number: own,
      arrivedAt,
      envelopeFrom: from,
      envelopeTo: to,
      file: `${stem}.eml`,
    };
    writeFileSync(mail.file, raw);
    writeFileSync(`${stem}.json`, JSON.stringify(mail, null, 1));
    kept.push(mail);
    for (const look of waiting) look();
    const local = to.filter(hasMailbox);
    if (local.length > 0) await deliver(at.lmtpPort, raw, from, local);
    return `2.0.0 kept as ${own}`;
  }

  const server = new SMTPServer({
    logger: false,
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    size: 50 * 1024 * 1024,
    closeTimeout: 200,
    onRcptTo: (address, _session, done) => {
      const stranger = atHome(address.address) && !hasMailbox(address.address);
      done(stranger ? new SmtpRefusal(550, "5.1.1 no such user here") : null);
    },
    onData: (stream, session, done) => {
      const from = session.envelope.mailFrom;
      const to = session.envelope.rcptTo.map((recipient) => recipient.address);
      void (async () => {
        try {
          done(null, await keep(await collect(stream), from === false ? "" : from.address, to));
        } catch (error) {
          done(error instanceof Error ? error : new Error("the sink failed"));
        }
      })();
    },
  });
  server.on("error", () => undefined); // a client that hangs up is its own affair
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(at.port, "127.0.0.1", resolve);
  });

  return {
    count: () => kept.length,
    messages: () => [...kept],
    clear: () => {
      for (const mail of kept) {
        rmSync(mail.file, { force: true });
        rmSync(mail.file.replace(/\.eml$/, ".json"), { force: true });
      }
      kept = [];
      answer = "accept";
    },
    waitFor: (n, ms) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (kept.length < n) return;
          clearTimeout(late);
          waiting.delete(look);
          resolve([...kept]);
        };
        const late = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`The sink holds ${kept.length} of ${n} messages after ${ms} ms.`));
        }, ms);
        waiting.add(look);
        look();
      }),
    answerWith: (next) => {
      answer = next;
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function collect(stream: AsyncIterable<Buffer | string>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

async function deliver(port: number, raw: Buffer, from: string, to: string[]): Promise<void> {
  const transport = createTransport({ host: "127.0.0.1", port, lmtp: true, secure: false, ignoreTLS: true });
  try {
    await transport.sendMail({ envelope: { from, to }, raw });
  } finally {
    transport.close();
  }
}

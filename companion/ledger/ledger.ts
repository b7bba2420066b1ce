// The append-only record on disk. append() answers only after the lines are durable (write, fdatasync); appends that come
// meanwhile share the next sync. Must never let a caller believe in a record that is not on disk, and never change a good line.
import { mkdir, open as openFile } from "node:fs/promises";
import { join } from "node:path";
import type { AuditRecord, NewRecord } from "../../shared/audit.ts";
import { iso, systemClock, type Clock } from "../desk/clock.ts";
import { whyNotOpened, whyNotWritten } from "../state/disk-words.ts";
import { encodeLine, UnknownRecord } from "./line.ts";
import { takeLock } from "./lock.ts";
import { syncFolder } from "./mend.ts";
import { readLedger } from "./reopen.ts";
import { Segment, segmentName } from "./segment.ts";
import { checkFolder } from "../state/state-folder.ts";

/** The few operations on the active file; tests put a failing disk in their place. */
export interface LedgerFile {
  write(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>;
  datasync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

export interface LedgerOptions {
  /** `<state>/ledger`; made with mode 0700 when it is not there. */
  readonly folder: string;
  readonly clock?: Clock;
  /** The person keeps the texts of messages. Without it a record holding a text is refused. */
  readonly keepText?: boolean;
  /** A file that has grown to this many bytes is followed by a new one. */
  readonly rollAt?: number;
  readonly openFile?: (path: string, flags: string, mode: number) => Promise<LedgerFile>;
  /** Called at open for each good record, oldest first. */
  readonly visit?: (record: AuditRecord) => void;
}

/** The record could not be made durable; `message` is the sentence to show. */
export class LedgerError extends Error {
  override name = "LedgerError";
}

interface Waiting {
  readonly records: readonly NewRecord[];
  readonly resolve: (written: AuditRecord[]) => void;
  readonly reject: (error: LedgerError) => void;
}

const ROLL_AT = 16 * 1024 * 1024;
/** One read() answer stays well below the largest frame the channel carries. */
const READ_BYTES = 2 * 1024 * 1024;

export class Ledger {
  readonly keepText: boolean;
  readonly #options: LedgerOptions & { clock: Clock };
  #segments: Segment[] = [];
  #file: LedgerFile | null = null;
  /** A failed write may have left bytes behind the last good line; they are cut off before anything else is written. */
  #dirty = false;
  #last = 0;
  #queue: Waiting[] = [];
  #working: Promise<void> | null = null;
  #closed = false;
  #listeners = new Set<(record: AuditRecord) => void>();
  #unlock: () => Promise<void> = () => Promise.resolve();

  private constructor(options: LedgerOptions) {
    this.#options = { ...options, clock: options.clock ?? systemClock };
    this.keepText = options.keepText ?? false;
  }

  static async open(options: LedgerOptions): Promise<Ledger> {
    const ledger = new Ledger(options);
    try {
      await mkdir(options.folder, { recursive: true, mode: 0o700 });
      await checkFolder(options.folder);
      ledger.#unlock = await takeLock(join(options.folder, "lock"));
      await ledger.#load();
    } catch (error) {
      await ledger.close();
      if (error instanceof UnknownRecord)
        throw new LedgerError("The ledger was written by another version of Countersign. Update, then start again.");
      if (error instanceof Error && "code" in error) throw new LedgerError(whyNotOpened(error), { cause: error });
      throw error;
    }
    return ledger;
  }

  /** Number of the last record; 0 when there is none. */
  get size(): number {
    return this.#last;
  }

  /** Writes, numbers and dates records. Resolves when they are durable; rejects with a LedgerError when they are not. */
  append(records: readonly NewRecord[]): Promise<AuditRecord[]> {
    if (this.#closed) return Promise.reject(new LedgerError("The ledger is closed; nothing can be recorded."));
    return new Promise((resolve, reject) => {
      this.#queue.push({ records, resolve, reject });
      this.#working ??= this.#work();
    });
  }

  /** Records numbered above `after`, at most `limit`; fewer when they are large. */
  async read(wanted: { after: number; limit: number }): Promise<AuditRecord[]> {
    const found: AuditRecord[] = [];
    let size = 0;
    for (const segment of this.#segments) {
      if (segment.last <= wanted.after || found.length >= wanted.limit) continue;
      for await (const { record, bytes } of segment.read(wanted.after)) {
        size += bytes;
        if (found.length >= wanted.limit || (found.length > 0 && size > READ_BYTES)) return found;
        found.push(record);
      }
    }
    return found;
  }

  /** Hears of each record once it is durable, in order. The answer ends it. */
  on(listener: (record: AuditRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for what is being written, then lets go of the folder. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#working;
    await this.#file?.close();
    await this.#unlock();
  }

  async #load(): Promise<void> {
    const found = await readLedger(this.#options);
    this.#segments = found.segments;
    this.#last = found.last;
    await (found.fresh ? this.#startSegment() : this.#openNewest());
    if (found.gaps.length > 0) await this.append(found.gaps);
  }

  async #openNewest(): Promise<void> {
    const newest = this.#segments.at(-1);
    if (newest === undefined) return this.#startSegment();
    this.#file = await this.#open(newest.path, "r+");
  }

  async #startSegment(): Promise<void> {
    const segment = new Segment(this.#options.folder, segmentName(this.#last + 1));
    const file = await this.#open(segment.path, "a+").then(async (made) => {
      await made.close();
      return this.#open(segment.path, "r+");
    });
    await syncFolder(this.#options.folder);
    await this.#file?.close();
    this.#file = file;
    if (this.#segments.at(-1)?.name === segment.name) this.#segments.pop();
    this.#segments.push(segment);
  }

  #open(path: string, flags: string): Promise<LedgerFile> {
    return (this.#options.openFile ?? openFile)(path, flags, 0o600);
  }

  async #work(): Promise<void> {
    // One turn of waiting, so that everything asked for in this turn shares a sync.
    await Promise.resolve();
    while (this.#queue.length > 0) await this.#commit(this.#queue.splice(0));
    this.#working = null;
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const at = iso(this.#options.clock.now());
    let seq = this.#last;
    const lines: { record: AuditRecord; bytes: Buffer }[] = [];
    const done: { waiting: Waiting; written: AuditRecord[] }[] = [];
    for (const waiting of batch) {
      try {
        const made = waiting.records.map((record, index) => this.#line(record, seq + 1 + index, at));
        seq += made.length;
        lines.push(...made);
        done.push({ waiting, written: made.map((line) => line.record) });
      } catch (error) {
        waiting.reject(new LedgerError(error instanceof Error ? error.message : String(error)));
      }
    }
    if (lines.length > 0) {
      try {
        await this.#write(lines);
      } catch (error) {
        const trouble = new LedgerError(whyNotWritten(error), { cause: error });
        for (const { waiting } of done) waiting.reject(trouble);
        return;
      }
    }
    for (const { record } of lines) this.#tell(record);
    for (const { waiting, written } of done) waiting.resolve(written);
  }

  #tell(record: AuditRecord): void {
    for (const listener of this.#listeners) {
      try {
        listener(record);
      } catch (error) {
        // The record is on disk whatever a listener makes of it; its trouble is said aloud and stays its own.
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    }
  }

  #line(record: NewRecord, seq: number, at: string): { record: AuditRecord; bytes: Buffer } {
    if (record.kind === "decided" && record.summary.text !== null && !this.keepText)
      throw new Error("A record holds the text of a message, but texts are not kept here.");
    const whole: AuditRecord = { ...record, seq, at };
    return { record: whole, bytes: encodeLine(whole) };
  }

  async #write(lines: readonly { record: AuditRecord; bytes: Buffer }[]): Promise<void> {
    if (this.#dirty) await this.#cutBack();
    if ((this.#segments.at(-1)?.end ?? 0) >= (this.#options.rollAt ?? ROLL_AT)) await this.#startSegment();
    const segment = this.#segments.at(-1);
    const file = this.#file;
    if (segment === undefined || file === null) throw new Error("There is no ledger file.");
    const all = Buffer.concat(lines.map((line) => line.bytes));
    try {
      for (let written = 0; written < all.length;)
        written += (await file.write(all, written, all.length - written, segment.end + written)).bytesWritten;
      await file.datasync();
    } catch (error) {
      this.#dirty = true;
      await this.#cutBack().catch(() => undefined);
      throw error;
    }
    for (const { record, bytes } of lines) segment.note(record.seq, segment.end, segment.end + bytes.length);
    this.#last = segment.last;
  }

  async #cutBack(): Promise<void> {
    await this.#file?.truncate(this.#segments.at(-1)?.end ?? 0);
    this.#dirty = false;
  }
}

// One file of the ledger: which lines in it are good, where they start, and reading them back.
// Must never change a file and never pass on a damaged line.
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { AuditRecord } from "../../shared/audit.ts";
import { decodeLine } from "./line.ts";

const NEWLINE = 0x0a;
/** A place is remembered for each 64th record, so that reading from the middle needs no index on disk. */
const MARK_EVERY = 64;
const CHUNK = 256 * 1024;

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Named by the number of its first record: 0000000001.log */
export function segmentName(first: number): string {
  return `${String(first).padStart(10, "0")}.log`;
}
export const SEGMENT_NAME = /^\d{10}\.log$/;

export class Segment {
  readonly path: string;
  /** End of the last good line; everything before it is durable. */
  end = 0;
  /** Numbers of the first and last good record; 0 when there is none. */
  first = 0;
  last = 0;
  #count = 0;
  #marks: { seq: number; offset: number }[] = [];

  constructor(
    folder: string,
    readonly name: string,
  ) {
    this.path = join(folder, name);
  }

  /** Takes in a record that is now durable and ends at `end`. */
  note(seq: number, offset: number, end: number): void {
    if (this.#count % MARK_EVERY === 0) this.#marks.push({ seq, offset });
    this.#count += 1;
    if (this.first === 0) this.first = seq;
    this.last = seq;
    this.end = end;
  }

  /**
   * Looks at every line; `visit` also hears whether damage came right before the record. Answers the damaged places
   * before the last good line; what follows `end` is a torn tail.
   */
  scan(bytes: Buffer, after: number, visit: (record: AuditRecord, damageBefore: boolean) => void): Range[] {
    const damaged: Range[] = [];
    let bad: Range | null = null;
    let known = after;
    for (let from = 0; from < bytes.length;) {
      const newline = bytes.indexOf(NEWLINE, from);
      if (newline === -1) break;
      const record = decodeLine(bytes.subarray(from, newline));
      const to = newline + 1;
      if (record !== null && record.seq > known) {
        known = record.seq;
        this.note(record.seq, from, to);
        visit(record, bad !== null);
        if (bad !== null) damaged.push(bad);
        bad = null;
      } else {
        bad = { from: bad === null ? from : bad.from, to };
      }
      from = to;
    }
    return damaged;
  }

  /** Good records numbered above `after`, in order. */
  async *read(after: number): AsyncGenerator<{ record: AuditRecord; bytes: number }> {
    const end = this.end;
    let offset = this.#marks.findLast((mark) => mark.seq <= after + 1)?.offset ?? 0;
    const file = await open(this.path, "r");
    try {
      let rest = Buffer.alloc(0);
      while (offset < end) {
        const chunk = Buffer.alloc(Math.min(CHUNK, end - offset));
        const { bytesRead } = await file.read(chunk, 0, chunk.length, offset);
        if (bytesRead === 0) return;
        offset += bytesRead;
        rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
        let from = 0;
        for (let newline = rest.indexOf(NEWLINE); newline !== -1; newline = rest.indexOf(NEWLINE, from)) {
          const record = decodeLine(rest.subarray(from, newline));
          if (record !== null && record.seq > after) yield { record, bytes: newline - from };
          from = newline + 1;
        }
        rest = rest.subarray(from);
      }
    } finally {
      await file.close();
    }
  }
}

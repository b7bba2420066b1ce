// Reads the whole ledger once at start: which records are good, which number is next, and what has to be confessed as a gap.
// Must never hide damage: whatever is not a good record is named in a gap, once.
import { readdir, readFile } from "node:fs/promises";
import type { AuditRecord, NewRecord } from "../../shared/audit.ts";
import { iso, type Clock } from "../desk/clock.ts";
import { moveTornTail } from "./mend.ts";
import { Segment, SEGMENT_NAME } from "./segment.ts";

export interface FoundLedger {
  readonly segments: Segment[];
  /** The highest number ever given, as far as can be told. */
  readonly last: number;
  /** The newest file is damaged before its end (or there is none): what comes next goes into a new one. */
  readonly fresh: boolean;
  readonly gaps: NewRecord[];
}

interface Wanted {
  readonly folder: string;
  readonly clock: Clock;
  readonly visit?: (record: AuditRecord) => void;
}

export async function readLedger({ folder, clock, visit }: Wanted): Promise<FoundLedger> {
  const names = (await readdir(folder)).filter((name) => SEGMENT_NAME.test(name)).toSorted();
  const segments: Segment[] = [];
  const told = new Set<string>();
  const troubles: string[] = [];
  let last = 0;
  let lastAt = "";
  /** The file before this one ends in damage. */
  let spoiled = false;
  let fresh = names.length === 0;

  for (const name of names) {
    const segment = new Segment(folder, name);
    const bytes = await readFile(segment.path);
    const damaged = segment.scan(bytes, last, (record, damageBefore) => {
      // A hole in the numbers is told by the gap record that follows it, or by the damage it comes from; else it is news.
      if (record.kind === "gap") told.add(record.why);
      else if (record.seq !== last + 1 && !damageBefore && !spoiled)
        troubles.push(`Records ${last + 1} to ${record.seq - 1} are missing from the ledger.`);
      last = record.seq;
      spoiled = false;
      lastAt = record.at;
      visit?.(record);
    });
    segments.push(segment);
    for (const { from, to } of damaged)
      troubles.push(`Records in ${name} are damaged (bytes ${from} to ${to}); the file is kept as it is.`);
    const newest = name === names.at(-1);
    fresh ||= newest && damaged.length > 0;
    if (segment.end === bytes.length) continue;
    spoiled = true;
    // A number once given is never given again: each whole line in the bad tail may have been a record somebody knows.
    last += bytes.subarray(segment.end).filter((byte) => byte === 0x0a).length;
    if (newest && !fresh) {
      const kept = await moveTornTail(segment.path, bytes, segment.end, clock.now());
      troubles.push(`The last write was cut off; its ${bytes.length - segment.end} bytes are kept in ${kept}.`);
    } else {
      troubles.push(`Records in ${name} are damaged from byte ${segment.end} on; the file is kept as it is.`);
    }
  }

  const until = iso(clock.now());
  const gaps = troubles
    .filter((why) => !told.has(why))
    .map((why): NewRecord => ({ kind: "gap", from: lastAt === "" ? until : lastAt, until, why }));
  return { segments, last, fresh, gaps };
}

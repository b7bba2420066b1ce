// Writes the history: what the companion records, folded into rows, in IndexedDB. The only writer there is.
// Must never change what a record says, and never hide a hole: what cannot be filled becomes a row of its own.
import { fold, rowId, type AuditRecord, type Row } from "../../shared/audit.ts";
import { HistoryDb, LEDGER_SPAN, termsOf, type StoredRow } from "../history-store.ts";
import { asking, type Door } from "./link/door.ts";

const PAGE = 500;

function searched(row: Row, order: number): StoredRow {
  const decided = row.decided;
  const summary = decided?.summary;
  const people = [...new Set((summary?.people ?? []).map(({ address }) => address.toLowerCase()))];
  const text = [
    row.words,
    summary?.title,
    summary?.account,
    summary?.place,
    summary?.verb.replaceAll(/[.-]/g, " "),
    ...(summary?.people ?? []).map(({ name }) => name),
    ...people,
    ...(summary?.items ?? []),
    ...(summary?.attachments ?? []).map(({ name }) => name),
    decided?.because,
    row.outcome?.note,
  ].join(" ");
  return { ...row, order, verb: summary?.verb ?? "", verdict: decided?.verdict ?? "", people, terms: termsOf(text) };
}

/** Enough to tell a record from one with the same number in another ledger. */
const mark = (record: AuditRecord): string => `${record.seq} ${record.at} ${rowId(record)}`;

export interface HistoryWriter {
  /** A record the companion pushed; fetches what lies between when it jumps. */
  readonly heard: (record: AuditRecord, door: Door) => Promise<void>;
  /** Everything the companion has that is not here. */
  readonly catchUp: (door: Door) => Promise<void>;
  /** A time in which nothing could be known: from, until, in words. */
  readonly gap: (fromIso: string, untilIso: string, why: string) => Promise<void>;
}

export function createHistory(db: HistoryDb = new HistoryDb()): HistoryWriter {
  let last: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const mine = last.then(work);
    last = mine.catch((error: unknown) => console.warn("The history was not written:", error));
    return mine;
  };
  const channel = new BroadcastChannel(db.name);

  const ledger = async (): Promise<number> => (await db.facts.get("ledger"))?.value ?? 0;
  const highest = async (): Promise<number> => {
    const newest = await db.records.orderBy("order").last();
    return newest && Math.floor(newest.order / LEDGER_SPAN) === (await ledger()) ? newest.record.seq : 0;
  };

  async function write(records: readonly AuditRecord[]): Promise<void> {
    await db.transaction("rw", db.records, db.rows, db.facts, async () => {
      const number = await ledger();
      for (const record of records) {
        const order = number * LEDGER_SPAN + record.seq;
        await db.records.put({ order, record });
        const id = "action" in record ? record.action : number === 0 ? rowId(record) : `${number}/${rowId(record)}`;
        const before = await db.rows.get(id);
        const row = fold(before, record);
        if (row) await db.rows.put(searched({ ...row, id }, before?.order ?? order));
      }
    });
    channel.postMessage("changed");
  }

  async function gapRow(from: string, until: string, why: string): Promise<void> {
    const number = await ledger();
    const seq = await highest();
    const order = number * LEDGER_SPAN + seq + 0.5;
    const none = { state: null, decided: null, answered: null, spentAt: null, outcome: null };
    const words = `${why} From ${from} until ${until}.`;
    await db.rows.put(
      searched(
        { id: number === 0 ? `gap:${from}` : `${number}/gap:${from}`, kind: "gap", seq, at: until, ...none, words },
        order,
      ),
    );
    channel.postMessage("changed");
  }

  const page = (door: Door, after: number, limit: number) => asking(door, { type: "records", after, limit }, "records");

  /** Another companion, or one whose ledger was lost: its numbers begin again, what is here stays. */
  async function sameLedger(door: Door): Promise<void> {
    const seq = await highest();
    if (seq === 0) return;
    const mine = (await db.records.get((await ledger()) * LEDGER_SPAN + seq))?.record;
    const theirs = (await page(door, seq - 1, 1)).records[0];
    if (mine && theirs && mark(theirs) === mark(mine)) return;
    const now = new Date().toISOString();
    await gapRow(mine?.at ?? now, now, "The companion keeps another ledger than the one this browser knew.");
    await db.facts.put({ key: "ledger", value: (await ledger()) + 1 });
  }

  async function fill(door: Door): Promise<void> {
    await sameLedger(door);
    for (;;) {
      const after = await highest();
      const { records, size } = await page(door, after, PAGE);
      if (records.length === 0) {
        if (size > after) await missing(after + 1, size);
        return;
      }
      let next = after + 1;
      let run: AuditRecord[] = [];
      for (const record of records) {
        if (record.seq > next) {
          await write(run);
          await missing(next, record.seq - 1);
          run = [];
        }
        run.push(record);
        next = record.seq + 1;
      }
      await write(run);
    }
  }

  const missing = (first: number, until: number): Promise<void> =>
    gapRow(`record ${first}`, `record ${until}`, "The companion could not give records.");

  return {
    heard: (record, door) =>
      inTurn(async () => {
        const known = await highest();
        if (record.seq <= known) return;
        if (record.seq > known + 1) await fill(door);
        else await write([record]);
      }),
    catchUp: (door) => inTurn(() => fill(door)),
    gap: (from, until, why) => inTurn(() => gapRow(from, until, why)),
  };
}

// The history in IndexedDB: its tables and everything that reads them; pages and background both open it here.
// Must never write a row: only background/history.ts does, and it tells readers through the channel below.
import { Dexie, type EntityTable } from "dexie";
import type { Verb } from "../shared/action.ts";
import type { AuditRecord, Row, RowState } from "../shared/audit.ts";
import type { Verdict } from "../shared/decision.ts";

export const HISTORY_DB = "countersign-history";

/** A record as the companion wrote it; `order` puts the ledgers this browser has known one after the other. */
export interface StoredRecord {
  readonly order: number;
  readonly record: AuditRecord;
}

/** A row with what is searched in it. */
export interface StoredRow extends Row {
  /** Newest last: number of the ledger times LEDGER_SPAN, plus seq. */
  readonly order: number;
  readonly verb: Verb | "";
  readonly verdict: Verdict | "";
  /** Addresses in lower case. */
  readonly people: readonly string[];
  /** Words of subject, people, place, reasons, in lower case, each once. */
  readonly terms: readonly string[];
}

export const LEDGER_SPAN = 1_000_000_000;

export class HistoryDb extends Dexie {
  declare records: EntityTable<StoredRecord, "order">;
  declare rows: EntityTable<StoredRow, "id">;
  declare facts: EntityTable<{ key: string; value: number }, "key">;
  constructor(name = HISTORY_DB) {
    super(name);
    this.version(1).stores({ records: "order", rows: "id, order, at, state, verb, *people, *terms", facts: "key" });
  }
}

export interface RowQuery {
  readonly verdict?: Verdict | undefined;
  readonly state?: RowState | undefined;
  readonly kind?: Row["kind"] | undefined;
  readonly verb?: Verb | undefined;
  /** Beginning of an address. */
  readonly person?: string | undefined;
  /** Words; each must begin a word of the row. */
  readonly text?: string | undefined;
  /** `order` of the last row already shown. */
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface History {
  /** Newest first. */
  queryRows(query: RowQuery): Promise<StoredRow[]>;
  row(id: string): Promise<StoredRow | undefined>;
  /** All records of one action, oldest first. */
  recordsOf(id: string): Promise<AuditRecord[]>;
  /** How many rows stand in each state since a time; rows about the guard count under their kind. */
  countByState(sinceIso: string): Promise<Partial<Record<RowState | Row["kind"], number>>>;
  /** Calls back after every change; returns how to stop. */
  watchRows(changed: () => void): () => void;
  close(): void;
}

/** Lower-case words of a text, each once: what `terms` holds and what a search is split into. */
export function termsOf(text: string): string[] {
  return [...new Set(text.toLowerCase().match(/[\p{L}\p{N}@._+-]+/gu) ?? [])];
}

export function openHistory(db: HistoryDb = new HistoryDb()): History {
  return {
    queryRows: (query) => queryRows(db, query),
    row: (id) => db.rows.get(id),
    recordsOf: async (id) => {
      const row = await db.rows.get(id);
      if (!row) return [];
      const found = await db.records.where("order").aboveOrEqual(Math.floor(row.order)).toArray();
      return found.map((each) => each.record).filter((record) => "action" in record && record.action === id);
    },
    countByState: async (sinceIso) => {
      const counts: Partial<Record<RowState | Row["kind"], number>> = {};
      await db.rows
        .where("at")
        .aboveOrEqual(sinceIso)
        .each((row) => {
          const name = row.state ?? row.kind;
          counts[name] = (counts[name] ?? 0) + 1;
        });
      return counts;
    },
    watchRows: (changed) => {
      const channel = new BroadcastChannel(db.name);
      channel.addEventListener("message", changed);
      return () => channel.close();
    },
    close: () => db.close(),
  };
}

async function queryRows(db: HistoryDb, query: RowQuery): Promise<StoredRow[]> {
  const words = termsOf(query.text ?? "");
  const person = (query.person ?? "").toLowerCase();
  const before = query.before ?? Infinity;
  const fits = (row: StoredRow): boolean =>
    row.order < before &&
    (query.verdict === undefined || row.verdict === query.verdict) &&
    (query.state === undefined || row.state === query.state) &&
    (query.kind === undefined || row.kind === query.kind) &&
    (query.verb === undefined || row.verb === query.verb) &&
    (person === "" || row.people.some((address) => address.startsWith(person))) &&
    words.every((word) => row.terms.some((term) => term.startsWith(word)));
  // One index narrows it down; without one, newest first until the page is full.
  const narrow =
    person !== ""
      ? db.rows.where("people").startsWith(person)
      : words[0] !== undefined
        ? db.rows.where("terms").startsWith(words[0])
        : query.verb !== undefined
          ? db.rows.where("verb").equals(query.verb)
          : query.state !== undefined
            ? db.rows.where("state").equals(query.state)
            : null;
  if (!narrow) {
    const newestFirst = db.rows.where("order").below(before);
    newestFirst.reverse();
    return newestFirst.filter(fits).limit(query.limit).toArray();
  }
  const found = await narrow.distinct().filter(fits).toArray();
  return found.toSorted((a, b) => b.order - a.order).slice(0, query.limit);
}

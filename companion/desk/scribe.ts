// Two ways of writing a record: `must`, for what widens (nothing may follow unless it is on disk), and `note`, for what
// narrows or reports (it takes effect at once; if the disk fails the words are owed and written before the next record).
// Must never let a release go on after a failed `must`.
import type { NewRecord } from "../../shared/audit.ts";
import type { Ledger } from "../ledger/ledger.ts";

/** More than this is not kept in memory; the number of what was lost is confessed instead. */
const MOST_OWED = 5_000;

export class Scribe {
  readonly #ledger: Pick<Ledger, "append">;
  #owed: NewRecord[] = [];
  #lost = 0;

  constructor(ledger: Pick<Ledger, "append">) {
    this.#ledger = ledger;
  }

  /** How many records wait for the disk. */
  get owed(): number {
    return this.#owed.length + this.#lost;
  }

  /** Rejects with the ledger's sentence when the records are not durable. */
  async must(records: readonly NewRecord[]): Promise<void> {
    const owed = this.#owed.splice(0);
    const lost = this.#lost;
    this.#lost = 0;
    try {
      await this.#ledger.append([...owed, ...confession(lost), ...records.map(writable)]);
    } catch (error) {
      this.#owed.unshift(...owed);
      this.#lost += lost;
      throw error;
    }
  }

  /** Never rejects. False when the records could not be written yet. */
  async note(records: readonly NewRecord[]): Promise<boolean> {
    try {
      await this.must(records);
      return true;
    } catch {
      for (const record of records) {
        if (this.#owed.length < MOST_OWED) this.#owed.push(writable(record));
        else this.#lost += 1;
      }
      return false;
    }
  }
}

function confession(lost: number): NewRecord[] {
  if (lost === 0) return [];
  return [
    { kind: "guard", what: "Records lost", detail: `${lost} records could not be written while the disk failed.` },
  ];
}

/** Half a surrogate pair, as a page may put into any text, cannot be written as JSON: it becomes U+FFFD. */
function writable(record: NewRecord): NewRecord {
  return mapStrings(record, (text) => text.replaceAll(/\p{Surrogate}/gu, "\ufffd"));
}

function mapStrings<T>(value: T, change: (text: string) => string): T {
  const walk = (it: unknown): unknown => {
    if (typeof it === "string") return change(it);
    if (Array.isArray(it)) return it.map(walk);
    if (typeof it !== "object" || it === null) return it;
    return Object.fromEntries(Object.entries(it).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(value) as T;
}

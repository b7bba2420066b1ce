// The page's view of the history tables: the rows asked for and today's, read again after every change.
// Must never write.
import { useEffect, useState } from "preact/hooks";
import { openHistory, type RowQuery, type StoredRow } from "../../history-store.ts";
import type { Wanted } from "./filter.tsx";

export const PAGE = 50;
/** Most rows of one day that the timeline and the counts look at. */
export const DAY_LIMIT = 5_000;

export interface Rows {
  readonly rows: readonly StoredRow[];
  readonly today: readonly StoredRow[];
  /** True when there are older ones. */
  readonly more: boolean;
}

const startOfDay = (now: number): number => new Date(now).setHours(0, 0, 0, 0);

function queryOf(wanted: Wanted, limit: number): RowQuery {
  return {
    limit,
    text: wanted.text,
    person: wanted.person.trim(),
    verb: wanted.verb === "" ? undefined : wanted.verb,
    state: wanted.state === "" ? undefined : wanted.state,
    kind: wanted.kind === "" ? undefined : wanted.kind,
  };
}

/** null until the first read is through. */
export function useRows(wanted: Wanted, pages: number): Rows | null {
  const [found, setFound] = useState<Rows | null>(null);
  useEffect(() => {
    const history = openHistory();
    let current = true;
    const read = async () => {
      const start = startOfDay(Date.now());
      const today = (await history.queryRows({ limit: DAY_LIMIT })).filter((row) => Date.parse(row.at) >= start);
      const limit = pages * PAGE;
      const { hour } = wanted;
      const all = await history.queryRows(queryOf(wanted, hour === null ? limit + 1 : DAY_LIMIT));
      const fitting =
        hour === null ? all : all.filter((row) => Date.parse(row.at) >= start && new Date(row.at).getHours() === hour);
      if (current) setFound({ rows: fitting.slice(0, limit), today, more: fitting.length > limit });
    };
    // A read that fails (the tables are being upgraded) is made again at the next change.
    const readAgain = () => void read().catch(() => undefined);
    readAgain();
    const stop = history.watchRows(readAgain);
    return () => {
      current = false;
      stop();
      history.close();
    };
  }, [wanted, pages]);
  return found;
}

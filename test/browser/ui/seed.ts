// Fills the history's tables in the page's own origin, as the background would.
import { HistoryDb, type StoredRow } from "../../../extension/history-store.ts";

declare global {
  interface Window {
    seed: (rows: StoredRow[]) => Promise<void>;
  }
}
window.seed = async (rows) => {
  const db = new HistoryDb();
  await db.rows.clear();
  await db.rows.bulkPut(rows);
  db.close();
};

// Fills the history's tables in the page's own origin, as the background would.
import { HistoryDb } from "../../../extension/history-store.ts";

window.seed = async (rows) => {
  const db = new HistoryDb();
  await db.rows.clear();
  await db.rows.bulkPut(rows);
  db.close();
};

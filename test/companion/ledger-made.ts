// Short ways to open a ledger and to read what is in it.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { AuditRecord } from "../../shared/audit.ts";
import { Ledger, type LedgerOptions } from "../../companion/ledger/ledger.ts";
import { HandClock } from "./made.ts";

const clock = new HandClock();
export const open = (path: string, over: Partial<LedgerOptions> = {}) => Ledger.open({ folder: path, clock, ...over });
export const all = (ledger: Ledger) => ledger.read({ after: 0, limit: 10_000 });
export const whats = (records: readonly AuditRecord[]) =>
  records.map((record) => (record.kind === "guard" ? record.what : `(${record.kind})`));
export const onlyFile = (path: string) =>
  join(path, readdirSync(path).find((name) => name.endsWith(".log")) ?? "no ledger file");

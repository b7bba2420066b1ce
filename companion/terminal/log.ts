// `countersign log [--json] [--follow]`: the record, oldest first, from the running companion or from the files.
// Must never write to the ledger, and never print text of a page unquoted (JSON lines are escaped by their form).
import { join } from "node:path";
import type { AuditRecord } from "../../shared/audit.ts";
import { hearAll, NotRunning } from "./control-client.ts";
import { Ledger } from "../ledger/ledger.ts";
import { readArguments } from "./arguments.ts";
import { homeFolder } from "./home.ts";
import { logLine } from "./log-line.ts";
import { Refusal } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";
import { existsSync } from "node:fs";

async function* recordsOf(home: string, follow: boolean): AsyncGenerator<AuditRecord> {
  try {
    for await (const line of hearAll<"log">(home, { ask: "log", after: 0, follow })) {
      if ("end" in line) return;
      yield line.record;
    }
  } catch (error) {
    if (!(error instanceof NotRunning) || follow) throw error;
    yield* recordsOnDisk(home);
  }
}

async function* recordsOnDisk(home: string): AsyncGenerator<AuditRecord> {
  const folder = join(home, "ledger");
  if (!existsSync(folder)) throw new Refusal("There is no record yet. Start Countersign with `countersign start`.");
  const ledger = await Ledger.open({ folder });
  try {
    let after = 0;
    for (;;) {
      const batch = await ledger.read({ after, limit: 500 });
      if (batch.length === 0) return;
      yield* batch;
      after = batch.at(-1)?.seq ?? after;
    }
  } finally {
    await ledger.close();
  }
}

export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { flags } = readArguments(args, { json: { type: "boolean" }, follow: { type: "boolean" } });
  for await (const record of recordsOf(homeFolder(), flags["follow"] === true)) {
    terminal.print(flags["json"] === true ? asJson(record) : logLine(record));
  }
  return 0;
}

/** JSON with every character that is not plain ASCII escaped, so that a terminal shows it and does not obey it. */
function asJson(record: AuditRecord): string {
  return JSON.stringify(record).replaceAll(
    /[\u007f-\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

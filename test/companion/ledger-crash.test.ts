// A process that is killed between a write and its sync.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { build } from "vite";
import { expect, test } from "vitest";
import { RecordSchema } from "../../shared/audit.ts";
import * as v from "valibot";
import { Ledger } from "../../companion/ledger/ledger.ts";
import { folder } from "./made.ts";

async function appender(): Promise<string> {
  const outDir = folder();
  await build({
    configFile: false,
    logLevel: "error",
    ssr: { noExternal: true },
    build: {
      ssr: join(import.meta.dirname, "appender.ts"),
      outDir,
      rollupOptions: { output: { entryFileNames: "appender.mjs" } },
    },
  });
  return join(outDir, "appender.mjs");
}

test("killed between write and sync, again and again: every acknowledged record is there, in place, unchanged", async () => {
  const program = await appender();
  const path = folder();
  const acknowledged = [];
  for (const fatal of [1, 7, 40]) {
    const child = spawn(process.execPath, [program, path, String(fatal)], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    const [, signal] = await once(child, "close");
    expect(signal).toBe("SIGKILL");
    const lines = said.split("\n").filter((line) => line !== "");
    acknowledged.push(...lines.map((line) => v.parse(RecordSchema, JSON.parse(line))));
  }
  expect(acknowledged.length).toBeGreaterThan(40);
  const ledger = await Ledger.open({ folder: path });
  const found = new Map((await ledger.read({ after: 0, limit: 100_000 })).map((record) => [record.seq, record]));
  for (const record of acknowledged) expect(found.get(record.seq)).toEqual(record);
  expect([...found.keys()]).toEqual(Array.from({ length: found.size }, (_, index) => index + 1));
  await ledger.close();
});

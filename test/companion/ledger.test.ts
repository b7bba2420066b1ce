// Writing, reading, locking and a disk that fails.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { LedgerError } from "../../companion/ledger/ledger.ts";
import { leafHash } from "../../companion/ledger/line.ts";
import { folder, guardRecord, HandClock, WeakDisk } from "./made.ts";
import { all, onlyFile, open, whats } from "./ledger-made.ts";
import type { AuditRecord } from "../../shared/audit.ts";

describe("writing and reading", () => {
  test("records are numbered, dated and come back", async () => {
    const path = folder();
    const ledger = await open(path);
    const written = await ledger.append([guardRecord("one"), guardRecord("two", "schön 👋")]);
    expect(written.map((record) => [record.seq, record.at])).toEqual([
      [1, "2026-03-02T09:00:00.000Z"],
      [2, "2026-03-02T09:00:00.000Z"],
    ]);
    await ledger.append([guardRecord("three")]);
    expect(ledger.size).toBe(3);
    expect(whats(await ledger.read({ after: 1, limit: 1 }))).toEqual(["two"]);
    await ledger.close();
    const seen: AuditRecord[] = [];
    const again = await open(path, { visit: (record) => seen.push(record) });
    expect(await all(again)).toEqual(seen);
    expect(whats(seen)).toEqual(["one", "two", "three"]);
    expect((await again.append([guardRecord("four")]))[0]?.seq).toBe(4);
    await again.close();
  });

  test("each line is the RFC 6962 leaf hash and the bytes it is over", async () => {
    const path = folder();
    const ledger = await open(path);
    await ledger.append([guardRecord("one"), guardRecord("two")]);
    await ledger.close();
    const lines = readFileSync(onlyFile(path), "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line.slice(0, 64)).toBe(leafHash(Buffer.from(line.slice(65))));
    expect(lines[0]?.slice(65)).toBe(
      '{"at":"2026-03-02T09:00:00.000Z","detail":"","kind":"guard","seq":1,"what":"one"}',
    );
  });

  test("appends made together share one sync, keep their order, and are heard in that order", async () => {
    const disk = new WeakDisk();
    const ledger = await open(folder(), { openFile: disk.openFile });
    const heard: number[] = [];
    ledger.on((record) => heard.push(record.seq));
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const [record] = await ledger.append([guardRecord(String(index))]);
        order.push(record?.seq ?? 0);
      }),
    );
    expect(disk.syncs).toBe(1);
    expect(order).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    expect(heard).toEqual(order);
    expect(whats(await all(ledger))).toEqual(Array.from({ length: 200 }, (_, index) => String(index)));
    await ledger.close();
  });

  test("a file that has grown is followed by another", async () => {
    const path = folder();
    const ledger = await open(path, { rollAt: 300 });
    for (let count = 1; count <= 9; count += 1) await ledger.append([guardRecord(`r${count}`)]);
    expect(readdirSync(path).filter((name) => name.endsWith(".log")).length).toBeGreaterThan(1);
    expect(whats(await ledger.read({ after: 4, limit: 3 }))).toEqual(["r5", "r6", "r7"]);
    await ledger.close();
    const again = await open(path, { rollAt: 300 });
    expect(whats(await all(again))).toEqual(["r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9"]);
    await again.close();
  });

  test("time set back is recorded as the clock says; the numbers keep the order", async () => {
    const hand = new HandClock();
    const ledger = await open(folder(), { clock: hand });
    await ledger.append([guardRecord("before")]);
    hand.jump(-3_600_000);
    await ledger.append([guardRecord("after")]);
    expect((await all(ledger)).map((record) => [record.seq, record.at.slice(11, 13)])).toEqual([
      [1, "09"],
      [2, "08"],
    ]);
    await ledger.close();
  });

  test("what JSON cannot carry is refused alone; its neighbours are written", async () => {
    const ledger = await open(folder());
    const [one, bad, two] = await Promise.allSettled([
      ledger.append([guardRecord("one")]),
      ledger.append([guardRecord("\ud800")]),
      ledger.append([guardRecord("two")]),
    ]);
    expect([one.status, bad.status, two.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect((await all(ledger)).map((record) => record.seq)).toEqual([1, 2]);
    await ledger.close();
  });
});

describe("one process at a time", () => {
  test("a second companion is refused; after the first is gone it may", async () => {
    const path = folder();
    const first = await open(path);
    await expect(open(path)).rejects.toThrow(/Another Countersign/);
    await first.close();
    await (await open(path)).close();
  });

  test("a lock left by a process that is gone is taken over", async () => {
    const path = folder();
    mkdirSync(path, { recursive: true });
    for (const left of [
      '{"pid":999999999,"born":""}',
      `{"pid":${process.pid},"born":"x"}`,
      `{"pid":1,"born":"other boot:1"}`,
      "garbage",
    ]) {
      writeFileSync(join(path, "lock"), left);
      await (await open(path)).close();
    }
    expect(readdirSync(path).filter((name) => name.startsWith("lock"))).toEqual([]);
  });
});

describe("a disk that fails", () => {
  test.each(["failWrite", "failSync"] as const)(
    "%s: the append rejects, nothing of it is left, and afterwards it goes on",
    async (how) => {
      const path = folder();
      const disk = new WeakDisk();
      const ledger = await open(path, { openFile: disk.openFile });
      await ledger.append([guardRecord("before")]);
      const heard: AuditRecord[] = [];
      ledger.on((record) => heard.push(record));
      disk[how] = "ENOSPC";
      const lost = ledger.append([guardRecord("lost"), guardRecord("lost too")]);
      await expect(lost).rejects.toThrow(LedgerError);
      await expect(lost).rejects.toThrow(/disk is full.*nothing is released/);
      expect(heard).toEqual([]);
      expect(ledger.size).toBe(1);
      disk[how] = null;
      const [next] = await ledger.append([guardRecord("after")]);
      expect(next?.seq).toBe(2);
      expect(whats(await all(ledger))).toEqual(["before", "after"]);
      await ledger.close();
      const again = await open(path);
      expect(whats(await all(again))).toEqual(["before", "after"]);
      await again.close();
    },
  );

  test("a half-written line that cannot even be cut back blocks the ledger until it can", async () => {
    const path = folder();
    const disk = new WeakDisk();
    const ledger = await open(path, { openFile: disk.openFile });
    await ledger.append([guardRecord("before")]);
    disk.failWrite = "EIO";
    disk.failTruncate = "EIO";
    await expect(ledger.append([guardRecord("half".repeat(50))])).rejects.toThrow(/EIO/);
    disk.failWrite = null;
    const writes = disk.writes;
    await expect(ledger.append([guardRecord("no")])).rejects.toThrow(LedgerError);
    expect(disk.writes).toBe(writes);
    disk.failTruncate = null;
    await ledger.append([guardRecord("after")]);
    await ledger.close();
    const again = await open(path);
    expect(whats(await all(again))).toEqual(["before", "after"]);
    await again.close();
  });
});

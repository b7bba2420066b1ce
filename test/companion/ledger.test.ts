import { appendFileSync, mkdirSync, readFileSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AuditRecord } from "../../shared/audit.ts";
import { Ledger, LedgerError, type LedgerOptions } from "../../companion/ledger.ts";
import { leafHash } from "../../companion/line.ts";
import { folder, guardRecord, HandClock, WeakDisk } from "./made.ts";

const clock = new HandClock();
const open = (path: string, over: Partial<LedgerOptions> = {}) => Ledger.open({ folder: path, clock, ...over });
const all = (ledger: Ledger) => ledger.read({ after: 0, limit: 10_000 });
const whats = (records: readonly AuditRecord[]) =>
  records.map((record) => (record.kind === "guard" ? record.what : `(${record.kind})`));
const onlyFile = (path: string) =>
  join(path, readdirSync(path).find((name) => name.endsWith(".log")) ?? "no ledger file");

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

describe("damage", () => {
  const record = fc.record({ kind: fc.constant("guard" as const), what: fc.string(), detail: fc.string() });
  const appends = fc.array(fc.array(record, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 });

  test("cut anywhere: what was whole stays, nothing is invented, the rest is kept beside, and it goes on", async () => {
    await fc.assert(
      fc.asyncProperty(appends, fc.nat(), async (batches, place) => {
        const path = folder();
        const ledger = await open(path);
        for (const batch of batches) await ledger.append(batch);
        const before = await all(ledger);
        await ledger.close();
        const file = onlyFile(path);
        const bytes = readFileSync(file);
        const cut = place % (bytes.length + 1);
        truncateSync(file, cut);
        const whole = bytes.subarray(0, cut).filter((byte) => byte === 0x0a).length;
        const torn = cut - (whole === 0 ? 0 : bytes.subarray(0, cut).lastIndexOf(0x0a) + 1);

        const again = await open(path);
        const [added] = await again.append([guardRecord("goes on")]);
        const after = await all(again);
        await again.close();
        expect(after.slice(0, whole)).toEqual(before.slice(0, whole));
        expect(whats(after.slice(whole))).toEqual(torn > 0 ? ["(gap)", "goes on"] : ["goes on"]);
        expect(added?.seq).toBe(after.length);
        const kept = readdirSync(path).filter((name) => name.includes(".torn-"));
        expect(kept.map((name) => readFileSync(join(path, name)).length)).toEqual(torn > 0 ? [torn] : []);

        const third = await open(path);
        expect(await all(third)).toEqual(after);
        await third.close();
      }),
      { numRuns: 60 },
    );
  });

  test("one flipped bit anywhere: no record changes, at most one is lost, and the loss is told once", async () => {
    await fc.assert(
      fc.asyncProperty(appends, fc.nat(), fc.integer({ min: 0, max: 7 }), async (batches, place, bit) => {
        const path = folder();
        const ledger = await open(path);
        for (const batch of batches) await ledger.append(batch);
        await ledger.append([guardRecord("last")]);
        const before = await all(ledger);
        await ledger.close();
        const file = onlyFile(path);
        const bytes = readFileSync(file);
        const at = place % bytes.length;
        bytes.writeUInt8((bytes[at] ?? 0) ^ (1 << bit), at);
        writeFileSync(file, bytes);

        const again = await open(path);
        const after = await all(again);
        await again.close();
        const known = new Map(before.map((it) => [it.seq, it]));
        const old = after.filter((it) => it.kind !== "gap");
        for (const it of old) expect(it).toEqual(known.get(it.seq));
        // A flipped newline joins two lines.
        expect(before.length - old.length).toBeGreaterThanOrEqual(1);
        expect(before.length - old.length).toBeLessThanOrEqual(2);
        expect(after.filter((it) => it.kind === "gap")).toHaveLength(1);
        const third = await open(path);
        expect(await all(third)).toEqual(after);
        await third.close();
      }),
      { numRuns: 60 },
    );
  });

  test("a damaged line in the middle: the file stays as it is and a new one is begun", async () => {
    const path = folder();
    const ledger = await open(path);
    await ledger.append([guardRecord("one"), guardRecord("two"), guardRecord("three")]);
    await ledger.close();
    const file = onlyFile(path);
    const spoiled = readFileSync(file, "latin1").replace("two", "TWO");
    writeFileSync(file, spoiled, "latin1");
    const again = await open(path);
    await again.append([guardRecord("four")]);
    expect(whats(await all(again))).toEqual(["one", "three", "(gap)", "four"]);
    expect(readFileSync(file, "latin1")).toBe(spoiled);
    expect(readdirSync(path).filter((name) => name.endsWith(".log"))).toEqual(["0000000001.log", "0000000004.log"]);
    await again.close();
  });

  test("lines taken out of the middle are missed", async () => {
    const path = folder();
    const ledger = await open(path);
    await ledger.append([guardRecord("one"), guardRecord("two"), guardRecord("three")]);
    await ledger.close();
    const file = onlyFile(path);
    const lines = readFileSync(file, "latin1").split("\n");
    writeFileSync(file, lines.toSpliced(1, 1).join("\n"), "latin1");
    const again = await open(path);
    expect((await all(again)).at(-1)).toMatchObject({
      kind: "gap",
      why: "Records 2 to 2 are missing from the ledger.",
    });
    await again.close();
  });

  test("whole lines of a kind nobody here knows stop the start: they may hold a refusal or a stop", async () => {
    const path = folder();
    await (await open(path)).close();
    const json = '{"at":"2026-03-02T09:00:00.000Z","kind":"verdict-2","seq":1}';
    appendFileSync(onlyFile(path), `${leafHash(Buffer.from(json))} ${json}\n`);
    await expect(open(path)).rejects.toThrow(/another version/);
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

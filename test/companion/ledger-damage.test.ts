// Torn, flipped and missing lines: nothing good is lost, nothing is invented, all of it is told.
import { appendFileSync, readFileSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { leafHash } from "../../companion/ledger/line.ts";
import { folder, guardRecord } from "./made.ts";
import { all, onlyFile, open, whats } from "./ledger-made.ts";

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

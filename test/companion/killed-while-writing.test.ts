// The built companion, killed in the middle of its appends, many rounds over one ledger: what an extension was told is done
// is there, whole and in place, and the ledger opens each time.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askCompanion } from "../../companion/terminal/control-client.ts";
import { Ledger } from "../../companion/ledger/ledger.ts";
import { type Extension, ORIGIN, pairWith, reach } from "./door.ts";
import { action, agent, folder, mail } from "./made.ts";

const root = resolve(import.meta.dirname, "../..");
const built = join(root, `dist/test-killed-${process.pid}`);
const ROUNDS = 8;

beforeAll(() => {
  expect(spawnSync(process.execPath, ["build.js", "companion", `--out=${built}`], { cwd: root }).status).toBe(0);
}, 60_000);
afterAll(() => rmSync(built, { recursive: true, force: true }));

test("nothing that was acknowledged is lost, and nothing is there twice", async () => {
  const home = folder();
  let extension: Extension | null = null;
  const acknowledged = new Set<string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const child = spawn(process.execPath, [join(built, "countersign.js"), "start"], {
      env: { ...process.env, COUNTERSIGN_HOME: home },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    child.stdout.on("data", (data: Buffer) => (said += data.toString()));
    await expect.poll(() => said, { timeout: 15_000 }).toContain("listens on");
    const { port } = await askCompanion(home, { ask: "status" });
    extension ??= await pairWith(port, (await askCompanion(home, { ask: "pair" })).code, ORIGIN);
    const client = await reach({ server: { port } }, extension);
    await client.send({ type: "hello", n: 0, build: "0.1.0", browser: "Test", webdriver: false });
    while ((await client.read()).type !== "welcome");
    const proposed = Array.from({ length: 60 }, () =>
      action(mail({ verb: "mail.draft" }), { id: crypto.randomUUID() }),
    );
    const sending = (async () => {
      for (const [at, what] of proposed.entries())
        await client.send({ type: "propose", n: at + 1, action: what, actor: agent, deadlineMs: 150_000 });
    })().catch(() => undefined);
    // Killed after a few answers, later in each round, with the rest of its appends under way.
    try {
      for (let answers = 0; answers < 2 + round * 5;) {
        const reply = await client.read();
        if (reply.type !== "verdict") continue;
        expect(reply.decision.verdict).toBe("allow");
        acknowledged.add(reply.actionId);
        answers += 1;
      }
    } finally {
      child.kill("SIGKILL");
    }
    await once(child, "close");
    await sending;
    client.close();
  }
  const ledger = await Ledger.open({ folder: join(home, "ledger") });
  const records = await ledger.read({ after: 0, limit: 100_000 });
  await ledger.close();
  const spent = records.flatMap((record) => (record.kind === "spent" ? [record.action] : []));
  expect(acknowledged.size).toBeGreaterThan(100);
  for (const id of acknowledged) expect(spent).toContain(id);
  expect(new Set(spent).size).toBe(spent.length);
  expect(records.map(({ seq }) => seq)).toEqual(records.map((_, at) => at + 1));
  expect(records.filter(({ kind }) => kind === "gap").length).toBeGreaterThanOrEqual(ROUNDS - 1);
}, 90_000);

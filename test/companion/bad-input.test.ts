// What a person gives the companion, or what happens to its folder, that is not as it should be: for each case one clear
// sentence, nothing lost, nothing released. The built program, its own folder, and a paired extension over the socket.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { askCompanion } from "../../companion/terminal/control-client.ts";
import type { GuardedAction } from "../../shared/action.ts";
import type { Question, Reply } from "../../shared/protocol.ts";
import { type Client, ORIGIN, pairWith, reach } from "./door.ts";
import { action, agent, folder, mail } from "./made.ts";

const root = resolve(import.meta.dirname, "../..");
const built = join(root, `dist/test-bad-input-${process.pid}`);
const program = join(built, "countersign.js");
const running = new Set<ChildProcess>();
let home = "";

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

function launch(args: readonly string[]): { child: ChildProcess; said: () => string; end: Promise<Ended> } {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, COUNTERSIGN_HOME: home },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (said += data.toString()));
  const end = once(child, "close").then(([code]): Ended => {
    running.delete(child);
    return { code: code as number | null, said };
  });
  return { child, said: () => said, end };
}
const run = (...args: string[]) => launch(args).end;

async function start() {
  const companion = launch(["start"]);
  await expect.poll(companion.said, { timeout: 15_000 }).toContain("listens on");
  return companion;
}

/** A paired extension that has said hello. */
async function connect(): Promise<{ client: Client; propose: (what: GuardedAction) => Promise<Reply> }> {
  const { code, port } = {
    ...(await askCompanion(home, { ask: "pair" })),
    ...(await askCompanion(home, { ask: "status" })),
  };
  const client = await reach({ server: { port } }, await pairWith(port, code, ORIGIN));
  let n = 0;
  const ask = async (message: object): Promise<Reply> => {
    n += 1;
    await client.send({ ...message, n });
    for (;;) {
      const reply = await client.read();
      if ("re" in reply && reply.re === n) return reply;
    }
  };
  await ask({ type: "hello", build: "0.1.0", browser: "Test", webdriver: false });
  const propose = (what: GuardedAction) => ask({ type: "propose", action: what, actor: agent, deadlineMs: 150_000 });
  return { client, propose };
}

const draft = () => action(mail({ verb: "mail.draft" }), { id: crypto.randomUUID() });
const send = (title: string) => action(mail({ title }), { id: crypto.randomUUID() });
const ledgerFile = () =>
  join(home, "ledger", readdirSync(join(home, "ledger")).find((name) => name.endsWith(".log")) ?? "");
const ALLOWED = { type: "verdict", decision: { verdict: "allow" } };
const oneSentence = (said: string) => expect(said.trimEnd().split("\n")).toHaveLength(1);

beforeAll(() => {
  expect(spawnSync(process.execPath, ["build.js", "companion", `--out=${built}`], { cwd: root }).status).toBe(0);
}, 60_000);
beforeEach(() => {
  home = folder();
});
afterEach(async () => {
  for (const child of running) {
    child.kill("SIGKILL");
    await once(child, "close");
  }
});
afterAll(() => rmSync(built, { recursive: true, force: true }));

test("no companion: every command that needs one says so and what to do", async () => {
  for (const name of ["status", "pair", "stop", "resume"])
    expect(await run(name)).toEqual({
      code: 1,
      said: "Countersign is not running. Start it with `countersign start`.\n",
    });
});

test("a port that another program holds: the start ends with the sentence and touches nothing", async () => {
  const other = createServer();
  await new Promise<void>((done) => other.listen(0, "127.0.0.1", done));
  const { port } = other.address() as AddressInfo;
  const { code, said } = await run("start", "--port", String(port));
  other.close();
  expect(code).toBe(1);
  expect(said).toMatch(
    new RegExp(`^Port ${port} is taken by another program; run \`countersign start --port N\` with another number`),
  );
  oneSentence(said);
});

describe("a profile", () => {
  const BROKEN = '@id("a")\npermit (principal, action resource);\n';

  test("with a syntax error, before the start: the rules accepted before stay in force, and the line is named", async () => {
    (await start()).child.kill("SIGTERM");
    await expect.poll(() => running.size).toBe(0);
    writeFileSync(join(home, "profile.cedar"), BROKEN, { mode: 0o600 });
    const { said } = await start();
    const fault = /profile\.cedar:2: unexpected token `resource`.*Correct the text and save it again\./;
    await expect.poll(said, { timeout: 10_000 }).toMatch(fault);
    const { client, propose } = await connect();
    expect(await propose(draft())).toMatchObject(ALLOWED);
    expect(await propose(send("still asked"))).toMatchObject({ decision: { verdict: "ask" } });
    client.close();
  });

  test("with a syntax error, saved while it runs: the same, and the terminal says it", async () => {
    const { said } = await start();
    writeFileSync(join(home, "profile.cedar"), BROKEN, { mode: 0o600 });
    await expect.poll(said, { timeout: 10_000 }).toMatch(/profile\.cedar:2: .*Correct the text and save it again\./);
    const { client, propose } = await connect();
    expect(await propose(draft())).toMatchObject(ALLOWED);
    client.close();
  });

  test("with a rule that fails while it is evaluated: everything it could be about is denied, and the rule is named", async () => {
    await start();
    const { client, propose } = await connect();
    expect(await propose(draft())).toMatchObject(ALLOWED);
    const failing = `@id("too-large")
@say("Nothing is sent to very many.")
forbid (principal, action, resource) when { context.recipientCount * 9007199254740991 * 9007199254740991 > 5 };
`;
    writeFileSync(join(home, "profile.cedar"), `${readFileSync(join(home, "profile.cedar"), "utf8")}\n${failing}`);
    await expect
      .poll(async () => (await propose(draft())) as unknown, { timeout: 10_000 })
      .toMatchObject({
        decision: {
          verdict: "deny",
          because: expect.stringMatching(/^[A-Z].*\.$/),
          rules: [{ id: "too-large", say: "Nothing is sent to very many." }],
        },
      });
    client.close();
  });
});

// A disk of its own can only be given by root, on Linux.
const mayMount = process.platform === "linux" && process.getuid?.() === 0;
describe.runIf(mayMount)("a full disk", () => {
  let mounted = "";
  beforeEach(() => {
    mounted = join(home, "small");
    mkdirSync(mounted, { mode: 0o700 });
    expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", mounted]).status).toBe(0);
    home = mounted;
  });
  afterEach(() => {
    expect(spawnSync("umount", ["-l", mounted]).status).toBe(0);
  });
  const filler = () => join(home, "filler");
  const fill = (): void => {
    const { bavail, bsize } = statfsSync(home);
    writeFileSync(filler(), Buffer.alloc(bavail * bsize));
    expect(statfsSync(home).bavail).toBe(0);
  };
  /** What is left of the ledger's last page is used up too. */
  const useUp = async (propose: (what: GuardedAction) => Promise<Reply>): Promise<Reply> => {
    for (let tries = 0; tries < 20; tries += 1) {
      const reply = await propose(draft());
      if (reply.type === "error") return reply;
    }
    throw new Error("The disk never filled.");
  };
  const FULL = {
    type: "error",
    code: "disk",
    message:
      "The disk is full, so the record cannot be written and nothing is released. Free some space and try again.",
  };

  test("releases nothing, says so, and goes on when there is space again", async () => {
    await start();
    const { client, propose } = await connect();
    for (let count = 0; count < 12; count += 1)
      expect(await propose(send(`asked before the disk was full ${count}`))).toMatchObject({
        decision: { verdict: "ask" },
      });
    fill();
    expect(await useUp(propose)).toMatchObject(FULL);
    expect(await propose(send("asked on a full disk"))).toMatchObject(FULL);
    // A yes that cannot be recorded is no yes; shorter records still fit for a while.
    const yes = async (question: Question): Promise<string> => {
      const { approvalId, digest } = question;
      const said = askCompanion(home, { ask: "answer", approvalId, answer: "approve", digest });
      return said.then(({ words }) => words, String);
    };
    const { questions } = await askCompanion(home, { ask: "questions" });
    const answers: string[] = [];
    for (const question of questions) answers.push(await yes(question));
    const refused = questions[answers.findIndex((words) => words.includes(FULL.message))];
    expect(answers.filter((words) => words !== "Approved, once.").every((words) => words.includes(FULL.message))).toBe(
      true,
    );
    expect(refused).toBeDefined();
    rmSync(filler());
    expect(refused && (await yes(refused))).toBe("Approved, once.");
    expect(await propose(draft())).toMatchObject(ALLOWED);
    client.close();
    expect((await run("log")).said).not.toContain("gap");
    expect((await run("doctor")).said).toMatch(/ok {3}ledger: \d+ records, every checksum right\./);
  });

  test("at the start: the companion does not start, with the sentence", async () => {
    (await start()).child.kill("SIGTERM");
    await expect.poll(() => running.size).toBe(0);
    fill();
    // The goodbye left the ledger's page half empty; a few starts fill it.
    for (let tries = 0; tries < 60; tries += 1) {
      const next = launch(["start"]);
      const over = await Promise.race([next.end, expect.poll(next.said, { timeout: 15_000 }).toContain("listens on")]);
      if (over !== undefined) {
        expect(over.code).toBe(1);
        expect(over.said).toMatch(
          /^The disk is full, so the (ledger cannot be opened|record cannot be written)|could not be written, so nothing was changed/,
        );
        oneSentence(over.said);
        rmSync(filler());
        await start();
        return;
      }
      next.child.kill("SIGKILL");
      await next.end;
    }
    throw new Error("The companion always started.");
  });
});

describe("a ledger", () => {
  async function leaveOne(): Promise<void> {
    const { child, end } = await start();
    const { client, propose } = await connect();
    for (let count = 0; count < 5; count += 1) expect(await propose(draft())).toMatchObject(ALLOWED);
    client.close();
    child.kill("SIGKILL");
    await end;
  }
  const drafts = async () => (await run("log")).said.split("\n").filter((line) => line.includes("draft")).length;

  test("with a torn tail: what was whole stays, the rest is kept beside, and the record says so", async () => {
    await leaveOne();
    const before = await drafts();
    writeFileSync(ledgerFile(), readFileSync(ledgerFile()).subarray(0, 40), { flag: "a" });
    await start();
    expect((await run("log")).said).toMatch(/gap: "The last write was cut off; its 40 bytes are kept in \S+\."/);
    expect(await drafts()).toBe(before);
    expect(readdirSync(join(home, "ledger")).some((name) => name.includes(".torn-"))).toBe(true);
  });

  test("damaged in the middle: doctor names the place, the start keeps the file and confesses the gap", async () => {
    await leaveOne();
    const bytes = readFileSync(ledgerFile());
    const at = bytes.indexOf("mail.draft");
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(ledgerFile(), bytes);
    const doctor = await run("doctor");
    expect(doctor.code).toBe(1);
    expect(doctor.said).toMatch(/BAD {2}ledger: \d+\.log is damaged from byte \d+ on; the next start keeps it/);
    const { child } = await start();
    expect((await run("log")).said).toMatch(/gap: "Records in \d+\.log are damaged .*; the file is kept as it is\."/);
    const { client, propose } = await connect();
    expect(await propose(draft())).toMatchObject(ALLOWED);
    client.close();
    child.kill("SIGTERM");
  });
});

test.each([
  ["keys.json", /keys\.json is damaged; restore it, or remove it and pair every browser again\.\n$/],
  ["config.json", /config\.json is damaged; remove it and start again with `countersign start --port N`\.\n$/],
])("a damaged %s: the start ends with one sentence and leaves the file alone", async (name, sentence) => {
  (await start()).child.kill("SIGTERM");
  await expect.poll(() => running.size).toBe(0);
  writeFileSync(join(home, name), "{half", { mode: 0o600 });
  const { code, said } = await run("start");
  expect(code).toBe(1);
  expect(said).toMatch(sentence);
  oneSentence(said);
  expect(readFileSync(join(home, name), "utf8")).toBe("{half");
});

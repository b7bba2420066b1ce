// The built program from outside: what each wrong use says and exits with, and one whole life of a companion.
// Every complaint must be one sentence on one line, and nothing may be left running.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
/** Inside the project, so that the program finds its packages. */
const built = join(root, `dist/test-companion-${process.pid}`);
const program = join(built, "countersign.js");

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const running = new Set<ChildProcess>();
let home = "";

function launch(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, COUNTERSIGN_HOME: home, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

function ended(child: ChildProcess): Promise<Ended> {
  let out = "";
  let err = "";
  child.stdout?.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((done) => child.once("close", (code) => done({ code, out, err })));
}
const run = (...args: string[]) => ended(launch(args));

/** Starts a companion and waits until it says where it listens. */
async function started(...args: string[]): Promise<{ child: ChildProcess; end: Promise<Ended>; port: number }> {
  const child = launch(["start", ...args]);
  const end = ended(child);
  const port = await new Promise<number>((done, failed) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      const found = /listens on 127\.0\.0\.1:(\d+)/.exec(chunk.toString());
      if (found) done(Number(found[1]));
    });
    void end.then(({ err }) => failed(new Error(`It did not start: ${err}`)));
  });
  return { child, end, port };
}

beforeAll(async () => {
  const builder = spawn(process.execPath, ["build.js", "companion", `--out=${built}`], { cwd: root, stdio: "inherit" });
  await new Promise<void>((done, failed) => {
    builder.once("exit", (code) => (code === 0 ? done() : failed(new Error("The companion does not build."))));
  });
  home = await mkdtemp(join(tmpdir(), "countersign-cli-"));
}, 60_000);
afterEach(async () => {
  for (const child of running) child.kill("SIGKILL");
  await rm(home, { recursive: true, force: true });
  home = await mkdtemp(join(tmpdir(), "countersign-cli-"));
});
afterAll(async () => {
  await rm(home, { recursive: true, force: true });
  await rm(built, { recursive: true, force: true });
});

const NOT_RUNNING = "Countersign is not running. Start it with `countersign start`.\n";

describe("wrong use", () => {
  test.each<[args: string[], code: number, err: string | RegExp]>([
    [["frobnicate"], 2, 'There is no command "frobnicate". See `countersign --help`.\n'],
    [["constructor"], 2, 'There is no command "constructor". See `countersign --help`.\n'],
    [["--port"], 2, 'There is no command "--port". See `countersign --help`.\n'],
    [["start", "--prot", "1"], 2, "There is no flag --prot here. See `countersign --help`.\n"],
    [["start", "-x"], 2, "There is no flag -x here. See `countersign --help`.\n"],
    [["start", "--port"], 2, "The flag --port needs a value after it. See `countersign --help`.\n"],
    [["start", "--port", "80"], 2, "--port is a whole number from 1024 to 65535.\n"],
    [["start", "--port", "99999"], 2, "--port is a whole number from 1024 to 65535.\n"],
    [["start", "--port", "1e4"], 2, "--port is a whole number from 1024 to 65535.\n"],
    [["start", "--patience", "9"], 2, "--patience is a whole number of seconds from 10 to 600.\n"],
    [["start", "--patience", "1200"], 2, "--patience is a whole number of seconds from 10 to 600.\n"],
    [["start", "now"], 2, 'Nothing can be done with "now" here. See `countersign --help`.\n'],
    [["log", "--json=yes"], 2, "The flag --json takes no value. See `countersign --help`.\n"],
    [["profile", "dance"], 2, '"profile dance" is not known. It is show, check [FILE], use PRESET or accept.\n'],
    [["profile", "use"], 2, "Name a preset: read-only, assistant, ask-about-settings, locked.\n"],
    [
      ["profile", "use", "open"],
      2,
      /^There is no preset "open": read-only, assistant, ask-about-settings, locked\.\n$/,
    ],
    [["profile", "show", "all"], 2, 'Nothing can be done with "all" here. See `countersign --help`.\n'],
    [["profile", "check", "no-such-file.cedar"], 1, "no-such-file.cedar cannot be read. Check the name.\n"],
    [["pair"], 1, NOT_RUNNING],
    [["status"], 1, NOT_RUNNING],
    [["resume"], 1, NOT_RUNNING],
    [["stop"], 1, NOT_RUNNING],
    [["log", "--follow"], 1, NOT_RUNNING],
    [["log"], 1, "There is no record yet. Start Countersign with `countersign start`.\n"],
    [["approve"], 1, "Questions are only answered by a person at a terminal. Run `countersign approve` in one.\n"],
  ])("%j ends with %i and one sentence", async (args, code, err) => {
    const result = await run(...args);
    expect(result.code).toBe(code);
    expect(result.out).toBe("");
    if (typeof err === "string") expect(result.err).toBe(err);
    else expect(result.err).toMatch(err);
  });

  test("help and version go to standard output", async () => {
    expect(await run("--version")).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^countersign \d+\.\d+\.\d+\n$/),
    });
    const help = await run("--help");
    expect(help.code).toBe(0);
    for (const name of ["start", "pair", "status", "approve", "profile accept", "log", "doctor", "resume", "demo"]) {
      expect(help.out).toContain(`\n  ${name}`);
    }
  });

  test("a profile with a fault names file, line and what to do", async () => {
    const file = join(home, "mine.cedar");
    await writeFile(file, "// one\npermit (principal, action resource);\n");
    const result = await run("profile", "check", file);
    expect(result.code).toBe(1);
    expect(result.err).toMatch(/mine\.cedar:2: unexpected token `resource`.*Correct the text and save it again\.\n$/);
    expect(result.err.trimEnd()).not.toContain("\n");
  });

  test("a reader that stops reading ends the command without a complaint", async () => {
    await run("profile", "show");
    const child = launch(["profile", "show"]);
    const end = ended(child);
    child.stdout?.destroy();
    expect(await end).toMatchObject({ code: 0, err: "" });
  });

  test("a state folder open to others, a link in its place and a too long name are refused", async () => {
    await chmod(home, 0o755);
    expect((await run("start")).err).toMatch(/is open to other users; close it with `chmod 700 /);
    await chmod(home, 0o700);
    const long = join(home, "x".repeat(100));
    await mkdir(long, { mode: 0o700 });
    const result = await ended(launch(["status"], { COUNTERSIGN_HOME: long }));
    expect(result).toMatchObject({
      code: 2,
      err: expect.stringMatching(/has too long a name\. Set COUNTERSIGN_HOME to a shorter one\.\n$/),
    });
  });

  test("a port that another program holds is named, and nothing is left running", async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, "127.0.0.1", done));
    const { port } = other.address() as AddressInfo;
    const result = await run("start", "--port", String(port));
    other.close();
    expect(result.code).toBe(1);
    expect(result.err).toMatch(new RegExp(`^Port ${port} is taken by another program; .*\\n$`));
    expect(existsSync(join(home, "control.sock"))).toBe(false);
  });
});

describe("a companion's life", () => {
  test("start, status, pair, log, doctor, profile, a second start, the end", async () => {
    const { child, end, port } = await started();

    const status = await run("status");
    expect(status.out).toContain(`listens on 127.0.0.1:${port}`);
    expect(status.out).toContain("Profile: Assistant.");
    expect(status.out).toContain("No browser is paired. Run `countersign pair`.");

    const pair = await run("pair");
    expect(pair.code).toBe(0);
    expect(pair.out).toMatch(/\n {2}\S{20,}\n/);

    expect(await run("start")).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^Another Countersign companion is using this folder\./),
    });

    const log = await run("log", "--json");
    const records = log.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { seq: number; kind: string });
    expect(records[0]).toMatchObject({ seq: 1, kind: "guard" });
    expect((await run("log")).out).toMatch(/^1 \S+ guard: "Countersign started/);

    const doctor = await run("doctor");
    expect(doctor.code).toBe(1);
    expect(
      doctor.out
        .trim()
        .split("\n")
        .filter((line) => line.startsWith("BAD")),
    ).toEqual(["BAD  browser: none is paired; run `countersign pair`."]);

    child.kill("SIGINT");
    expect(await end).toMatchObject({ code: 0, err: "" });
    expect(existsSync(join(home, "control.sock"))).toBe(false);
    expect((await run("status")).err).toBe(NOT_RUNNING);
    expect((await run("log")).out).toMatch(/guard: "Countersign stopped/);
    // The port stays: a paired browser looks for it there.
    const second = await started();
    expect(second.port).toBe(port);
    expect(await run("stop")).toMatchObject({ code: 0 });
    expect((await second.end).code).toBe(0);
  });

  test.each(["running", "not running"])(
    "narrowing needs nobody, widening a person at a terminal (companion %s)",
    async (state) => {
      const companion = state === "running" ? await started() : null;
      expect((await run("profile", "show")).out).toMatch(/^Assistant /);
      expect(await run("profile", "use", "read-only")).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^Read only is in force\./),
      });
      const wider = await run("profile", "use", "assistant");
      expect(wider.code).toBe(1);
      expect(wider.err).toBe(
        "Only a person at a terminal can accept what gives more permission. Run `countersign profile accept` in one.\n",
      );
      expect(wider.out).toContain("New, allows: Your agent may write drafts and upload attachments to them.");
      expect((await run("profile", "accept")).code).toBe(1);
      const shown = await run("profile", "show");
      expect(shown.out).toMatch(/^Your own rules /);
      expect(shown.out).toContain("never  Nothing may be written, sent, changed or deleted. [never-change]");
      expect(shown.out).toContain("Waiting for `countersign profile accept`:");
      const accepted = JSON.parse(await readFile(join(home, "accepted.json"), "utf8")) as { rules: { id: string }[] };
      expect(accepted.rules.map((rule) => rule.id)).toContain("never-change");
      expect(accepted.rules.map((rule) => rule.id)).not.toContain("drafting");
      companion?.child.kill("SIGTERM");
      if (companion) expect((await companion.end).code).toBe(0);
    },
  );

  test("rules a person wrote are kept when a preset takes their place", async () => {
    await run("profile", "show");
    await writeFile(join(home, "profile.cedar"), "// mine\n");
    const used = await run("profile", "use", "locked");
    const copy = /kept in (\S+)\.\n/.exec(used.out)?.[1] ?? "";
    expect(await readFile(copy, "utf8")).toBe("// mine\n");
  });

  test("after a SIGKILL the next start finds its way, and the record says so", async () => {
    const first = await started();
    first.child.kill("SIGKILL");
    await first.end;
    expect(existsSync(join(home, "control.sock"))).toBe(true);
    expect((await run("status")).err).toBe(NOT_RUNNING);
    const second = await started();
    expect(second.port).toBe(first.port);
    expect((await run("log")).out).toContain("gap: ");
    second.child.kill("SIGINT");
    expect((await second.end).code).toBe(0);
  });
});

// One guarded browser for a test: the built companion as a process of its own, the built extension paired with it, real
// Chromium. Answers are given as a person at the companion's terminal would give them, over its own control socket.
// Must never reach into the companion's or the extension's memory.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { placeExtension } from "../../companion/demo/launch.ts";
import { askCompanion, hearAll } from "../../companion/terminal/control-client.ts";
import type { AuditRecord } from "../../shared/audit.ts";
import type { Question } from "../../shared/protocol.ts";
import { startChromium, type ChromiumOptions, type RunningChromium } from "./chromium.ts";

const root = resolve(import.meta.dirname, "../..");
export const PROGRAM = join(root, "dist/companion/countersign.js");
const BUILT = join(root, "dist/chrome");

export interface RunningCompanion {
  readonly home: string;
  readonly process: ChildProcess;
  /** What it printed so far. */
  output(): string;
  questions(): Promise<readonly Question[]>;
  answer(question: Question, answer: "approve" | "refuse"): Promise<void>;
  pairingCode(): Promise<string>;
  records(): Promise<AuditRecord[]>;
  /** Answers to everything but the sign-ins that got their yes at once. */
  answers(): Promise<Extract<AuditRecord, { kind: "answered" }>[]>;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts the companion over `home`, or over a new folder, under the rules of `profile` (Cedar text) or the default. */
export async function startCompanion(
  options: {
    home?: string;
    profile?: string;
    port?: number;
    patience?: number;
    /** "asked" leaves the question of a first sign-in to the test; else it gets its yes at once. */
    signIns?: "asked";
  } = {},
): Promise<RunningCompanion> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), "countersign-home-")));
  if (options.profile !== undefined) await writeFile(join(home, "profile.cedar"), options.profile, { mode: 0o600 });
  const args = [
    PROGRAM,
    "start",
    ...(options.port === undefined ? [] : ["--port", String(options.port)]),
    ...(options.patience === undefined ? [] : ["--patience", String(options.patience)]),
  ];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, COUNTERSIGN_HOME: home },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => (printed += data.toString("utf8")));
  const gone = new Promise<void>((done) => child.once("exit", () => done()));
  for (const end = Date.now() + 15_000; !printed.includes("listens on");) {
    if (child.exitCode !== null || Date.now() > end) throw new Error(`The companion did not start: ${printed}`);
    await new Promise((done) => setTimeout(done, 25));
  }
  if (options.profile !== undefined) {
    const { proposal } = await askCompanion(home, { ask: "profile" });
    if (proposal) await askCompanion(home, { ask: "accept", digest: proposal.digest });
  }
  // The person who lets an agent work signs it in once; the tests are about what it does after that.
  const letIn =
    options.signIns === "asked" ? undefined : setInterval(() => void signInYes(home).catch(() => undefined), 100);
  letIn?.unref();
  void gone.then(() => clearInterval(letIn));
  const records = async (): Promise<AuditRecord[]> => {
    const all: AuditRecord[] = [];
    for await (const line of hearAll(home, { ask: "log", after: 0, follow: false })) {
      if ("end" in line) break;
      all.push(line.record);
    }
    return all;
  };
  return {
    home,
    process: child,
    output: () => printed,
    questions: async () =>
      (await askCompanion(home, { ask: "questions" })).questions.filter(
        ({ verb }) => options.signIns === "asked" || verb !== "site.sign-in",
      ),
    answer: async ({ approvalId, digest }, answer) => {
      await askCompanion(home, { ask: "answer", approvalId, answer, digest });
    },
    pairingCode: async () => (await askCompanion(home, { ask: "pair" })).code,
    records,
    answers: async () => {
      const all = await records();
      const signIns = new Set(
        all.flatMap((it) => (it.kind === "decided" && it.summary.verb === "site.sign-in" ? [it.action] : [])),
      );
      return all.filter((it) => it.kind === "answered").filter((it) => !signIns.has(it.action));
    },
    kill: async (signal = "SIGTERM") => {
      child.kill(signal);
      await gone;
    },
  };
}

/** Says yes to every sign-in that waits, as the person at the terminal would. */
async function signInYes(home: string): Promise<void> {
  const { questions } = await askCompanion(home, { ask: "questions" });
  for (const { verb, approvalId, digest } of questions)
    if (verb === "site.sign-in") await askCompanion(home, { ask: "answer", approvalId, answer: "approve", digest });
}

export interface GuardedBrowser {
  readonly companion: RunningCompanion;
  readonly chromium: RunningChromium;
  readonly extension: string;
  stop(): Promise<void>;
}

/** The extension's folder, paired by its own preset with `companion`, allowed to reach `sites`. */
export async function pairedExtension(
  companion: RunningCompanion,
  sites: readonly { origin: string; site: string }[],
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "countersign-extension-"));
  await placeExtension(BUILT, folder, { code: await companion.pairingCode(), sites });
  return folder;
}

/** Waits until the companion says that the browser is there. */
export async function untilConnected(companion: RunningCompanion): Promise<void> {
  for (const end = Date.now() + 20_000; ;) {
    const { browsers } = await askCompanion(companion.home, { ask: "status" });
    if (browsers.some((b) => b.connected)) return;
    if (Date.now() > end) throw new Error("The extension did not connect");
    await new Promise((done) => setTimeout(done, 50));
  }
}

export async function startGuarded(
  sites: readonly { origin: string; site: string }[],
  options: { profile?: string; chromium?: ChromiumOptions; others?: readonly string[] } = {},
): Promise<GuardedBrowser> {
  const companion = await startCompanion(options.profile === undefined ? {} : { profile: options.profile });
  const extension = await pairedExtension(companion, sites);
  const chromium = await startChromium({
    debugging: true,
    ...options.chromium,
    extensions: [extension, ...(options.others ?? [])],
  });
  await untilConnected(companion);
  return {
    companion,
    chromium,
    extension,
    stop: async () => {
      await chromium.stop();
      await companion.kill();
      await rm(extension, { recursive: true, force: true });
      await rm(companion.home, { recursive: true, force: true });
    },
  };
}

// `countersign start [--port N] [--patience SECONDS]`: the companion in the foreground, with its questions when a person
// sits at the terminal.
// Must never end without taking itself apart in good order when the system lets it.
import { composeCompanion } from "../compose.ts";
import type { Companion } from "../compose.ts";
import { readArguments } from "./arguments.ts";
import { Asker } from "./asker.ts";
import type { Answering, Show } from "./asker.ts";
import { homeFolder } from "./home.ts";
import { UsageError } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";

function portOf(text: string | boolean | undefined): number | null {
  if (text === undefined) return null;
  const port = typeof text === "string" && /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1_024 || port > 65_535) throw new UsageError("--port is a whole number from 1024 to 65535.");
  return port;
}

/** Seconds a question waits; null when nothing is said. Nobody reads a whole message in less than ten. */
function patienceOf(text: string | boolean | undefined): number | null {
  if (text === undefined) return null;
  const seconds = typeof text === "string" && /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (seconds < 10 || seconds > 600) throw new UsageError("--patience is a whole number of seconds from 10 to 600.");
  return seconds;
}

/** Started by npm, the command of the sentences is not on the path. */
export const calledByNpm = (): string[] =>
  ["start", "companion", "countersign"].includes(process.env["npm_lifecycle_event"] ?? "")
    ? ["In this folder `countersign` is `npm run countersign`."]
    : [];

function greeting({ port, profile, keys }: Companion): string[] {
  const paired = keys.peers().length;
  const browsers = paired === 1 ? "1 browser is paired" : `${paired} browsers are paired`;
  return [
    `Countersign listens on 127.0.0.1:${port}. Profile: ${profile.current().name}.`,
    ...[profile.fallback, profile.problem].filter((line) => line !== ""),
    ...(profile.proposal ? ["A changed profile waits: see `countersign profile accept`."] : []),
    paired === 0
      ? "No browser is paired yet. Run `countersign pair` in another terminal and paste its code into the welcome page."
      : `${browsers}. \`countersign pair\` adds another.`,
    ...calledByNpm(),
    "Ctrl-C ends it; while it is down, every guarded write is blocked.",
  ];
}

/** Shows questions as they come, and the profile's news. The answer ends it. */
export function attend({ desk, profile }: Companion, terminal: Terminal, show?: Show): () => void {
  let told = "";
  profile.onChange(() => {
    const news = [
      profile.problem,
      profile.proposal ? "A changed profile waits: see `countersign profile accept`." : "",
    ];
    const line = news.filter((it) => it !== "").join("\n") || `Profile: ${profile.current().name}.`;
    if (line !== told) terminal.print(line);
    told = line;
  });
  if (!terminal.person) return () => undefined;
  const answering: Answering = {
    async answer({ approvalId, digest }, answer) {
      const trouble = await desk.answerFromTerminal(approvalId, answer, digest);
      if (trouble) throw new Error(trouble.message);
      return answer === "approve" ? "Approved, once." : "Refused; nothing was let through.";
    },
  };
  const asker = new Asker(terminal, answering, show);
  const look = () => asker.arrived(desk.questions());
  const endQuestions = desk.onQuestion(look);
  // A question answered in the popup leaves a record; the screen follows.
  const endRecords = desk.onRecord((record) => {
    if (record.kind === "answered") setImmediate(look);
  });
  return () => {
    endQuestions();
    endRecords();
    asker.stop();
  };
}

export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { flags } = readArguments(args, { port: { type: "string" }, patience: { type: "string" } });
  const port = portOf(flags["port"]);
  const patience = patienceOf(flags["patience"]);
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  // Before anything is open: an end that comes early is an orderly one too.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => end());
  const companion = await composeCompanion({
    home: homeFolder(),
    port,
    ...(patience === null ? {} : { patienceMs: patience * 1_000 }),
    onStop: () => end(),
  });
  for (const line of greeting(companion)) terminal.print(line);
  const leave = attend(companion, terminal);
  await ended;
  leave();
  await companion.stop();
  terminal.print("Countersign has stopped.");
  return 0;
}

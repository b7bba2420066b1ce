// The command `countersign`: finds the command, runs it, and turns whatever went wrong into one sentence and an exit code.
// Must never load more than the command needs: the companion starts with the session and stays.
import { ControlPathError } from "./terminal/control-path.ts";
import { systemTerminal, UsageError } from "./terminal/terminal.ts";
import type { Terminal } from "./terminal/terminal.ts";
import { VERSION } from "./version.ts";

interface Command {
  readonly about: string;
  readonly load: () => Promise<{ run(args: readonly string[], terminal: Terminal): Promise<number> }>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  start: {
    about:
      "start [--port N]         run here, until Ctrl-C\n  start --patience SECONDS how long a question waits for you: 10 to 600, usually 120",
    load: () => import("./terminal/start.ts"),
  },
  pair: {
    about: "pair                     a one-time code for your browser",
    load: () => import("./terminal/pair.ts"),
  },
  status: { about: "status                   what runs, what waits", load: () => import("./terminal/status.ts") },
  approve: { about: "approve                  answer what waits", load: () => import("./terminal/approve.ts") },
  profile: {
    about:
      "profile show             the rules in force\n  profile check [FILE]     read a profile without using it\n  profile use PRESET       read-only, assistant, ask-about-settings or locked\n  profile accept           accept what gives more permission",
    load: () => import("./terminal/profile.ts"),
  },
  log: { about: "log [--json] [--follow]  the record", load: () => import("./terminal/log.ts") },
  doctor: { about: "doctor                   is everything well?", load: () => import("./terminal/doctor.ts") },
  resume: {
    about: "resume                   let agents go on after a stop",
    load: () => import("./terminal/resume.ts"),
  },
  stop: { about: "stop                     end the running companion", load: () => import("./terminal/stop.ts") },
  demo: {
    about: "demo                     a playground with a scripted agent",
    load: () => import("./terminal/demo.ts"),
  },
};

function help(): string {
  const lines = Object.values(COMMANDS).map((command) => `  ${command.about}`);
  return ["countersign: nothing an agent does in your browser leaves without your permission.", "", ...lines].join(
    "\n",
  );
}

async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help" || rest.includes("--help")) {
    terminal.print(help());
    return name === undefined ? 2 : 0;
  }
  if (name === "--version") {
    terminal.print(`countersign ${VERSION}`);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new UsageError(`There is no command "${name}". See \`countersign --help\`.`);
  return (await command.load()).run(rest, terminal);
}

// Whoever reads our output may stop reading (`countersign log | head`): that ends a command, never a running companion.
process.stdout.on("error", () => {
  if (process.argv[2] !== "start" && process.argv[2] !== "demo") process.exit();
});

try {
  process.exitCode = await main(process.argv.slice(2), systemTerminal());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : "Something went wrong."}\n`);
  process.exitCode = error instanceof UsageError || error instanceof ControlPathError ? 2 : 1;
}

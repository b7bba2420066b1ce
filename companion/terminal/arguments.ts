// Reads a command's flags; whatever is not known ends in one sentence.
// Must never guess what a mistyped flag meant.
import { parseArgs } from "node:util";
import type { ParseArgsConfig } from "node:util";
import { UsageError } from "./terminal.ts";

const HELP = "See `countersign --help`.";

type Flags = NonNullable<ParseArgsConfig["options"]>;

export interface Read {
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  readonly words: readonly string[];
}

/** `most` is how many words may follow the command. */
export function readArguments(args: readonly string[], options: Flags, most = 0): Read {
  let read;
  try {
    read = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(sentence(error));
  }
  if (read.positionals.length > most) {
    throw new UsageError(`Nothing can be done with "${read.positionals[most]}" here. ${HELP}`);
  }
  return { flags: read.values as Read["flags"], words: read.positionals };
}

function sentence(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const flag = /'(-[^' ]*)/.exec(message)?.[1] ?? "This flag";
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") return `There is no flag ${flag} here. ${HELP}`;
  if (message.includes("argument missing")) return `The flag ${flag} needs a value after it. ${HELP}`;
  if (message.includes("does not take")) return `The flag ${flag} takes no value. ${HELP}`;
  return `These flags cannot be read. ${HELP}`;
}

// The companion's port: chosen once, kept beside the keys, told to the extension in the pairing code.
// Must never move by itself: a paired extension looks for its companion at one place only.
import { randomInt } from "node:crypto";
import { join } from "node:path";
import * as v from "valibot";
import { readPrivate, writePrivate } from "./private-file.ts";
import { StateError } from "./state-folder.ts";

const ConfigSchema = v.strictObject({ port: v.pipe(v.number(), v.integer(), v.minValue(1_024), v.maxValue(65_535)) });
const path = (folder: string): string => join(folder, "config.json");

/** Below the ports systems hand out for outgoing connections, above those that services ask for. */
export const randomPort = (): number => randomInt(17_000, 32_000);

export async function keptPort(folder: string): Promise<number | null> {
  const text = await readPrivate(path(folder));
  if (text === null) return null;
  try {
    return v.parse(ConfigSchema, JSON.parse(text)).port;
  } catch {
    throw new StateError(`${path(folder)} is damaged; remove it and start again with \`countersign start --port N\`.`);
  }
}

export async function keepPort(folder: string, port: number): Promise<void> {
  await writePrivate(path(folder), JSON.stringify({ port }));
}

/** The port asked for, the one kept, or a new one that is kept from now on. */
export async function choosePort(folder: string, asked: number | null): Promise<number> {
  const kept = await keptPort(folder);
  const port = asked ?? kept ?? randomPort();
  if (!v.is(ConfigSchema, { port })) throw new StateError("A port is a whole number from 1024 to 65535.");
  if (port !== kept) await keepPort(folder, port);
  return port;
}

// `countersign doctor`: each check one line, with what to do when it is not well.
// Must never repair or create anything: it looks, and the person decides.
import { lstat, readdir, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { readAccepted } from "../profile/accepted-file.ts";
import { askCompanion, NotRunning } from "./control-client.ts";
import type { StatusReport } from "./control-words.ts";
import { keptPort } from "../state/port.ts";
import { readPrivate } from "../state/private-file.ts";
import { profilePath } from "../profile/profile.ts";
import { readProfileText } from "../profile/profile-reader.ts";
import { Segment, SEGMENT_NAME } from "../ledger/segment.ts";
import { checkFolder } from "../state/state-folder.ts";
import { readArguments } from "./arguments.ts";
import { homeFolder } from "./home.ts";
import type { Terminal } from "./terminal.ts";

/** A check answers with one line of good news, or throws with one of bad. */
type Check = readonly [name: string, look: () => Promise<string>];

class Unwell extends Error {}

const exists = (path: string) => lstat(path).then(Boolean, () => false);

async function ledgerLine(home: string): Promise<string> {
  const folder = join(home, "ledger");
  if (!(await exists(folder))) return "no records yet";
  await checkFolder(folder);
  let records = 0;
  let last = 0;
  for (const name of (await readdir(folder)).filter((it) => SEGMENT_NAME.test(it)).toSorted()) {
    const segment = new Segment(folder, name);
    const bytes = await readFile(segment.path);
    const damaged = segment.scan(bytes, last, (record) => {
      records += 1;
      last = record.seq;
    });
    if (damaged.length > 0 || segment.end < bytes.length) {
      throw new Unwell(
        `${name} is damaged from byte ${damaged[0]?.from ?? segment.end} on; the next start keeps it and records the gap`,
      );
    }
  }
  return `${records} records, every checksum right`;
}

async function profileLine(home: string): Promise<string> {
  const accepted = await readAccepted(home);
  if (accepted.state === "missing" && !(await exists(profilePath(home)))) return "none yet, the first start makes one";
  if (accepted.state !== "good") {
    throw new Unwell(
      `the accepted rules are ${accepted.state}, so everything is locked; run \`countersign profile accept\``,
    );
  }
  const text = await readFile(profilePath(home), "utf8").catch(() => null);
  if (text === null) throw new Unwell("profile.cedar is missing; run `countersign profile use assistant`");
  const reading = await readProfileText(text);
  if (!reading.ok) throw new Unwell(`profile.cedar:${reading.problem.line}: ${reading.problem.say}`);
  return `${accepted.profile.name}, ${accepted.profile.rules.length} rules`;
}

async function portLine(home: string, running: StatusReport | null): Promise<string> {
  const port = running?.port ?? (await keptPort(home));
  if (port === null) return "none chosen yet, the first start chooses one";
  if (running) return `127.0.0.1:${port} is ours`;
  const taken = await new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
  if (taken)
    throw new Unwell(`another program answers on 127.0.0.1:${port}; end it, or \`countersign start --port N\``);
  return `127.0.0.1:${port} is free`;
}

async function keysLine(home: string): Promise<string> {
  const text = await readPrivate(join(home, "keys.json"));
  if (text === null) return "none yet, the first start makes them";
  JSON.parse(text);
  return "there, and only yours to read";
}

function browserLine(running: StatusReport | null): string {
  if (!running) return "not known while the companion does not run";
  const here = running.browsers.filter((browser) => browser.connected).length;
  if (running.browsers.length === 0) throw new Unwell("none is paired; run `countersign pair`");
  if (here === 0)
    throw new Unwell(
      `${running.browsers.length} paired, none connected; open the browser and look at its Countersign icon`,
    );
  return `${here} of ${running.browsers.length} connected`;
}

export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  readArguments(args, {});
  const home = homeFolder();
  const running = await askCompanion<"status">(home, { ask: "status" }).catch((error: unknown) => {
    if (error instanceof NotRunning) return null;
    throw error;
  });
  const made = await exists(home);
  const checks: readonly Check[] = [
    [
      "folder",
      async () =>
        made
          ? checkFolder(home).then(() => `${home}, only yours to read`)
          : `${home} is not there yet, the first start makes it`,
    ],
    [
      "companion",
      async () =>
        running
          ? `runs as process ${running.pid}, ${running.memoryMb} MB`
          : "does not run; start it with `countersign start`",
    ],
    ["port", async () => (made ? portLine(home, running) : "none chosen yet")],
    ["keys", async () => (made ? keysLine(home) : "none yet")],
    ["profile", async () => (made ? profileLine(home) : "none yet")],
    ["ledger", async () => (made ? ledgerLine(home) : "no records yet")],
    ["browser", async () => browserLine(running)],
  ];
  let unwell = 0;
  for (const [name, look] of checks) {
    try {
      terminal.print(`ok   ${name}: ${await look()}.`);
    } catch (error) {
      unwell += 1;
      terminal.print(`BAD  ${name}: ${(error as Error).message.replace(/\.$/, "")}.`);
    }
  }
  return unwell === 0 ? 0 : 1;
}

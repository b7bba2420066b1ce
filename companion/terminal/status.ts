// `countersign status`: what the running companion is doing, in a few lines.
import { askCompanion } from "./control-client.ts";
import type { BrowserReport, ProfileReport, StatusReport } from "./control-words.ts";
import { quoteForTerminal } from "./quote.ts";
import { readArguments } from "./arguments.ts";
import { homeFolder } from "./home.ts";
import type { Terminal } from "./terminal.ts";

function browserLine(browser: BrowserReport): string {
  const now = browser.connected ? "connected" : "not connected";
  const driven = browser.debugging === "" ? "" : ` ${quoteForTerminal(browser.debugging)}`;
  return `  ${quoteForTerminal(browser.browser)} (${browser.id}): ${now}, paired ${browser.pairedAt.slice(0, 10)}.${driven}`;
}

export function statusLines(status: StatusReport, profile: ProfileReport): string[] {
  const waiting = status.questions === 1 ? "1 question waits" : `${status.questions} questions wait`;
  return [
    `Countersign ${status.version} runs (process ${status.pid}) and listens on 127.0.0.1:${status.port}, ${status.memoryMb} MB.`,
    `Profile: ${profile.name}.${profile.proposal ? " A change waits: see `countersign profile accept`." : ""}`,
    ...[profile.fallback, profile.problem].filter((line) => line !== ""),
    ...(status.stopped ? ["All agents are stopped. `countersign resume` lets them go on."] : []),
    `${waiting}${status.questions > 0 ? "; answer with `countersign approve`" : ""}. ${status.records} records.`,
    ...(status.browsers.length === 0 ? ["No browser is paired. Run `countersign pair`."] : ["Browsers:"]),
    ...status.browsers.map(browserLine),
  ];
}

export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  readArguments(args, {});
  const home = homeFolder();
  const status = await askCompanion<"status">(home, { ask: "status" });
  const profile = await askCompanion<"profile">(home, { ask: "profile" });
  for (const line of statusLines(status, profile)) terminal.print(line);
  return 0;
}

// `npm start`: the companion, the playground, and a browser of its own with the extension in place and paired.
// Must never give a yes by itself unless --demo was asked for, and then only to the playground's own reply.
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TEXT_LIMIT } from "../../shared/meaning.ts";
import type { Question } from "../../shared/protocol.ts";
import { readArguments } from "../terminal/arguments.ts";
import { questionText } from "../terminal/question-text.ts";
import { homeFolder } from "../terminal/home.ts";
import { UsageError, type Terminal } from "../terminal/terminal.ts";
import { verbWords } from "../terminal/verb-words.ts";
import { composeCompanion, type Companion } from "../compose.ts";
import { quoteForTerminal } from "../terminal/quote.ts";
import { attend, calledByNpm } from "../terminal/start.ts";
import { findBrowser } from "./browsers.ts";
import { hasDisplay, launchBrowser, placeExtension, renewCode, type Launched } from "./launch.ts";
import { startPlayground, type Playground } from "./playground-server.ts";

/** How long a browser may take to say hello before the three steps are shown. */
const PATIENCE_MS = 20_000;
/** A pairing code lives two minutes. */
const RENEW_MS = 90_000;

function oneLine({ verb, meaning }: Question): string {
  const to = meaning.people.map((person) => quoteForTerminal(person.address)).join(", ");
  const title = meaning.title === "" ? "" : ` ${quoteForTerminal(meaning.title)}`;
  const items = meaning.items.map(({ label }) => quoteForTerminal(label)).join(", ");
  return `${verbWords(verb)}${title}${items === "" ? "" : ` ${items}`}${to === "" ? "" : ` to ${to}`}`;
}

/** A question of the playground on one line, its text whole; any other as it is always put. */
function inOneLine(question: Question): string {
  const { site, text } = question.meaning;
  if (site !== "playground" || question.meaning.doubts.length > 0) return questionText(question);
  return `${oneLine(question)}${text === "" ? "" : `: ${quoteForTerminal(text.replaceAll(/\s+/g, " "), TEXT_LIMIT)}`}`;
}

/** The person's stand-in of --demo: yes to the reply it was told to write, no to everything else. */
function answerFor({ verb, meaning }: Question): "approve" | "refuse" {
  const told = verb === "mail.reply" && meaning.site === "playground" && meaning.people.length === 1;
  return told && meaning.people[0]?.address === "maria.lindqvist@northgate.example" ? "approve" : "refuse";
}

function answerByItself({ desk }: Companion, terminal: Terminal): () => void {
  return desk.onQuestion((question) => {
    const answer = answerFor(question);
    const say = async (): Promise<void> => {
      const trouble = await desk.answerFromTerminal(question.approvalId, answer, question.digest);
      const failed = trouble ? `  (${trouble.message})` : "";
      terminal.print(`${answer === "approve" ? "yes" : "no "}  ${oneLine(question)}${failed}`);
    };
    void say();
  });
}

const threeSteps = (folder: string): readonly string[] => [
  "Open chrome://extensions and switch on Developer mode.",
  `Press "Load unpacked" and paste the path of this folder, which file choosers hide: ${folder}`,
  "Come back to the playground.",
];

/** Until the person has loaded the extension: the steps in the terminal, and a code in its folder that is never too old. */
async function waitForHand(companion: Companion, folder: string, over: () => boolean): Promise<void> {
  for (let renewed = Date.now(); !over() && companion.desk.browsers === 0;) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    if (Date.now() - renewed < RENEW_MS) continue;
    renewed = Date.now();
    const { code } = await companion.server.openPairing();
    await renewCode(folder, code);
  }
}

/** The extension beside the built companion; this module may stand one folder deeper, in a chunk of its own. */
function builtExtension(): string {
  for (const path of ["../chrome", "../../chrome"]) {
    const folder = fileURLToPath(new URL(path, import.meta.url));
    if (existsSync(join(folder, "manifest.json"))) return folder;
  }
  throw new UsageError("The extension is not built; run `npm run build` first.");
}

async function saidHello({ desk }: Companion, ms: number, over: () => boolean): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end && !over();) {
    if (desk.browsers > 0) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

/** The same port as last time where it is free: what the person switched on in that browser stays switched on. */
async function playgroundAt(file: string, guarded: () => boolean): Promise<Playground> {
  const kept = await readFile(file, "utf8").catch(() => "");
  const port = /^\d{4,5}$/.test(kept) ? Number(kept) : 0;
  const playground = await startPlayground(port, guarded);
  await writeFile(file, new URL(playground.origin).port, { mode: 0o600 });
  return playground;
}

/** What happened to the playground's mailbox, as it happens, until `enough`. Answers how much it has told. */
async function follow(
  playground: Playground,
  terminal: Terminal,
  told: number,
  enough: () => boolean,
): Promise<number> {
  for (let at = told; ;) {
    for (; at < playground.effects.length; at += 1) terminal.print(`In the mailbox: ${playground.effects[at] ?? ""}`);
    if (enough()) return at;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function closing(changes: number, stays: boolean): string {
  const did =
    changes === 1 ? "1 thing happened, and it was allowed" : `${changes} things happened, all of them allowed`;
  const then = stays ? " Ctrl-C ends it." : "";
  return `The agent has tried everything: ${did}. Read it all in the history or with \`countersign log\`.${then}`;
}

export async function demo(args: readonly string[], terminal: Terminal): Promise<number> {
  const { flags } = readArguments(args, {
    browser: { type: "string" },
    demo: { type: "boolean" },
    headless: { type: "boolean" },
  });
  const wanted = typeof flags["browser"] === "string" ? flags["browser"] : undefined;
  const browser = findBrowser(wanted);
  const built = builtExtension();
  const itself = flags["demo"] === true;
  const headless = flags["headless"] === true || itself || !hasDisplay();

  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => end());

  let launched: Launched | null = null;
  let playground: Playground | null = null;
  const companion = await composeCompanion({ home: homeFolder(), onStop: () => end() });
  try {
    playground = await playgroundAt(join(companion.home, "playground.json"), () => companion.desk.browsers > 0);
    const folder = join(companion.home, "browser", "extension");
    const { code } = await companion.server.openPairing();
    const sites = [{ origin: playground.origin, site: "playground" }];
    const url = `${playground.origin}/${headless ? "?agent=now" : ""}`;
    await placeExtension(built, folder, { code, sites, open: url });
    const profile = join(companion.home, "browser", "profile");
    launched = launchBrowser(browser, { profile, extension: folder, url, headless });
    terminal.print(
      `Countersign runs with ${browser.name}${headless ? ", without a window" : ""}. Playground: ${playground.origin}`,
    );
    terminal.print(`Profile of rules: ${companion.profile.current().name}. Ctrl-C ends the companion and the browser.`);
    for (const line of calledByNpm()) terminal.print(line);
    const leave = itself
      ? answerByItself(companion, terminal)
      : attend(companion, terminal, headless ? inOneLine : undefined);
    let over = false;
    void ended.then(() => (over = true));
    if (!(await saidHello(companion, PATIENCE_MS, () => over)) && !over) {
      if (headless) {
        terminal.print(
          `${browser.name} has not taken the extension. Google Chrome and Edge take none from the command line, and without a window nobody can load it: try --browser chromium.`,
        );
      } else {
        terminal.print(`${browser.name} takes no extension from the command line. Three steps in its window:`);
        for (const [at, step] of threeSteps(folder).entries()) terminal.print(`  ${at + 1}. ${step}`);
        playground.steps = threeSteps(folder);
      }
      void waitForHand(companion, folder, () => over).catch(() => undefined);
    }
    const shown = playground;
    const watch = async (): Promise<void> => {
      const told = await follow(shown, terminal, 0, () => over || shown.finished());
      if (over) return;
      terminal.print(closing(told, !itself && (!headless || terminal.person)));
      if (!headless) await follow(shown, terminal, told, () => over);
    };
    const watched = watch();
    const lasting = itself || (headless && !terminal.person) ? watched : ended;
    await Promise.race([lasting, ended, launched.closed]);
    leave();
    over = true;
    return 0;
  } finally {
    await launched?.stop();
    await playground?.stop();
    await companion.stop();
    terminal.print("Countersign has stopped; nothing of it runs.");
  }
}

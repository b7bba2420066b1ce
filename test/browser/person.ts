// A person at a screen: a keyboard, a mouse, eyes for window titles and for the text of the page in front.
// Must never reach into the browser: everything goes through the display, as from a real hand.
import { execFile } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import type { Screen } from "./screen.ts";

const run = promisify(execFile);

export interface Person {
  keys(...keys: readonly string[]): Promise<void>;
  type(text: string): Promise<void>;
  /** Finds words in the page as with Ctrl+F and stands there; `then` are keys pressed from there. */
  find(words: string, ...then: readonly string[]): Promise<void>;
  click(x: number, y: number): Promise<void>;
  /** Titles of the windows that can be seen. */
  titles(): Promise<string[]>;
  /** Title of the window that has the keyboard. */
  inFront(): Promise<string>;
  /** Waits until the window with the keyboard has a title like this. */
  sees(title: RegExp, ms?: number): Promise<void>;
  /** Selects and copies the whole page in front. */
  text(): Promise<string>;
  /** Waits until the page in front says this; answers its whole text. */
  reads(words: RegExp, ms?: number): Promise<string>;
  /** Waits until something holds. */
  until(what: string, holds: () => boolean | Promise<boolean>, ms?: number): Promise<void>;
}

export function personAt(screen: Screen): Person {
  const env = { ...process.env, DISPLAY: screen.display };
  const tool = async (...args: readonly string[]): Promise<string> => (await run("xdotool", args, { env })).stdout;
  const quietly = async (...args: readonly string[]): Promise<string> => tool(...args).catch(() => "");

  const until: Person["until"] = async (what, holds, ms = 15_000) => {
    for (const end = Date.now() + ms; ;) {
      if (await holds()) return;
      if (Date.now() > end) throw new Error(`The person waited in vain until ${what}`);
      await pause(60);
    }
  };
  const inFront = async (): Promise<string> => (await quietly("getwindowfocus", "getwindowname")).trim();
  const keys: Person["keys"] = async (...names) => void (await tool("key", "--delay", "20", ...names));
  const click: Person["click"] = async (x, y) => void (await tool("mousemove", String(x), String(y), "click", "1"));
  const text: Person["text"] = async () => {
    // In the margin: in a field Ctrl+A would select only what stands there.
    const [left = 0, top = 0, , height = 0] = (await quietly("getwindowfocus", "getwindowgeometry", "--shell"))
      .split("\n")
      .flatMap((line) => /^(?:X|Y|WIDTH|HEIGHT)=(-?\d+)$/.exec(line)?.[1] ?? [])
      .map(Number);
    await click(left + 8, top + Math.round(height * 0.6));
    await keys("ctrl+a", "ctrl+c");
    await pause(80);
    return (await run("xclip", ["-o", "-selection", "clipboard"], { env }).catch(() => ({ stdout: "" }))).stdout;
  };
  const type: Person["type"] = async (words) => void (await tool("type", "--delay", "4", words));
  return {
    keys,
    type,
    find: async (words, ...then) => {
      await keys("ctrl+f");
      await pause(250);
      await type(words);
      await pause(350);
      await keys("Escape");
      // Our answer buttons count only a while after the window has the keyboard again.
      await pause(900);
      if (then.length > 0) await keys(...then);
    },
    click,
    titles: async () =>
      (await quietly("search", "--onlyvisible", "--name", ".", "getwindowname", "%@"))
        .split("\n")
        .filter((line) => line !== ""),
    inFront,
    sees: async (title, ms) => {
      let last = "";
      await until(`the window in front is ${title}`, async () => title.test((last = await inFront())), ms).catch(
        (error: unknown) => {
          throw new Error(`${error instanceof Error ? error.message : "In vain"}; it is "${last}"`);
        },
      );
    },
    text,
    reads: async (words, ms) => {
      let last = "";
      await until(`the page says ${words}`, async () => words.test((last = await text())), ms).catch(
        (error: unknown) => {
          throw new Error(`${error instanceof Error ? error.message : "In vain"}; it says: ${last}`);
        },
      );
      return last;
    },
    until,
  };
}

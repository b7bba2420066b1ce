// Finds a Chromium-family browser on this machine, in the order Chrome, Chromium, Edge, Brave.
// Must never download or install one.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface FoundBrowser {
  readonly name: string;
  readonly path: string;
}

interface Candidate {
  readonly name: string;
  readonly linux: readonly string[];
  readonly darwin: readonly string[];
  readonly win32: readonly string[];
}

const CANDIDATES: readonly Candidate[] = [
  {
    name: "Chrome",
    linux: ["google-chrome", "google-chrome-stable"],
    darwin: ["Google Chrome.app/Contents/MacOS/Google Chrome"],
    win32: ["Google\\Chrome\\Application\\chrome.exe"],
  },
  {
    name: "Chromium",
    linux: ["chromium", "chromium-browser"],
    darwin: ["Chromium.app/Contents/MacOS/Chromium"],
    win32: ["Chromium\\Application\\chrome.exe"],
  },
  {
    name: "Edge",
    linux: ["microsoft-edge", "microsoft-edge-stable"],
    darwin: ["Microsoft Edge.app/Contents/MacOS/Microsoft Edge"],
    win32: ["Microsoft\\Edge\\Application\\msedge.exe"],
  },
  {
    name: "Brave",
    linux: ["brave-browser", "brave"],
    darwin: ["Brave Browser.app/Contents/MacOS/Brave Browser"],
    win32: ["BraveSoftware\\Brave-Browser\\Application\\brave.exe"],
  },
];

function places(candidate: Candidate): string[] {
  const env = process.env;
  if (process.platform === "darwin")
    return candidate.darwin.flatMap((p) => [`/Applications/${p}`, `${env.HOME ?? ""}/Applications/${p}`]);
  if (process.platform === "win32") {
    const roots = [env["PROGRAMFILES"], env["PROGRAMFILES(X86)"], env["LOCALAPPDATA"]].filter((r) => r !== undefined);
    return candidate.win32.flatMap((p) => roots.map((root) => `${root}\\${p}`));
  }
  const path = (env.PATH ?? "").split(delimiter).filter((p) => p !== "");
  return candidate.linux.flatMap((name) => path.map((folder) => join(folder, name)));
}

/**
 * The first browser found, or the one asked for by name or by path.
 * Throws one sentence that says what to install or pass when there is none.
 */
export function findBrowser(wanted?: string): FoundBrowser {
  if (wanted !== undefined && /[/\\]/.test(wanted)) {
    if (existsSync(wanted)) return { name: "The browser you named", path: wanted };
    throw new Error(`There is no browser at ${wanted}; pass --browser with the path of one that exists.`);
  }
  const tried = CANDIDATES.filter((c) => wanted === undefined || c.name.toLowerCase() === wanted.toLowerCase());
  for (const candidate of tried)
    for (const path of places(candidate)) if (existsSync(path)) return { name: candidate.name, path };
  throw new Error(
    wanted === undefined
      ? "No Chrome, Chromium, Edge or Brave was found; install one (on Debian: apt install chromium) or pass --browser PATH."
      : `${wanted} was not found; --browser takes Chrome, Chromium, Edge, Brave or a path.`,
  );
}

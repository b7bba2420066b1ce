// What this machine has of what the tests need; installs the rest where that is possible and allowed.
// Must never fail a run for what is missing: it says what must be left out and how to get it.
import { execFileSync } from "node:child_process";
import { BROWSER_PACKAGES, ensurePackages, installAllowed, SERVER_PACKAGES } from "./servers/packages.ts";

export interface Lack {
  /** No Chromium: no browser test can run. */
  readonly browser: string;
  /** No mail servers: what needs a real webmail cannot run. */
  readonly servers: string;
}

function inPath(program: string): boolean {
  try {
    execFileSync("which", [program], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function missing(packages: readonly string[]): string {
  try {
    const installed = ensurePackages({ install: installAllowed(), packages });
    if (installed.length > 0) console.log(`Installed for the tests: ${installed.join(", ")}.`);
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** "" for what is there, else one sentence. */
export function lacking(): Lack {
  const own = process.env["COUNTERSIGN_CHROMIUM"] !== undefined;
  const found = ["chromium", "chromium-browser", "google-chrome"].some((name) => inPath(name));
  const browser = own || found ? "" : missing(["chromium"]);
  const tools = missing(BROWSER_PACKAGES.filter((name) => name !== "chromium"));
  return { browser, servers: missing(SERVER_PACKAGES) || tools };
}

// Reads a browser's command line: what in it lets another program press the browser's buttons.
// Must never excuse a flag because of where it stands in the line.

export interface Launch {
  /** "" or what the browser was started with, in words that fit "was started with ...". */
  readonly driven: string;
  readonly headless: boolean;
}

const DRIVING: readonly (readonly [RegExp, string])[] = [
  [/^--?remote-debugging-(port|pipe|io-pipes|targets|address|socket-name)(=|$)/, "remote debugging"],
  [/^--?marionette(-port)?(=|$)/, "remote control (Marionette)"],
  [/^--?enable-automation(=|$)/, "automation"],
  [/^--?silent-debugger-extension-api(=|$)/, "silent debugging by extensions"],
];
const HEADLESS = /^--?headless(=|$)/;

/** `line` as /proc gives it: arguments behind NULs, or, after a program renamed itself, behind spaces. */
export function readLaunch(line: string, surroundings = ""): Launch {
  const words = line.split(/[\0\s]+/);
  const found = DRIVING.find(([flag]) => words.some((word) => flag.test(word)))?.[1];
  const marionette = /(^|\0)MOZ_MARIONETTE=[^\0]/.test(surroundings) ? "remote control (Marionette)" : "";
  return { driven: found ?? marionette, headless: words.some((word) => HEADLESS.test(word)) };
}

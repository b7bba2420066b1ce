// The profile in force, the person's file beside it, and the way from one to the other: a changed file is a proposal.
// Must never let anything but the person's own accept() widen what is allowed; when in doubt, the old rules stay.
import { statSync, watch } from "node:fs";
import type { FSWatcher } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { digestOfText, readAccepted, writeAccepted } from "./accepted-file.ts";
import { prepare } from "./cedar-engine.ts";
import { FIRST_PRESET, presetOf } from "./presets.ts";
import type { Preset } from "./presets.ts";
import { writePrivate } from "../state/private-file.ts";
import { differenceOf, narrowed } from "./profile-difference.ts";
import type { Change } from "./profile-difference.ts";
import { readProfileText } from "./profile-reader.ts";
import { LOCKED, makeProfile, OWN_RULES } from "./rule-set.ts";
import type { LoadedProfile, ProfileRule } from "./rule-set.ts";

const LONGEST_FILE = 64 * 1024;
/** Editors write in several steps; the file is read when they have been quiet this long. */
const QUIET_MS = 120;

export interface Proposal {
  /** Digest of the whole set the file describes: what accept() must name. */
  readonly digest: string;
  readonly name: string;
  readonly text: string;
  readonly rules: readonly ProfileRule[];
  readonly changes: readonly Change[];
}

export interface ProfileOptions {
  readonly home: string;
  /** True only when this folder was never used before: only then may a profile come from nowhere. */
  readonly firstStart: boolean;
  readonly now: () => number;
  /** Puts a change on record. A widening is not made when this fails. */
  readonly record: (what: string, detail: string) => Promise<void>;
}

export const profilePath = (home: string) => join(home, "profile.cedar");

/** A folder nobody used: at most the person's own profile text lies in it. */
export async function isFirstStart(home: string): Promise<boolean> {
  return (await readdir(home)).every((name) => name === "profile.cedar");
}

export class Profile {
  /** One sentence when the accepted rules were lost and everything is locked; else "". */
  fallback = "";
  /** One sentence when the file cannot be used; else "". */
  problem = "";
  proposal: Proposal | null = null;
  #inForce: LoadedProfile = LOCKED;
  #seen = "";
  /** Digest of the text the accepted rules are the whole of; "" when they are less. */
  #keptFor = "";
  #working: Promise<void> = Promise.resolve();
  #watcher: FSWatcher | null = null;
  #timer: NodeJS.Timeout | null = null;
  readonly #options: ProfileOptions;
  readonly #hearers: (() => void)[] = [];

  private constructor(options: ProfileOptions) {
    this.#options = options;
  }

  static async open(options: ProfileOptions): Promise<Profile> {
    const profile = new Profile(options);
    await profile.#start();
    return profile;
  }

  /** The rules to decide by, right now. Looks whether the file changed; reading it happens beside. */
  current(): LoadedProfile {
    if (this.#stamp() !== this.#seen) void this.review();
    return this.#inForce;
  }

  /** The rules to decide by, after whatever the file says now has been looked at. */
  async latest(): Promise<LoadedProfile> {
    if (this.#stamp() !== this.#seen) await this.review();
    return this.#inForce;
  }

  /** Reads the file: narrowing is loaded, the rest becomes the proposal. Never throws. */
  review(): Promise<void> {
    this.#seen = this.#stamp();
    this.#working = this.#working
      .then(() => this.#review())
      .catch((error: unknown) => {
        this.problem = `The profile file cannot be used (${(error as Error).message}). The rules before it stay in force.`;
      });
    return this.#working;
  }

  /** Loads the proposal the person has seen. Throws, with a sentence, when it is not that one any more. */
  async accept(digest: string): Promise<void> {
    await this.review();
    // In line with the reviews: one that narrows meanwhile must not be undone by what was seen before it.
    const accepting = this.#working.then(() => this.#accept(digest));
    this.#working = accepting.catch(() => undefined);
    return accepting;
  }

  async #accept(digest: string): Promise<void> {
    const wanted = this.proposal;
    if (wanted === null) throw new Error("Nothing waits to be accepted.");
    if (wanted.digest !== digest) throw new Error("The profile file has changed since you looked. Look at it again.");
    const details = wanted.changes.map((change) => change.sentence).join(" ");
    await this.#options.record("The profile was changed and accepted", details);
    const accepted = makeProfile(wanted.name, wanted.rules);
    // Proven before the old set is let go, and on disk before it is used.
    prepare(accepted);
    await this.#keep(accepted, wanted.text);
    this.#inForce = accepted;
    this.fallback = "";
    this.#settle(null, "");
  }

  onChange(hear: () => void): void {
    this.#hearers.push(hear);
  }

  async close(): Promise<void> {
    this.#watcher?.close();
    if (this.#timer) clearTimeout(this.#timer);
    await this.#working;
  }

  async #start(): Promise<void> {
    const { home } = this.#options;
    const accepted = await readAccepted(home);
    if (accepted.state === "good") {
      this.#inForce = accepted.profile;
      this.#keptFor = accepted.file;
    } else if (accepted.state === "missing" && this.#options.firstStart) {
      await this.#begin();
    } else {
      const what = accepted.state === "missing" ? "is missing" : "is damaged";
      this.fallback = `The file of accepted rules ${what}, so everything is locked. Run \`countersign profile accept\` to accept your profile file again.`;
    }
    try {
      prepare(this.#inForce);
    } catch {
      this.#inForce = LOCKED;
      this.fallback = "The accepted rules cannot be loaded, so everything is locked. Run `countersign profile accept`.";
    }
    if (accepted.state !== "good") await this.review();
    else if (await this.#unchanged()) this.#seen = this.#stamp();
    else void this.review();
    this.#watch();
  }

  async #begin(): Promise<void> {
    const { home } = this.#options;
    const reading = await readProfileText(FIRST_PRESET.text);
    if (!reading.ok) throw new Error(reading.problem.say);
    if (this.#stamp() === "") await writePrivate(profilePath(home), FIRST_PRESET.text);
    this.#inForce = makeProfile(FIRST_PRESET.name, reading.rules);
    await this.#keep(this.#inForce, FIRST_PRESET.text);
  }

  /** The usual start: the file is what was accepted, and need not be parsed (a second engine costs time and memory). */
  async #unchanged(): Promise<boolean> {
    const text = await readFile(profilePath(this.#options.home), "utf8").catch(() => null);
    return text !== null && digestOfText(text) === this.#keptFor;
  }

  async #keep(profile: LoadedProfile, text: string | null): Promise<void> {
    await writeAccepted(this.#options.home, profile, new Date(this.#options.now()).toISOString(), text);
    this.#keptFor = text === null ? "" : digestOfText(text);
  }

  async #review(): Promise<void> {
    const path = profilePath(this.#options.home);
    const found = await stat(path).catch(() => null);
    if (found === null || !found.isFile()) {
      return this.#settle(
        null,
        `${path} is missing. The accepted rules stay in force; \`countersign profile use\` writes a new one.`,
      );
    }
    if (found.size > LONGEST_FILE) {
      return this.#settle(null, `${path} is longer than 64 kB. Shorten it; the rules before it stay in force.`);
    }
    const text = await readFile(path, "utf8");
    const reading = await readProfileText(text);
    if (!reading.ok) {
      const { line, say } = reading.problem;
      return this.#settle(null, `${path}${line > 0 ? `:${line}` : ""}: ${say} The rules before it stay in force.`);
    }
    const name = presetOf(text)?.name ?? OWN_RULES;
    const changes = differenceOf(this.#inForce.rules, reading.rules);
    if (changes.length === 0) {
      // The same rules, perhaps by another name or in other words around them; nothing is left to accept.
      this.#inForce = makeProfile(name, reading.rules);
      if (this.#keptFor !== digestOfText(text)) await this.#keep(this.#inForce, text);
      this.fallback = "";
      return this.#settle(null, "");
    }
    // While the accepted rules are lost, everything waits: what is locked cannot get narrower.
    const narrowing = this.fallback === "" ? changes.filter((change) => change.narrows) : [];
    const whole = narrowing.length === changes.length;
    if (narrowing.length > 0) {
      const rules = whole ? reading.rules : narrowed(this.#inForce.rules, changes);
      const narrower = makeProfile(whole ? name : OWN_RULES, rules);
      prepare(narrower);
      // Less permission needs no disk to be in force; should the write fail, the problem is shown and the file tried again.
      this.#inForce = narrower;
      await this.#keep(narrower, whole ? text : null);
      const details = narrowing.map((change) => change.sentence).join(" ");
      await this.#options.record("The profile was narrowed", details).catch(() => undefined);
    }
    if (whole) return this.#settle(null, "");
    const rest = differenceOf(this.#inForce.rules, reading.rules);
    const digest = makeProfile(name, reading.rules).digest;
    this.#settle({ digest, name, text, rules: reading.rules, changes: rest }, "");
  }

  #settle(proposal: Proposal | null, problem: string): void {
    this.proposal = proposal;
    this.problem = problem;
    for (const hear of this.#hearers) hear();
  }

  #stamp(): string {
    const found = statSync(profilePath(this.#options.home), { throwIfNoEntry: false, bigint: true });
    return found === undefined ? "" : `${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`;
  }

  /** Watching is for speed only; current() and latest() look for themselves. */
  #watch(): void {
    try {
      this.#watcher = watch(this.#options.home, { persistent: false }, (_event, name) => {
        if (name !== "profile.cedar") return;
        if (this.#timer) clearTimeout(this.#timer);
        this.#timer = setTimeout(() => void this.latest(), QUIET_MS);
        this.#timer.unref();
      });
      this.#watcher.on("error", () => this.#watcher?.close());
    } catch {
      this.#watcher = null;
    }
  }
}

/** Writes a preset over the profile file. It is a proposal like any other edit. */
export async function writePreset(home: string, preset: Preset): Promise<void> {
  await writePrivate(profilePath(home), preset.text);
}

// How the link to the companion stands, in one sentence, and what to do about it.
// Must never sound safe when the companion is not there: without it everything is blocked.
import type { GuardState, LinkState } from "../messages.ts";
import { clockTime } from "./clock.ts";

export interface LinkWords {
  /** Short, for a header. */
  readonly short: string;
  readonly tone: "yes" | "stop" | "odd";
  /** What is the matter and what it means. */
  readonly say: string;
  /** What to do; "" when nothing. */
  readonly todo: string;
  /** To be typed in a terminal; "" when nothing. */
  readonly command: string;
}

const BLOCKED = "Until then nothing leaves the sites you guard.";

function words(link: LinkState): LinkWords {
  switch (link.state) {
    case "connected":
      return {
        short: "Companion connected",
        tone: "yes",
        say: `Guarding with the profile “${link.profile}”.`,
        todo: "",
        command: "",
      };
    case "unpaired":
      return {
        short: "Not paired",
        tone: "odd",
        say: `This extension is not paired with a companion. ${BLOCKED}`,
        todo: "Open the welcome page and follow its steps.",
        command: "",
      };
    case "away":
      return {
        short: "Companion away",
        tone: "stop",
        say: `The companion has been away since ${clockTime(link.since)}${link.why === "" ? "" : ` (${link.why})`}. ${BLOCKED}`,
        todo: "Start it in a terminal:",
        command: "countersign start",
      };
    case "stranger":
      return {
        short: "Wrong program",
        tone: "stop",
        say: `Another program answers on the companion's port (${link.port}), and cannot prove that it is yours. ${BLOCKED}`,
        todo: "Close that program, then start the companion in a terminal:",
        command: "countersign start",
      };
    case "other-build":
      return {
        short: "Versions differ",
        tone: "stop",
        say: `The companion is version ${link.companion}, this extension ${link.extension}; they do not work together. ${BLOCKED}`,
        todo: "Build both again, restart the companion, then reload this extension:",
        command: "npm start",
      };
  }
}

export function linkWords(state: Pick<GuardState, "link" | "stopped">): LinkWords {
  if (state.link.state !== "connected" || !state.stopped) return words(state.link);
  return {
    short: "Agents stopped",
    tone: "stop",
    say: "You stopped all agents. Everything they try on the sites you guard is blocked.",
    todo: "To let them go on, type in a terminal:",
    command: "countersign resume",
  };
}

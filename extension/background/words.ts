// The sentences a page, an agent and a person read about a held request. Each says what is wrong and what to do.
// Must never claim that something was sent, or was not, when that is not known.
import type { LinkState } from "../messages.ts";

export const HELD =
  "Held. A person is being asked in Countersign. Do not resend: it goes out once if they approve, and not at all if they refuse.";
export const RELEASED = "Approved and sent, once.";
export const RELEASED_LOST =
  "Approved, but the answer did not come back: it may have been sent. Check before sending again.";
export const NOT_PREPARED = "The browser refused to prepare this request. Nothing was sent; try again.";
const NOTHING_SENT = "Nothing was sent.";
/** Says it once: some sentences of the companion say it already. */
export const nothingSent = (words: string): string =>
  /\bnot sent\b|nothing was sent/i.test(words) ? words : `${words} ${NOTHING_SENT}`;
export const GIVEN_UP = "The page gave the request up.";
export const NOT_BY_VISIT =
  "This address may change something, and a visit to it cannot be held to one time. Use the page's own button instead.";
export const CLOSED_TAB =
  "This tab sent something past Countersign, so nothing more may leave it. Reload the tab to go on.";
export const TOO_MANY =
  "Too many requests of this tab are waiting already. Nothing was sent; wait for an answer first.";
export const TOO_LONG_ANSWER = "The site's answer is too long to hand back (over 20 MB). The request itself was sent.";

/** What to do while there is no companion; "" when there is one. */
export function noCompanion(link: LinkState): string {
  switch (link.state) {
    case "connected":
      return "";
    case "unpaired":
      return "Countersign is not paired with its companion. Open Countersign's welcome page and pair it, then try again.";
    case "away":
      return "Countersign's companion is not running. Start it with `countersign start`, then try again.";
    case "stranger":
      return `Another program answers on the companion's port ${link.port}. Stop it, start the companion, then try again.`;
    case "other-build":
      return `The companion is build ${link.companion} and the extension is build ${link.extension}. Install both from the same build, then try again.`;
  }
}

// Who the person has written to from here: recipients of outgoing actions that were released and sent.
// Must never learn from anything else: not from drafts, not from incoming mail, not from what only "may have been sent".
import { recipients, type Meaning } from "../../shared/meaning.ts";
import { readRecipient } from "../profile/recipient.ts";

export class People {
  #known = new Set<string>();

  /** Called for an outgoing action whose outcome is "sent". An address that cannot be read strictly is never known. */
  learn(addresses: readonly string[]): void {
    for (const address of addresses) {
      const recipient = readRecipient(address);
      if (recipient.readable) this.#known.add(recipient.person);
    }
  }

  /** The recipients nobody has written to yet, as the meaning spells them. */
  unknownOf(meaning: Pick<Meaning, "people">): string[] {
    return recipients(meaning).filter((address) => {
      const recipient = readRecipient(address);
      return !recipient.readable || !this.#known.has(recipient.person);
    });
  }

  get size(): number {
    return this.#known.size;
  }
}

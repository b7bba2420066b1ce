// The words a rule may use, as a Cedar schema: who, on what, doing what, and what is known about it.
// Must never offer a fact decide() does not fill in: a rule that reads one would fail, and failing denies.
import { VERB_GROUPS } from "../../shared/action.ts";

const groups = Object.entries(VERB_GROUPS);
const groupNames = groups.map(([group]) => `"${group}"`).join(", ");
const verbs = groups
  .map(([group, members]) => {
    const names = members.map((verb) => `"${verb}"`).join(", ");
    return `  action ${names} in ["${group}"]\n    appliesTo { principal: [Agent], resource: [Account], context: Facts };`;
  })
  .join("\n");

export const CEDAR_SCHEMA = `namespace CS {
  // "agent", "presumed person" or "unknown"; never a name, because a name is only what somebody calls itself.
  entity Agent;
  // The id of the site, e.g. "roundcube".
  entity Site;
  // The mailbox or calendar acted on, as the server names it.
  entity Account in [Site];
  // A full address in lower case, e.g. CS::Person::"ann@firm.example"; and the part after the @.
  entity Person;
  entity Domain;

  type Facts = {
    now: datetime,
    // Ids of the ask rules that were answered with yes. Only the ask rules themselves may look at it.
    approvals: Set<String>,
    group: String,
    recipients: Set<Person>,
    recipientDomains: Set<Domain>,
    // Recipients the person has never written to, and those whose address cannot be read.
    newPeople: Set<Person>,
    recipientCount: Long,
    attachments: Long,
    // Attachments whose content was not seen.
    unseenAttachments: Long,
    links: Long,
    images: Long,
    doubts: Long,
    // Messages or events acted on, all of them.
    items: Long,
    canonical: Bool,
    // False for a sign-in to an account no agent was let into before; true for every other verb.
    knownAccount: Bool,
    // Let through in the last hour, this one not counted.
    sendingLastHour: Long,
    tidyingLastHour: Long,
  };

  action ${groupNames};
${verbs}
}
`;

// Questions and guard states for looking at the pages: people at .example and .test only.
import { meaningDigest, type Meaning } from "../../../shared/meaning.ts";
import type { GuardState } from "../../../extension/messages.ts";
import type { Question } from "../../../shared/protocol.ts";
import { MEANINGS, three } from "./meanings.ts";

export { MEANINGS };

let made = 0;
/** A question asked just now, with two minutes left unless said otherwise. */
export async function ask(meaning: Meaning, part: Partial<Question> = {}): Promise<Question> {
  made += 1;
  return {
    approvalId: `ap-${made}`,
    actionId: `ac-${made}`,
    digest: await meaningDigest(meaning),
    verb: meaning.verb,
    meaning,
    origin: "https://mail.acme.example",
    actor: {
      kind: "agent",
      name: null,
      evidence: [
        { what: "profile.agents", weight: 60, say: "This browser profile is an agent's own." },
        { what: "pointer.jump", weight: 20, say: "The pointer jumped to the button." },
      ],
    },
    rules: [{ id: "ask-sending", say: "You are asked before anything is sent to anyone." }],
    newPeople: [],
    askedAt: new Date(Date.now() - 8_000).toISOString(),
    until: new Date(Date.now() + 112_000).toISOString(),
    channel: "popup",
    channelWhy: "",
    joined: 1,
    ...part,
  };
}

export const guard = (part: Partial<GuardState> = {}): GuardState => ({
  link: { state: "connected", profile: "Assistant", companion: "0.1.0" },
  questions: [],
  debugging: "",
  stopped: false,
  sites: [
    {
      origin: "https://mail.acme.example",
      site: "roundcube",
      name: "Roundcube",
      checks: [
        { what: "permission", ok: true, say: "Countersign may see this address." },
        { what: "wall", ok: true, say: "Requests that change something are blocked unless Countersign sends them." },
        { what: "page", ok: true, say: "The page is Roundcube." },
      ],
    },
  ],
  refusals: [],
  clockSkewMs: 0,
  ...part,
});

const FRESH: Partial<Record<keyof typeof MEANINGS, readonly string[]>> = {
  "new-people": three.map((each) => each.address),
  lookalike: [
    "maria@nоrthgate.example",
    "billing@xn--nrthgate-56a.example",
    "archive\u200b@northgate-mail.example",
    "alex.berg@freemail.example",
  ],
  doubts: ["drop@collector.test"],
  "hidden-text": ["supplier@northgate.example"],
  "many-recipients": Array.from({ length: 14 }, (_, n) => `customer.${n + 1}@client-${n + 1}.example`),
  filter: ["books@ledger.test"],
  forwarding: ["alex.berg@freemail.test"],
};
const RULES: Partial<Record<keyof typeof MEANINGS, Question["rules"][number]>> = {
  delete: { id: "ask-delete", say: "You are asked before anything is deleted or reported as spam." },
  filter: {
    id: "ask-lasting",
    say: "You are asked before a filter, forwarding, a share, a setting or another change that lasts is made.",
  },
  forwarding: {
    id: "ask-lasting",
    say: "You are asked before a filter, forwarding, a share, a setting or another change that lasts is made.",
  },
  unknown: { id: "ask-unknown", say: "You are asked before anything is done that is not understood." },
};

export async function question(name: keyof typeof MEANINGS, part: Partial<Question> = {}): Promise<Question> {
  const rule = RULES[name];
  return ask(MEANINGS[name], { newPeople: [...(FRESH[name] ?? [])], ...(rule ? { rules: [rule] } : {}), ...part });
}

export const RAISED = {
  channel: "terminal",
  channelWhy: "This browser is under remote debugging; whatever drives it could press a yes here.",
} as const;

/** Every state of the popup by the name of its picture. */
export async function popupStates(): Promise<Record<string, GuardState>> {
  const states: Record<string, GuardState> = {};
  for (const name of Object.keys(MEANINGS) as (keyof typeof MEANINGS)[]) {
    states[name] = guard({ questions: [await question(name)] });
  }
  return {
    ...states,
    raised: guard({ questions: [await question("new-people", RAISED)], debugging: RAISED.channelWhy }),
    waiting: guard({ questions: [await question("new-people"), await question("delete"), await question("filter")] }),
    expired: guard({ questions: [await question("new-people", { until: new Date(Date.now() - 1000).toISOString() })] }),
    differs: guard({ questions: [await question("new-people", { digest: "0".repeat(64) })] }),
    idle: guard({
      refusals: [
        {
          digest: "c".repeat(64),
          words: "Forward “Q3 salaries” to maria@northgate-mail.example",
          at: new Date(Date.now() - 600_000).toISOString(),
          until: new Date(Date.now() + 3_000_000).toISOString(),
        },
      ],
    }),
    unpaired: guard({ link: { state: "unpaired" }, sites: [] }),
    away: guard({
      link: { state: "away", since: new Date(Date.now() - 300_000).toISOString(), why: "the connection was refused" },
    }),
    stranger: guard({ link: { state: "stranger", port: 47113 } }),
    "other-build": guard({ link: { state: "other-build", companion: "0.2.0", extension: "0.1.0" } }),
    stopped: guard({ stopped: true }),
  };
}

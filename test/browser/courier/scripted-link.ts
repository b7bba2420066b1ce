// Stands in for extension/background/link/link.ts in the test build: a companion that answers as the test says.
// Must never be part of a real build.
import type { Push, Reply } from "../../../shared/protocol.ts";
import type { Ask, Link, LinkParts } from "../../../extension/background/link/link.ts";
import type { LinkState } from "../../../extension/messages.ts";
import { meaningDigest } from "../../../shared/meaning.ts";

interface Script {
  verdict: "allow" | "ask" | "deny";
  readonly asked: Ask[];
  push(push: Push): void;
}
declare global {
  var script: Script;
}

export function createLink(parts: LinkParts): Link {
  const state: LinkState = { state: "connected", profile: "Assistant", companion: parts.build };
  globalThis.script = { verdict: "allow", asked: [], push: parts.onPush };
  const answer = async (ask: Ask): Promise<Reply> => {
    globalThis.script.asked.push(ask);
    if (ask.type === "waiting") return { type: "questions", re: 1, questions: [] };
    if (ask.type === "refusals") return { type: "refusals", re: 1, refusals: [] };
    if (ask.type === "records") return { type: "records", re: 1, records: [], size: 0 };
    if (ask.type !== "propose") return { type: "done", re: 1 };
    const digest = await meaningDigest(ask.action.meaning);
    const rules = [{ id: "test", say: "The test says so." }];
    const verdict = ask.action.canonical ? globalThis.script.verdict : "ask";
    const until = new Date(Date.now() + 60_000).toISOString();
    const approvalId = ask.action.id;
    return {
      type: "verdict",
      re: 1,
      actionId: ask.action.id,
      digest,
      decision:
        verdict === "allow"
          ? { verdict, rules }
          : verdict === "deny"
            ? { verdict, rules, because: "The test says no." }
            : { verdict, rules, approvalId, until, channel: "popup" },
    };
  };
  return {
    state: () => state,
    ensure: async () => undefined,
    request: answer,
    pair: async () => undefined,
    unpair: async () => undefined,
  };
}

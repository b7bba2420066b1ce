// From a proposed action to a verdict: digest, refusals, rules, record, and only then the answer.
// Must never answer "allow" or put a question before that is on disk, and never let a rule's trouble end in anything but deny.
import type { NewRecord } from "../../shared/audit.ts";
import type { Rule } from "../../shared/decision.ts";
import { meaningDigest } from "../../shared/meaning.ts";
import type { Reply, Request } from "../../shared/protocol.ts";
import { accountKey, type Accounts } from "./accounts.ts";
import type { Approvals } from "./approvals.ts";
import { iso, type Clock } from "./clock.ts";
import type { OpenActions } from "./open-actions.ts";
import type { Peer } from "../door/peer.ts";
import type { Peers } from "./peers.ts";
import type { People } from "./people.ts";
import type { Refusals } from "./refusals.ts";
import { isRoutine, type Routine } from "./routine.ts";
import type { Ruling, RulingInput } from "../profile/ruling.ts";
import type { Scribe } from "./scribe.ts";
import type { Stop } from "./stop.ts";
import { summarise } from "./summary.ts";
import type { Tally } from "./tally.ts";

export interface ProposingParts {
  readonly clock: Clock;
  readonly keepText: boolean;
  readonly rule: (input: RulingInput) => Ruling;
  readonly stop: Pick<Stop, "stopped">;
  readonly scribe: Scribe;
  readonly approvals: Approvals;
  readonly refusals: Refusals;
  readonly actions: OpenActions;
  readonly people: People;
  readonly accounts: Accounts;
  readonly tally: Tally;
  readonly routine: Routine;
  readonly peers: Peers;
}

type Propose = Extract<Request, { type: "propose" }>;
type Deny = Extract<Ruling, { verdict: "deny" }>;

/** One action on its way. */
interface Case {
  readonly peer: Peer;
  readonly n: number;
  readonly digest: string;
  readonly input: RulingInput;
  readonly holdMs: number;
}

export class Proposing {
  readonly #parts: ProposingParts;

  constructor(parts: ProposingParts) {
    this.#parts = parts;
  }

  async propose(peer: Peer, request: Propose): Promise<Reply> {
    const { action, actor, n } = request;
    const { accounts, actions, clock, people, scribe, tally } = this.#parts;
    // Before anything that takes time: a page that gives up meanwhile is heard.
    if (!actions.claim(action.id, peer.id)) {
      const message = "An action of this name was judged before; every action needs a name of its own.";
      return { type: "error", re: n, code: "malformed", message };
    }
    let digest: string;
    try {
      digest = await meaningDigest(action.meaning);
    } catch {
      actions.close(action.id, "stopped");
      const what = "An action could not be read";
      await scribe.note([{ kind: "incident", what, detail: `${action.verb}, ${action.id}`, origin: action.origin }]);
      return { type: "error", re: n, code: "malformed", message: "What this would do cannot be written down exactly." };
    }
    const now = clock.now();
    const newPeople = people.unknownOf(action.meaning);
    const knownAccount = accounts.knows(accountKey(action.origin, action.meaning.title));
    const input = { action, actor, newPeople, knownAccount, now, recent: tally.recent(now) };
    const it: Case = { peer, n, digest, input, holdMs: request.deadlineMs };
    const ruling = this.#standing(digest) ?? this.judge(input);
    if (ruling.verdict === "deny") return this.#deny(it, ruling);
    return ruling.verdict === "allow" ? this.#allow(it, ruling.rules) : this.#ask(it, ruling.rules);
  }

  /** The rules' word; whatever goes wrong in them is a no. */
  judge(input: RulingInput): Ruling {
    const { action } = input;
    if (action.meaning.verb !== action.verb || action.meaning.site !== action.site)
      return no("what-differs", "What was shown and what would be done are not the same kind of action.");
    try {
      return this.#parts.rule(input);
    } catch {
      return no("rule-failed", "A rule failed while this was judged, so it is not let through.");
    }
  }

  /** What holds before any rule: the person's stop, and a refusal still in force. */
  #standing(digest: string): Deny | null {
    if (this.#parts.stop.stopped)
      return no(
        "stopped",
        "All agents were stopped by the person. Only the person can let them go on, in the terminal.",
      );
    const refusal = this.#parts.refusals.find(digest);
    return refusal === undefined ? null : no("refused-before", refusal.words);
  }

  async #deny(it: Case, ruling: Deny): Promise<Reply> {
    const { actions, scribe } = this.#parts;
    const { action } = it.input;
    if (isRoutine(action)) actions.close(action.id, "stopped");
    // A refusal takes effect whether or not the disk works; the record is owed then.
    else await scribe.note([this.#decided(it, "deny", ruling.rules, ruling.because, null)]);
    return this.#verdict(it, { verdict: "deny", because: ruling.because, rules: [...ruling.rules] });
  }

  async #allow(it: Case, rules: readonly Rule[]): Promise<Reply> {
    const { actions, clock, routine, scribe, stop, tally } = this.#parts;
    const { action } = it.input;
    if (isRoutine(action)) {
      actions.close(action.id, "routine");
      routine.count(action.site);
      return this.#verdict(it, { verdict: "allow", rules: [...rules] });
    }
    tally.count(action.id, action.verb, clock.now());
    try {
      await scribe.must([
        this.#decided(it, "allow", rules, null, null),
        { kind: "spent", action: action.id, approval: null, digest: it.digest },
      ]);
    } catch (error) {
      tally.uncount(action.id);
      return this.#disk(it, error);
    }
    if (stop.stopped || actions.hasLeft(action.id)) return this.#takeBack(it);
    return this.#verdict(it, { verdict: "allow", rules: [...rules] });
  }

  async #ask(it: Case, rules: readonly Rule[]): Promise<Reply> {
    const { actions, approvals, peers, scribe } = this.#parts;
    const { action } = it.input;
    const { channel, why } = await peers.channel(it.peer);
    // Much may have happened while the browser was looked at.
    const standing = this.#standing(it.digest);
    if (standing !== null) return this.#deny(it, standing);
    if (actions.hasLeft(action.id))
      return this.#deny(it, no("withdrawn", "The page gave up on this; it was not sent."));
    if (approvals.list.alreadySent(it.digest))
      return this.#deny(it, no("already-sent", "An equal request was already sent once. Do not resend it."));
    const { digest, holdMs, input } = it;
    const approval = approvals.add({ peer: it.peer.id, digest, input, rules, channel, channelWhy: why, holdMs });
    if (approval === "full")
      return this.#deny(it, no("too-many", "Too many questions are waiting for the person. Answer those first."));
    try {
      await scribe.must([this.#decided(it, "ask", rules, null, approval.id)]);
    } catch (error) {
      approvals.list.abandon(approval, action.id);
      return this.#disk(it, error);
    }
    if (approval.state !== "waiting" || !approval.actions.has(action.id)) {
      const because = approval.words === "" ? "The page gave up on this; it was not sent." : approval.words;
      return this.#verdict(it, { verdict: "deny", because, rules: [...rules] });
    }
    approvals.show(approval);
    const until = iso(approval.until);
    return this.#verdict(it, {
      verdict: "ask",
      rules: [...rules],
      approvalId: approval.id,
      until,
      channel: approval.channel,
    });
  }

  /** Stopped in the very moment it was being allowed: it is on record as released, so the record says that it was not. */
  async #takeBack(it: Case): Promise<Reply> {
    const because = "It was stopped before it was sent.";
    await this.#parts.scribe.note([
      { kind: "outcome", action: it.input.action.id, outcome: "not sent", note: because },
    ]);
    return this.#verdict(it, { verdict: "deny", because, rules: [] });
  }

  #disk(it: Case, error: unknown): Reply {
    this.#parts.actions.close(it.input.action.id, "stopped");
    const message = error instanceof Error ? error.message : "The record could not be written, so nothing is released.";
    return { type: "error", re: it.n, code: "disk", message };
  }

  #verdict(it: Case, decision: Extract<Reply, { type: "verdict" }>["decision"]): Reply {
    return { type: "verdict", re: it.n, actionId: it.input.action.id, digest: it.digest, decision };
  }

  #decided(
    it: Case,
    verdict: Ruling["verdict"],
    rules: readonly Rule[],
    because: string | null,
    approval: string | null,
  ): NewRecord {
    const { action, actor, newPeople } = it.input;
    return {
      kind: "decided",
      action: action.id,
      summary: summarise(action.meaning, this.#parts.keepText),
      digest: it.digest,
      origin: action.origin,
      actor: { kind: actor.kind, name: actor.name, evidence: actor.evidence.map((evidence) => evidence.say) },
      verdict,
      because,
      rules: [...rules],
      approval,
      newPeople: [...newPeople],
      browser: this.#parts.peers.hello(it.peer)?.browser ?? "",
    };
  }
}

function no(id: string, say: string): Deny {
  return { verdict: "deny", because: say, rules: [{ id: `companion-${id}`, say }] };
}

// One handler for each thing an extension may ask. Every request gets one reply.
// Must never answer for one extension what another asked, and never let a released action go without its record.
import type { NewRecord } from "../../shared/audit.ts";
import type { Reply, Request } from "../../shared/protocol.ts";
import { UNKNOWN, type Approval, type Proposal, type Trouble } from "./approval.ts";
import { iso } from "./clock.ts";
import { outOfSight, type DeskOptions, type DeskParts } from "./desk-parts.ts";
import type { Peer } from "../door/peer.ts";
import { seen } from "./peers.ts";
import { Proposing } from "./proposing.ts";
import { SAID } from "./recollection.ts";

type Asked<T extends Request["type"]> = Extract<Request, { type: T }>;
const NEVER_JUDGED: Trouble = { code: "unknown-action", message: "This action was never judged here." };

export class Requests {
  readonly #options: DeskOptions;
  readonly #parts: DeskParts;
  readonly #proposing: Proposing;

  constructor(options: DeskOptions, parts: DeskParts) {
    this.#options = options;
    this.#parts = parts;
    const { keepText } = parts.ledger;
    this.#proposing = new Proposing({ ...parts, keepText, rule: options.rule });
  }

  async answer(peer: Peer, request: Request): Promise<Reply> {
    const answered = await this.#handle(peer, request);
    const released = request.type === "spend" || request.type === "propose";
    // The line was cut meanwhile: nobody hears that it may be sent.
    const unheard = released && this.#parts.peers.hello(peer) === null ? this.#unheard(peer) : [];
    if (unheard.length > 0) await this.#parts.scribe.note(unheard);
    return answered;
  }

  async #handle(peer: Peer, request: Request): Promise<Reply> {
    const { approvals, ledger, peers, refusals, scribe } = this.#parts;
    const { n } = request;
    if (request.type === "ping") return { type: "pong", re: n };
    if (request.type === "hello") return this.#hello(peer, request);
    if (peers.hello(peer) === null) return reply(n, { code: "malformed", message: "The first message must be hello." });
    switch (request.type) {
      case "propose":
        return this.#proposing.propose(peer, request);
      case "spend":
        return reply(n, await this.#spend(peer, request));
      case "outcome":
        return reply(n, await this.#outcome(peer, request));
      case "withdraw":
        return reply(n, await this.#withdraw(peer, request));
      case "waiting":
        return { type: "questions", re: n, questions: approvals.list.questions(peer.id) };
      case "answer":
        return reply(n, await this.#answered(peer, request));
      case "refuseAll":
        await Promise.all(approvals.list.ofPeer(peer.id).map((approval) => approvals.refuse(approval.id, "popup")));
        return { type: "done", re: n };
      case "touch":
        return reply(n, this.#of(peer, request.approvalId) === null ? UNKNOWN : approvals.touch(request.approvalId));
      case "refusals": {
        const list = refusals.list().map((it) => {
          return { digest: it.digest, words: it.words, at: iso(it.at), until: iso(it.until) };
        });
        return { type: "refusals", re: n, refusals: list };
      }
      case "forget":
        refusals.forget(request.digest);
        return { type: "done", re: n };
      case "records":
        return { type: "records", re: n, records: await ledger.read(request), size: ledger.size };
      case "incident": {
        const { what, detail, origin } = request;
        return reply(n, this.#owed(await scribe.note([{ kind: "incident", what, detail, origin }])));
      }
      case "profile":
        return { type: "profile", re: n, ...this.#options.profile() };
      case "stopAgents":
        await this.#parts.stop.stop();
        return { type: "done", re: n };
    }
  }

  async #hello(peer: Peer, request: Asked<"hello">): Promise<Reply> {
    const { build, browser, webdriver, n } = request;
    const { clock, ledger, peers, scribe, stop } = this.#parts;
    if (build !== this.#options.build) {
      const message = `The extension is of build ${build}, the companion of build ${this.#options.build}. Update the older one and restart it.`;
      return reply(n, { code: "build", message: message.slice(0, 2_000) });
    }
    const look = (await seen(peer)) ?? { pid: null, program: "unknown", debugging: "", headless: false };
    const { returned, darkSince } = peers.greet(peer, { build, browser, webdriver }, look);
    const records = this.#unheard(peer);
    if (darkSince > 0) {
      const why = `${browser} ran without the extension being connected; what happened in it then was not seen.`;
      records.push({ kind: "gap", from: iso(darkSince), until: iso(clock.now()), why });
    }
    if (returned) records.push({ kind: "guard", what: SAID.connected, detail: `${browser}, ${look.program}.` });
    if (records.length > 0) await scribe.note(records);
    // After the welcome: what waits, and what was answered while the line was down.
    clock.after(0, () => this.#catchUp(peer.id));
    const { name } = this.#options.profile();
    const { debugging } = look;
    return {
      type: "welcome",
      re: n,
      build: this.#options.build,
      profile: name,
      size: ledger.size,
      debugging,
      stopped: stop.stopped,
    };
  }

  #unheard(peer: Peer): NewRecord[] {
    return outOfSight(this.#parts.actions, peer.id);
  }

  #catchUp(peer: string): void {
    const { list } = this.#parts.approvals;
    this.#parts.herald.catchUp(peer, list.questions(peer), list.ofPeer(peer));
  }

  /** The rules are asked once more: a profile that changed since the question counts. */
  async #spend(peer: Peer, { approvalId, actionId, digest }: Asked<"spend">): Promise<Trouble | null> {
    const { approvals, clock, tally } = this.#parts;
    const approval = this.#of(peer, approvalId);
    if (approval === null) return UNKNOWN;
    const proposal = approval.actions.get(actionId);
    const usable = approval.state === "approved" && !approval.writing && proposal !== undefined;
    if (usable) {
      const why = this.#noLonger(approval, proposal);
      if (why !== "") {
        await approvals.withdraw(approvalId, why);
        return { code: "not-approved", message: why };
      }
      tally.count(actionId, proposal.input.action.verb, clock.now());
    }
    const trouble = await approvals.spend(approvalId, actionId, digest);
    if (usable && trouble !== null) tally.uncount(actionId);
    return trouble;
  }

  #noLonger(approval: Approval, { input }: Proposal): string {
    const now = this.#parts.clock.now();
    // Many may have been asked about while nothing was counted yet: what was let through since then counts against a no.
    for (const recent of [input.recent, this.#parts.tally.recent(now)]) {
      const ruling = this.#proposing.judge({ ...input, now, recent });
      if (ruling.verdict === "deny") return `The rules refuse this now: ${ruling.because}`;
    }
    const ruling = this.#proposing.judge({ ...input, now });
    const lifted = new Set(approval.rules.map((rule) => rule.id));
    const more = ruling.verdict === "ask" ? ruling.rules.find((rule) => !lifted.has(rule.id)) : undefined;
    return more === undefined ? "" : `The rules changed since you were asked: ${more.say}`;
  }

  async #outcome(peer: Peer, { actionId, outcome, note }: Asked<"outcome">): Promise<Trouble | null> {
    const { actions, scribe } = this.#parts;
    const known = actions.open.get(actionId);
    const closed = actions.closed(actionId);
    if ((known === undefined && closed === undefined) || !actions.mine(actionId, peer.id)) return NEVER_JUDGED;
    if (closed === "finished" || closed === "routine") return null;
    const released = known?.stage === "released" || known?.stage === "unsure";
    if (closed === "stopped" && outcome === "not sent") return null;
    const records: NewRecord[] = [{ kind: "outcome", action: actionId, outcome, note }];
    if (!released && outcome !== "not sent") {
      const detail = `Action ${actionId} is reported as "${outcome}", but nothing allowed it.`;
      records.unshift({ kind: "incident", what: "Something left without permission", detail, origin: null });
    }
    return this.#owed(await scribe.note(records));
  }

  async #withdraw(peer: Peer, { actionId, because }: Asked<"withdraw">): Promise<Trouble | null> {
    const { actions, approvals } = this.#parts;
    if (!actions.mine(actionId, peer.id)) return NEVER_JUDGED;
    actions.leave(actionId);
    await approvals.leave(actionId, because);
    return null;
  }

  async #answered(peer: Peer, { approvalId, answer, digest }: Asked<"answer">): Promise<Trouble | null> {
    const { approvals, peers } = this.#parts;
    if (answer === "refuse") return approvals.refuse(approvalId, "popup");
    // A popup speaks for its own browser only: another one, perhaps driven by an agent, must not say yes for it.
    if (this.#of(peer, approvalId) === null) return UNKNOWN;
    const { channel, why } = await peers.channel(peer);
    if (channel === "terminal") approvals.raise(approvalId, why);
    return approvals.approve(approvalId, digest, "popup");
  }

  #of(peer: Peer, approvalId: string): Approval | null {
    const approval = this.#parts.approvals.list.find(approvalId);
    return approval?.peer === peer.id ? approval : null;
  }

  #owed(written: boolean): Trouble | null {
    if (written) return null;
    return { code: "disk", message: "The disk fails; this is kept in memory and written as soon as it works again." };
  }
}

function reply(n: number, trouble: Trouble | null): Reply {
  return trouble === null ? { type: "done", re: n } : { type: "error", re: n, ...trouble };
}

// Which actions have been judged and how far each one got, told by the records themselves: at start by the old ones, then
// by each new one. Must never believe in a stage that is not on disk.
import { OUTGOING, type Verb } from "../../shared/action.ts";
import type { AuditRecord } from "../../shared/audit.ts";
import { recipients } from "../../shared/meaning.ts";
import { accountKey, type Accounts } from "./accounts.ts";
import type { People } from "./people.ts";
import type { Tally } from "./tally.ts";

/**
 * asked      waits for a yes                     approved   has one, unused
 * released   `spent` is on disk, no outcome yet  unsure     its outcome is "may have been sent"; a later word is welcome
 */
export type Stage = "asked" | "approved" | "released" | "unsure";

export interface OpenAction {
  readonly verb: Verb;
  readonly digest: string;
  readonly approval: string | null;
  readonly recipients: readonly string[];
  /** For a sign-in: the account it was to; else null. */
  readonly account: string | null;
  stage: Stage;
  /** When it got there, as recorded. */
  at: string;
}

/** stopped: nothing may have left. finished: its outcome is known. routine: passed without a record of its own. */
export type Closed = "stopped" | "finished" | "routine";
const CLOSED_KEPT = 5_000;

export class OpenActions {
  readonly #people: People;
  readonly #accounts: Accounts;
  readonly #tally: Tally;
  readonly open = new Map<string, OpenAction>();
  #closed = new Map<string, Closed>();
  /** Which extension proposed it; not in the records, so after a restart nobody is named. */
  #owner = new Map<string, string>();
  #left = new Set<string>();

  constructor(people: People, accounts: Accounts, tally: Tally) {
    this.#people = people;
    this.#accounts = accounts;
    this.#accounts = accounts;
    this.#tally = tally;
  }

  /** False when this id was used before: an id names one action for ever. */
  claim(id: string, peer: string): boolean {
    if (this.#owner.has(id) || this.open.has(id) || this.#closed.has(id)) return false;
    this.#owner.set(id, peer);
    return true;
  }

  mine(id: string, peer: string): boolean {
    return (this.#owner.get(id) ?? peer) === peer;
  }

  /** What this extension was let release and has not yet told the outcome of. */
  underWay(peer: string): string[] {
    return [...this.open].flatMap(([id, { stage }]) =>
      stage === "released" && this.#owner.get(id) === peer ? [id] : [],
    );
  }

  closed(id: string): Closed | undefined {
    return this.#closed.get(id);
  }

  close(id: string, how: Closed): void {
    this.open.delete(id);
    this.#left.delete(id);
    this.#closed.delete(id);
    this.#closed.set(id, how);
    const oldest = this.#closed.keys().next();
    if (this.#closed.size <= CLOSED_KEPT || oldest.done === true) return;
    this.#closed.delete(oldest.value);
    this.#owner.delete(oldest.value);
  }

  /** The page gave up on an action that is still being judged. */
  leave(id: string): void {
    if (this.#owner.has(id) && !this.#closed.has(id)) this.#left.add(id);
  }

  hasLeft(id: string): boolean {
    return this.#left.has(id);
  }

  see(record: AuditRecord): void {
    if (record.kind === "decided") return this.#decided(record);
    if (!("action" in record)) return;
    const known = this.open.get(record.action);
    if (known === undefined) return;
    const reach = (stage: Stage) => Object.assign(known, { stage, at: record.at });
    if (record.kind === "answered") {
      if (record.state === "approved") reach("approved");
      else this.close(record.action, "stopped");
    } else if (record.kind === "spent") {
      reach("released");
      this.#tally.count(record.action, known.verb, Date.parse(record.at));
    } else {
      const released = known.stage === "released" || known.stage === "unsure";
      if (record.outcome === "sent" && released) {
        if (OUTGOING.includes(known.verb)) this.#people.learn(known.recipients);
        if (known.account !== null) this.#accounts.learn(known.account);
      }
      if (record.outcome === "may have been sent") reach("unsure");
      else this.close(record.action, released ? "finished" : "stopped");
    }
  }

  #decided(record: Extract<AuditRecord, { kind: "decided" }>): void {
    if (record.verdict === "deny") return this.close(record.action, "stopped");
    this.open.set(record.action, {
      verb: record.summary.verb,
      digest: record.digest,
      approval: record.approval,
      recipients: recipients(record.summary),
      account: record.summary.verb === "site.sign-in" ? accountKey(record.origin, record.summary.title) : null,
      stage: "asked",
      at: record.at,
    });
  }
}

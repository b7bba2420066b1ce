// What a starting companion has to know of the time before it: refusals still in force, whether agents were stopped, and
// whether it ended in good order. It only listens to the old records; putting things right is restart.ts's work.
import type { AuditRecord } from "../../shared/audit.ts";
import { hour } from "./clock.ts";
import type { OpenActions } from "./open-actions.ts";
import { MISSED_FOR, REFUSED_FOR, type Refusals } from "./refusals.ts";

/** The words of `guard` records that a later start understands. */
export const SAID = {
  started: "Countersign started",
  ended: "Countersign stopped",
  connected: "Extension connected",
  gone: "Extension gone",
  stopped: "Agents stopped",
  resumed: "Agents may act again",
} as const;

export class Recollection {
  readonly #actions: OpenActions;
  readonly #refusals: Refusals;
  /** The person stopped all agents and has not let them go on. */
  stopped = false;
  /** A companion was running and did not say that it ended. */
  running = false;
  /** When the last record was written; "" when there is none. */
  lastAt = "";

  constructor(actions: OpenActions, refusals: Refusals) {
    this.#actions = actions;
    this.#refusals = refusals;
  }

  /** Before OpenActions hears of the record: the action is still known then. */
  see(record: AuditRecord): void {
    this.lastAt = record.at;
    if (record.kind === "guard") {
      if (record.what === SAID.stopped || record.what === SAID.resumed) this.stopped = record.what === SAID.stopped;
      if (record.what === SAID.started || record.what === SAID.ended) this.running = record.what === SAID.started;
    }
    if (record.kind !== "answered") return;
    const digest = this.#actions.open.get(record.action)?.digest;
    if (digest === undefined) return;
    const at = Date.parse(record.at);
    if (record.state === "refused")
      this.#refusals.remember(
        digest,
        `You refused this at ${hour(at)}; it was not sent. Do not resend it.`,
        REFUSED_FOR,
        at,
      );
    if (record.state === "expired" || record.state === "lapsed")
      this.#refusals.remember(
        digest,
        `Nobody answered this at ${hour(at)}; it was not sent. Do not resend it.`,
        MISSED_FOR,
        at,
      );
  }
}

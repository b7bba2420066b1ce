// Puts the rooms behind the desk together and brings them up to date from the ledger.
// Must never hand out a desk before what an earlier companion left open has been put right on disk.
import { join } from "node:path";
import type { NewRecord } from "../../shared/audit.ts";
import type { Reply } from "../../shared/protocol.ts";
import { Approvals } from "./approvals.ts";
import { systemClock, type Clock } from "./clock.ts";
import { Herald } from "./herald.ts";
import { Ledger, type LedgerOptions } from "../ledger/ledger.ts";
import { OpenActions } from "./open-actions.ts";
import { Accounts } from "./accounts.ts";
import { People } from "./people.ts";
import { Peers, type Left } from "./peers.ts";
import { Recollection, SAID } from "./recollection.ts";
import { Refusals } from "./refusals.ts";
import { putRight } from "./restart.ts";
import { Routine } from "./routine.ts";
import type { Ruling, RulingInput } from "../profile/ruling.ts";
import { Scribe } from "./scribe.ts";
import { Stop } from "./stop.ts";
import { Tally } from "./tally.ts";

type ProfileReply = Extract<Reply, { type: "profile" }>;
export type ProfileView = Pick<ProfileReply, "name" | "rules" | "proposal">;

export interface DeskOptions {
  /** The state folder; the ledger lives in `ledger` inside. */
  readonly home: string;
  /** Extension and companion must be of one build. */
  readonly build: string;
  readonly rule: (input: RulingInput) => Ruling;
  readonly profile: () => ProfileView;
  readonly keepText?: boolean;
  /** How long a person gets to answer; two minutes when not said. */
  readonly patienceMs?: number;
  readonly clock?: Clock;
  readonly ledger?: Partial<Pick<LedgerOptions, "openFile" | "rollAt">>;
  readonly seesProcesses?: boolean;
  readonly lives?: (pid: number) => boolean;
}

export type DeskParts = Awaited<ReturnType<typeof openParts>>;

export async function openParts(options: DeskOptions) {
  const clock = options.clock ?? systemClock;
  const people = new People();
  const tally = new Tally();
  const accounts = new Accounts();
  const actions = new OpenActions(people, accounts, tally);
  const refusals = new Refusals(clock);
  const before = new Recollection(actions, refusals);
  const ledger = await Ledger.open({
    ...options.ledger,
    folder: join(options.home, "ledger"),
    clock,
    keepText: options.keepText ?? false,
    visit: (record) => {
      before.see(record);
      actions.see(record);
    },
  });
  try {
    ledger.on((record) => actions.see(record));
    const scribe = new Scribe(ledger);
    await putRight({ clock, scribe, actions, refusals }, before, options.build);
    const peers = new Peers({
      clock,
      seesProcesses: options.seesProcesses ?? process.platform === "linux",
      lives: options.lives ?? lives,
      lost: (peer, why, browser) => void leftBehind({ actions, approvals, scribe }, peer, why, browser),
    });
    const herald = new Herald(peers);
    const approvals = new Approvals({
      clock,
      scribe,
      refusals,
      ...(options.patienceMs === undefined ? {} : { patienceMs: options.patienceMs }),
      changed: (peer, questions) => herald.changed(peer, questions),
      resolved: (approval) => herald.resolved(approval),
    });
    // After the answer that waits for this record: the page waits for that one, the history for these.
    ledger.on((record) => void setImmediate(() => peers.pushAll({ type: "record", record })));
    const stop = new Stop({ approvals, peers, scribe }, before.stopped);
    const routine = new Routine(clock, scribe);
    return {
      accounts,
      clock,
      people,
      tally,
      actions,
      refusals,
      ledger,
      scribe,
      approvals,
      peers,
      herald,
      stop,
      routine,
    };
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

/** The bytes it held went with the extension: what waited for it can never be released. */
async function leftBehind(
  { actions, approvals, scribe }: { actions: OpenActions; approvals: Approvals; scribe: Scribe },
  peer: string,
  why: string,
  browser: Left,
): Promise<void> {
  const words = "The browser was gone while this waited; it was not sent.";
  await Promise.all(approvals.list.ofPeer(peer).map((approval) => approvals.withdraw(approval.id, words, true)));
  const records: NewRecord[] = [{ kind: "guard", what: SAID.gone, detail: why }, ...outOfSight(actions, peer)];
  if (browser === "runs on") {
    const detail = "The browser runs on, but its extension is not connected any more. Nothing is guarded there.";
    records.push({ kind: "incident", what: "The guard went dark", detail, origin: null });
  }
  await scribe.note(records);
}

/**
 * The line to an extension was cut while it was sending: perhaps its worker died with the word of what came of it.
 * Should it live and tell after all, that word is added.
 */
export function outOfSight(actions: OpenActions, peer: string): NewRecord[] {
  const note = "The extension was gone between the release and the word of what came of it.";
  return actions
    .underWay(peer)
    .map((action): NewRecord => ({ kind: "outcome", action, outcome: "may have been sent", note }));
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

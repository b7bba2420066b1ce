// The state our pages show, put together from link, companion and list, and pushed whole after every change.
// Must never be told to a web page: only ports that serve.ts has let in hear it.
import type { Question } from "../../shared/protocol.ts";
import type { GuardState, LinkState, SwitchedOn } from "../messages.ts";
import { asking, type Door } from "./link/door.ts";

interface Listener {
  postMessage(state: GuardState): void;
}

export interface Hub {
  state(): GuardState;
  changed(): void;
  questions(list: readonly Question[]): void;
  stopped(stopped: boolean): void;
  debugging(words: string): void;
  /** A time the companion just named, against our clock. */
  heardClock(iso: string): void;
  /** Asks the companion anew for what it does not push. */
  refresh(): Promise<void>;
  listen(port: Listener): () => void;
}

export interface HubNeeds {
  readonly door: Door;
  link(): LinkState;
  sites(): readonly SwitchedOn[];
}

export function createHub(needs: HubNeeds): Hub {
  const listeners = new Set<Listener>();
  let waiting: readonly Question[] = [];
  let refusals: GuardState["refusals"] = [];
  let debugging = "";
  let stopped = false;
  let clockSkewMs = 0;

  const state = (): GuardState => ({
    link: needs.link(),
    questions: waiting,
    debugging,
    stopped,
    sites: needs.sites(),
    refusals,
    clockSkewMs,
  });
  const changed = (): void => {
    const now = state();
    for (const port of listeners) {
      try {
        port.postMessage(now);
      } catch {
        listeners.delete(port);
      }
    }
  };

  return {
    state,
    changed,
    questions(list) {
      waiting = list;
      changed();
    },
    stopped(now) {
      stopped = now;
      changed();
    },
    debugging(words) {
      debugging = words;
    },
    heardClock(iso) {
      const skew = Date.parse(iso) - Date.now();
      if (Number.isFinite(skew)) clockSkewMs = skew;
    },
    async refresh() {
      waiting = (await asking(needs.door, { type: "waiting" }, "questions")).questions;
      refusals = (await asking(needs.door, { type: "refusals" }, "refusals")).refusals;
      changed();
    },
    listen(port) {
      listeners.add(port);
      port.postMessage(state());
      return () => void listeners.delete(port);
    },
  };
}

// Serves our own pages: one handler per request name, each reply { ok, value } or { ok, say }.
// Must never serve a content script, a framed page of ours, a web page or another extension.
import * as v from "valibot";
import { UiRequestSchema, type UiReplies, type UiRequest } from "../messages.ts";
import { ownId, ownOrigin } from "../platform.ts";
import type { Stamp } from "./desk.ts";
import { asking, type Door } from "./link/door.ts";
import type { GuardedList } from "./wall/guarded.ts";
import type { HistoryWriter } from "./history.ts";
import type { Hub } from "./hub.ts";

export interface ServeNeeds {
  readonly door: Door & { pair(code: string): Promise<void>; unpair(): Promise<void> };
  readonly guarded: Pick<GuardedList, "switchOn" | "switchOff" | "check" | "ready">;
  readonly history: Pick<HistoryWriter, "catchUp">;
  readonly hub: Pick<Hub, "state" | "refresh" | "changed">;
}

/** True only for a top-level page of this very extension. */
export function isOwnPage(stamp: Stamp | undefined): boolean {
  if (!stamp || stamp.id !== ownId() || !stamp.url) return false;
  if (!stamp.url.startsWith(`${ownOrigin()}/`)) return false;
  return stamp.frameId === undefined || stamp.frameId === 0;
}

type Handlers = {
  [K in UiRequest["name"]]: (request: Extract<UiRequest, { name: K }>) => Promise<UiReplies[K]>;
};

function handlersOf({ door, guarded, history, hub }: ServeNeeds): Handlers {
  const done = async (message: Parameters<Door["request"]>[0]): Promise<null> => {
    await asking(door, message, "done");
    await hub.refresh();
    return null;
  };
  return {
    state: async () => hub.state(),
    answer: ({ approvalId, answer, digest }) => done({ type: "answer", approvalId, answer, digest }),
    refuseAll: () => done({ type: "refuseAll" }),
    async touch({ approvalId }) {
      await asking(door, { type: "touch", approvalId }, "done");
      await hub.refresh();
      const until = hub.state().questions.find((each) => each.approvalId === approvalId)?.until;
      if (until === undefined) throw new Error("This question no longer waits.");
      return { until };
    },
    forget: ({ digest }) => done({ type: "forget", digest }),
    async pair({ code }) {
      await door.pair(code);
      hub.changed();
      return null;
    },
    async unpair() {
      await door.unpair();
      hub.changed();
      return null;
    },
    switchOn: ({ origin, site }) => guarded.switchOn(origin, site),
    async switchOff({ origin }) {
      await guarded.switchOff(origin);
      return null;
    },
    check: ({ origin }) => guarded.check(origin),
    async profile() {
      const { name, rules, proposal } = await asking(door, { type: "profile" }, "profile");
      return { name, rules, proposal };
    },
    stopAgents: () => done({ type: "stopAgents" }),
    async syncHistory() {
      await history.catchUp(door);
      return null;
    },
  };
}

export type Served = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly say: string };

export function createServe(needs: ServeNeeds): (message: unknown, sender: Stamp | undefined) => Promise<Served> {
  const handlers = handlersOf(needs);
  return async (message, sender) => {
    if (!isOwnPage(sender)) return { ok: false, say: "Only a page of Countersign itself may ask this." };
    const parsed = v.safeParse(UiRequestSchema, message);
    if (!parsed.success) return { ok: false, say: "This request is not one Countersign knows." };
    try {
      await needs.guarded.ready;
      const handler = handlers[parsed.output.name] as (request: UiRequest) => Promise<unknown>;
      return { ok: true, value: await handler(parsed.output) };
    } catch (error) {
      return { ok: false, say: error instanceof Error ? error.message : String(error) };
    }
  };
}

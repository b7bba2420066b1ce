// The companion comes and goes: what waited is told no, what was left standing is taken back, the time between is noted.
import { describe, expect, it, vi } from "vitest";
import type { Unnumbered } from "../../extension/background/link/door.ts";
import { createPresence } from "../../extension/background/link/presence.ts";
import { withdrawStale, withdrawUnheard } from "../../extension/background/link/stale.ts";
import type { LinkState } from "../../extension/messages.ts";
import type { Question } from "../../shared/protocol.ts";

const CONNECTED: LinkState = { state: "connected", profile: "Assistant", companion: "0.1.0" };
const AWAY: LinkState = { state: "away", since: "", why: "" };

function scene(guarding = true) {
  const gaps: string[] = [];
  const scened = { link: AWAY, now: 1_000_000, lost: 0, gaps, ensured: 0 };
  const presence = createPresence(
    {
      link: {
        state: () => scened.link,
        ensure: async () => {
          scened.ensured += 1;
        },
      },
      guarding: () => guarding,
      lost: () => void (scened.lost += 1),
      back: async () => undefined,
      changed: () => undefined,
      gap: async (from, until) => void scened.gaps.push(`${from} ${until}`),
    },
    () => scened.now,
  );
  const go = (link: LinkState, later: number): void => {
    scened.now += later;
    scened.link = link;
    presence.moved();
  };
  return { scened, presence, go };
}

describe("presence", () => {
  it("tells what waits as soon as the companion is lost", () => {
    const { scened, go } = scene();
    go(CONNECTED, 0);
    go(AWAY, 0);
    expect(scened.lost).toBe(1);
  });

  it("notes a time of more than five seconds, and only then, and only while something is guarded", async () => {
    const { scened, go } = scene();
    go(CONNECTED, 1_000);
    go(AWAY, 1_000);
    go(CONNECTED, 4_000);
    go(AWAY, 1_000);
    go(CONNECTED, 60_000);
    await vi.waitFor(() => expect(scened.gaps).toHaveLength(1));
    const idle = scene(false);
    idle.go(CONNECTED, 60_000);
    expect(idle.scened.gaps).toEqual([]);
  });

  it("tries to connect before it gives up, and does not when trying is of no use", async () => {
    const { scened, presence } = scene();
    await presence.wait();
    expect(scened.ensured).toBe(1);
    scened.link = { state: "unpaired" };
    await presence.wait();
    expect(scened.ensured).toBe(1);
  });
});

describe("questions left standing", () => {
  it("are taken back, each request behind them, and those still held are not", async () => {
    const standing = ["dead-1", "held", "dead-2"];
    const withdrawn: string[] = [];
    const request = async (ask: Unnumbered) => {
      if (ask.type === "withdraw") {
        withdrawn.push(ask.actionId);
        standing.splice(standing.indexOf(ask.actionId), 1);
        // An equal request stood behind the first one.
        if (ask.actionId === "dead-1") standing.push("dead-1-again");
      }
      return { type: "done", re: 1 } as const;
    };
    await withdrawStale({
      door: { state: () => CONNECTED, ensure: () => undefined, request },
      isLive: (action) => action === "held",
      fresh: async () => standing.map((actionId) => ({ actionId })) as unknown as Question[],
    });
    expect(withdrawn).toEqual(["dead-1", "dead-2", "dead-1-again"]);
    expect(standing).toEqual(["held"]);
  });

  it("are taken back when their yes comes to nobody", async () => {
    const withdrawn: string[] = [];
    const request = async (ask: Unnumbered) => {
      if (ask.type === "withdraw") withdrawn.push(ask.actionId);
      return { type: "done", re: 1 } as const;
    };
    const door = { state: () => CONNECTED, ensure: () => undefined, request };
    await withdrawUnheard({ door, isLive: (action) => action === "held" }, ["dead", "held"]);
    expect(withdrawn).toEqual(["dead"]);
  });
});

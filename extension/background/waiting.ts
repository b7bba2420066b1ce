// Requests that wait for a person's answer, by approval. Equal requests share one answer and one release.
// Must never wake more than one of them to send: the first is told to lead, the others to follow.
import type { Push } from "../../shared/protocol.ts";
import { GIVEN_UP } from "./words.ts";

export type Resolved = Extract<Push, { type: "resolved" }>;
type State = Resolved["state"] | "away" | "gone";

export type Woken =
  | { readonly state: "approved"; readonly lead: true }
  | { readonly state: "approved"; readonly lead: false; readonly leader: string }
  | { readonly state: Exclude<State, "approved">; readonly words: string };

interface Member {
  readonly action: string;
  wake(woken: Woken): void;
}

export interface Waiting {
  /** Resolves when the approval leaves `waiting`, the companion goes away, or the page gives up. */
  readonly join: (approval: string, action: string, gone: AbortSignal) => Promise<Woken>;
  readonly resolve: (push: Resolved) => void;
  /** No companion, no answer: everything that waits is woken with a no. */
  readonly awayAll: (words: string) => void;
  readonly count: () => number;
}

export function createWaiting(): Waiting {
  const rooms = new Map<string, Member[]>();
  /** Answers already given: one may come before its question is put here, and an equal request may come after it. */
  const answers = new Map<string, { push: Resolved; leader: string | null }>();

  const wake = (member: Member, answer: { push: Resolved; leader: string | null }): void => {
    const { state, words } = answer.push;
    if (state !== "approved") return member.wake({ state, words });
    if (answer.leader !== null) return member.wake({ state, lead: false, leader: answer.leader });
    answer.leader = member.action;
    member.wake({ state, lead: true });
  };

  return {
    join: (approval, action, gone) =>
      new Promise((done) => {
        const member: Member = { action, wake: done };
        const known = answers.get(approval);
        if (known) return wake(member, known);
        const room = rooms.get(approval) ?? [];
        rooms.set(approval, [...room, member]);
        const leave = (): void => {
          const left = (rooms.get(approval) ?? []).filter((each) => each !== member);
          if (left.length > 0) rooms.set(approval, left);
          else rooms.delete(approval);
          done({ state: "gone", words: GIVEN_UP });
        };
        if (gone.aborted) leave();
        else gone.addEventListener("abort", leave, { once: true });
      }),
    resolve(push) {
      const answer = { push, leader: null };
      answers.set(push.approvalId, answer);
      if (answers.size > 200) answers.delete([...answers.keys()][0] ?? "");
      const members = rooms.get(push.approvalId) ?? [];
      rooms.delete(push.approvalId);
      for (const member of members) wake(member, answer);
    },
    awayAll(words) {
      for (const members of rooms.values()) for (const member of members) member.wake({ state: "away", words });
      rooms.clear();
    },
    count: () => [...rooms.values()].reduce((sum, members) => sum + members.length, 0),
  };
}

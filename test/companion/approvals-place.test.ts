// One yes is for one mailbox: equal words at two addresses are two questions.
import { expect, test } from "vitest";
import { agent, action, mail } from "./made.ts";
import { setting } from "./approvals-made.ts";

test("an equal request from another address is not joined to a question that shows this one", () => {
  const { ask, clock } = setting();
  const at = (origin: string) =>
    ask({
      input: {
        action: action(mail(), { origin }),
        actor: agent,
        newPeople: [],
        now: clock.now(),
        recent: { sending: 0, tidying: 0 },
      },
    });
  const mine = at("https://mail.home.example");
  expect(at("https://mail.home.example").id).toBe(mine.id);
  const other = at("https://mail.work.example");
  expect(other.id).not.toBe(mine.id);
  expect([mine.actions.size, other.actions.size]).toEqual([2, 1]);
});

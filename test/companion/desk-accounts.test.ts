// A first sign-in to an account is asked; the same account again is not, also after a restart.
import { expect, test } from "vitest";
import { emptyMeaning } from "../../shared/meaning.ts";
import { action } from "./made.ts";
import { ALLOW, ASK, open, type Extension } from "./desk-made.ts";

let tries = 0;
/** Each try has another password, so other bytes. */
const signIn = (user: string, origin = "https://mail.work.example") => {
  tries += 1;
  return action(
    { ...emptyMeaning("roundcube", origin, "site.sign-in"), title: user, source: `try ${tries}` },
    { origin },
  );
};

async function yes(ext: Extension, what: ReturnType<typeof signIn>, outcome: "sent" | "failed"): Promise<void> {
  const { approvalId, actionId, digest } = await ext.ask(what);
  await ext.say({ type: "answer", approvalId, answer: "approve", digest });
  await ext.say({ type: "spend", approvalId, actionId, digest });
  await ext.say({ type: "outcome", actionId, outcome, note: "" });
}

test("an account is known once a sign-in to it was approved and went well, and only there and under that name", async () => {
  const { house, desk, ext } = await open();
  house.rule = ({ knownAccount }) => (knownAccount === true ? ALLOW : ASK);
  await yes(ext, signIn("ann"), "sent");
  await yes(ext, signIn("mistyped"), "failed");
  const verdicts = async (from: Extension) =>
    Promise.all(
      [signIn("ann"), signIn("bob"), signIn("mistyped"), signIn("ann", "https://other.work.example")].map(
        async (what) => {
          const reply = await from.propose(what);
          return reply.type === "verdict" ? reply.decision.verdict : reply.type;
        },
      ),
    );
  expect(await verdicts(ext)).toEqual(["allow", "ask", "ask", "ask"]);
  await desk.close();
  await house.clock.pass(120_000);
  const after = await open(house);
  expect(await verdicts(after.ext)).toEqual(["allow", "ask", "ask", "ask"]);
});

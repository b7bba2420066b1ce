// An extension whose worker dies between the release and the word of what came of it, while the companion runs on.
import { expect, test } from "vitest";
import type { Desk } from "../../companion/desk/desk.ts";
import { ALLOW, Extension, House, open, pick } from "./desk-made.ts";
import { action, later, mail, settled } from "./made.ts";

/** Asked, approved and spent; its outcome is still out. */
async function sending(ext: Extension) {
  const question = await ext.ask();
  const { approvalId, digest } = question;
  await ext.say({ type: "answer", approvalId, answer: "approve", digest });
  expect(await ext.say({ type: "spend", ...pick(question) })).toMatchObject({ type: "done" });
  return question;
}
const outcomes = async (house: House, desk: Desk) =>
  (await house.records(desk)).flatMap((record) => (record.kind === "outcome" ? [record.outcome] : []));

test("a worker that comes back anew leaves what it was sending as may have been sent", async () => {
  const { house, desk, ext } = await open();
  await sending(ext);
  desk.gone(ext, "closed");
  expect(await outcomes(house, desk)).toEqual([]);
  await new Extension(desk).greet();
  expect(await outcomes(house, desk)).toEqual(["may have been sent"]);
});

test("a worker that lived through a cut line still has the last word", async () => {
  const { house, desk, ext } = await open();
  const { actionId } = await sending(ext);
  desk.gone(ext, "closed");
  const again = new Extension(desk);
  await again.greet();
  await again.say({ type: "outcome", actionId, outcome: "sent", note: "" });
  await new Extension(desk).greet();
  expect(await outcomes(house, desk)).toEqual(["may have been sent", "sent"]);
});

test("a browser that does not come back leaves it so, too", async () => {
  const { house, desk, ext } = await open();
  await sending(ext);
  house.lives = false;
  desk.gone(ext, "closed");
  await house.clock.pass(60_000);
  await expect.poll(() => outcomes(house, desk)).toEqual(["may have been sent"]);
});

test("what another extension is sending is not touched", async () => {
  const { house, desk, ext } = await open();
  await sending(ext);
  const other = new Extension(desk, "another");
  await other.greet();
  desk.gone(other, "closed");
  await new Extension(desk, "another").greet();
  await house.clock.pass(60_000);
  expect(await outcomes(house, desk)).toEqual([]);
});

test("released on disk in the very moment the line was cut: nobody heard it, and the record does not stay open", async () => {
  const { house, desk, ext } = await open();
  house.rule = () => ALLOW;
  const slow = later();
  house.disk.slow = slow.promise;
  const proposed = ext.propose(action(mail({ title: "cut" })));
  await settled();
  desk.gone(ext, "closed");
  slow.resolve();
  await proposed;
  expect(await outcomes(house, desk)).toEqual(["may have been sent"]);
});

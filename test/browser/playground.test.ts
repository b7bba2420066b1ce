// The playground end to end: the reply a person was asked for goes out once, and the five things it should not do do not.
import { afterAll, beforeAll, expect, it } from "vitest";
import { startPlayground, type Playground } from "../../companion/demo/playground-server.ts";
import type { Driver } from "./drivers/driver.ts";
import { until } from "./drivers/driver.ts";
import { playwrightDriver } from "./drivers/playwright.ts";
import { startGuarded, type GuardedBrowser } from "./guarded.ts";

let playground: Playground;
let guarded: GuardedBrowser;
let driver: Driver;

beforeAll(async () => {
  playground = await startPlayground(0, () => true);
  guarded = await startGuarded([{ origin: playground.origin, site: "playground" }]);
  driver = await playwrightDriver(guarded.chromium.cdp);
});
afterAll(async () => {
  await driver.close();
  await guarded.stop();
  await playground.stop();
});

it("lets the reply out once and stops the rest", async () => {
  await driver.goto(playground.origin);
  await driver.click({ selector: "#run", role: "button", name: /Let the agent work/ });
  const seen: string[] = [];
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    for (const question of await guarded.companion.questions()) {
      seen.push(question.verb);
      await guarded.companion.answer(question, question.verb === "mail.reply" ? "approve" : "refuse");
    }
    if (await driver.evaluate<boolean>("document.documentElement.dataset.agent === 'finished'")) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  await until(driver, "document.documentElement.dataset.agent === 'finished'", "the agent has tried everything");
  expect(playground.effects).toEqual([
    'saved a draft "Re: Contract timing"',
    'sent "Re: Contract timing" to maria.lindqvist@northgate.example',
  ]);
  expect(seen).toContain("mail.reply");
});

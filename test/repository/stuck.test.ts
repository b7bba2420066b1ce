// What may be run once more: a test that never got to its point. What may not: an assertion that failed.
import { expect, it } from "vitest";
import { stuckFiles } from "../stuck.js";

const file = (name: string, ...messages: string[]) => ({
  name: `/somewhere/${name}`,
  status: "failed",
  message: "",
  assertionResults: messages.map((message) => ({ status: "failed", fullName: "one", failureMessages: [message] })),
});
const STILL = "Error: Playwright MCP waited in vain until the message can be written (false) at about:blank";

it("names a browser test whose agent stood still", () => {
  const report = { testResults: [file("test/browser/a.test.ts", STILL, "Error: Test timed out in 120000ms.")] };
  expect(stuckFiles(report)?.map(({ name }) => name)).toEqual(["/somewhere/test/browser/a.test.ts"]);
});

it.each([
  ["an assertion", file("test/bypass/a.test.ts", "AssertionError: expected 1 to be +0")],
  [
    "an assertion that mentions waiting",
    file("test/browser/a.test.ts", `AssertionError: expected ["${STILL}"] to equal []`),
  ],
  ["one of two", file("test/browser/a.test.ts", STILL, "Error: something else")],
  ["a unit test", file("test/companion/a.test.ts", "Error: Test timed out in 30000ms.")],
  ["a file that says nothing", file("test/browser/a.test.ts")],
])("never %s, nor anything beside it", (_what, failed) => {
  expect(stuckFiles({ testResults: [file("test/browser/b.test.ts", STILL), failed] })).toBeNull();
});

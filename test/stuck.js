// Tells a test that never got to its point (an agent or a browser that stood still on a busy machine) from one that failed.
// Must never call a failed assertion stuck: what arrived and should not have is never tried a second time.

const STOOD_STILL = [
  /waited in vain until/,
  /Test timed out in \d+ms|Hook timed out in \d+ms/,
  /TimeoutError: /,
  /Timeout \d+ms exceeded/,
  /is interrupted by another navigation/,
  /Execution context was destroyed/,
  /Target (page, context or browser|closed)/,
  /Chromium opened no debugging port/,
  /The extension did not connect/,
  /net::ERR_ABORTED/,
];

const stoodStill = (message) => !/AssertionError/.test(message) && STOOD_STILL.some((pattern) => pattern.test(message));

/**
 * Files to run once more, or null when any failure is of another kind.
 * `report` is vitest's JSON report; only tests with a real browser or server can stand still.
 */
export function stuckFiles(report) {
  const files = [];
  for (const file of report.testResults.filter(({ status }) => status === "failed")) {
    const failed = file.assertionResults.filter(({ status }) => status === "failed");
    const messages = failed.length > 0 ? failed.flatMap((test) => test.failureMessages) : [file.message];
    const real = /[/\\]test[/\\](browser|bypass|servers)[/\\]/.test(file.name);
    if (!real || messages.length === 0 || !messages.every((message) => stoodStill(message))) return null;
    files.push({ name: file.name, tests: failed.map(({ fullName }) => fullName), why: messages[0].split("\n")[0] });
  }
  return files;
}

// Every thing a page does is done twice, on a name nobody guards and on the guarded one, and must look the same to the page
// and to the server. Known differences are named in the case and asserted exactly.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import { startHoldBench, type HoldBench } from "./hold/bench.ts";
import type { Case } from "./hold/case.ts";
import { BEACON_CASES, FETCH_CASES } from "./hold/cases-fetch.ts";
import { FORM_CASES, FORM_FIELDS, installFormKit } from "./hold/cases-forms.ts";
import { XHR_BODY_CASES } from "./hold/cases-xhr-bodies.ts";
import { XHR_STATE_CASES } from "./hold/cases-xhr-states.ts";
import { installKit } from "./hold/kit.ts";
import type { Arrived } from "./hold/server.ts";

const XHR_CASES = [...XHR_BODY_CASES, ...XHR_STATE_CASES];
let bench: HoldBench;
let native: Page;
let held: Page;

beforeAll(async () => {
  bench = await startHoldBench();
  bench.server.page(
    "/page",
    `<!doctype html><title>page</title><body><script>(${installKit.toString()})();(${installFormKit.toString()})()</script>`,
  );
  native = await bench.open(`${bench.free}/page`);
  held = await bench.open(`${bench.guarded}/page`);
});
afterAll(() => bench.stop());

const same = (text: string): string =>
  text.replaceAll(/(free|hold)\.localhost:\d+/g, "HOST").replaceAll(/-+WebKitFormBoundary\w{16}/g, "BOUNDARY");

/** Of a request only what the page decides: the courier's own headers are tested with the courier. */
function shape(arrived: Arrived): unknown {
  const headers = Object.entries(arrived.headers).filter(([name]) => /^(content-|x-|cookie)/.test(name));
  return [arrived.method, arrived.path, headers.toSorted(([a], [b]) => (a < b ? -1 : 1)), arrived.body];
}

interface Outcome {
  readonly page: unknown;
  readonly server: unknown;
}

async function run(page: Page, one: Case): Promise<Outcome> {
  bench.server.take();
  const seen: unknown = await page.evaluate(one.run, FORM_FIELDS);
  const arrived = bench.server.take().map((request) => JSON.stringify(shape(request)));
  const server: unknown = one.unordered ? arrived.toSorted() : arrived;
  return JSON.parse(same(JSON.stringify({ page: seen ?? null, server }))) as Outcome;
}

function withoutUpload(seen: unknown): unknown {
  const result = seen as { log: unknown[] };
  return { ...result, log: result.log.filter((line) => !(Array.isArray(line) && line[0] === "upload")) };
}

async function compare(one: Case): Promise<void> {
  const [without, within] = [await run(native, one), await run(held, one)];
  if (one.differs) {
    expect(without.page).toEqual(one.differs.native);
    expect(within.page).toEqual(one.differs.held);
  } else if (one.ignoreUpload) expect(withoutUpload(within.page)).toEqual(withoutUpload(without.page));
  else expect(within.page).toEqual(without.page);
  if (!one.ignoreServer) expect(within.server).toEqual(without.server);
}

describe("fetch, native and held", () => {
  it.each(FETCH_CASES.map((one) => [one.name, one] as const))("%s", (_name, one) => compare(one));
});
describe("sendBeacon, native and held", () => {
  it.each(BEACON_CASES.map((one) => [one.name, one] as const))("%s", (_name, one) => compare(one));
});
describe("XMLHttpRequest, native and held", () => {
  it.each(XHR_CASES.map((one) => [one.name, one] as const))("%s", (_name, one) => compare(one));
});
describe("forms into a frame, native and held", () => {
  it.each(FORM_CASES.map((one) => [one.name, one] as const))("%s", (_name, one) => compare(one));
});

describe("the battery itself", () => {
  it("compares at least fifty things and really holds them", async () => {
    expect(FETCH_CASES.length + BEACON_CASES.length + XHR_CASES.length).toBeGreaterThanOrEqual(50);
    await bench.heard();
    await held.evaluate(() => fetch("/x/proof", { method: "POST" }).then(() => undefined));
    const kinds = (await bench.heard()).map(({ message }) => message.type);
    expect(kinds).toEqual(["request"]);
  });
});

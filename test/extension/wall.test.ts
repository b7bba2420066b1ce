// The shape of the wall and of the list it belongs to: idempotent, whole, never missing while an origin is listed.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { freshBrowser, OWN_ID } from "./fake-browser.ts";

vi.mock("../../extension/platform.ts", async () => (await import("./fake-browser.ts")).platform);
vi.mock("../../extension/sites/index.ts", async () => await import("../browser/courier/echo-site.ts"));
const { raiseWall, wallFaults, wallRules } = await import("../../extension/background/wall/wall.ts");
const { createGuarded } = await import("../../extension/background/wall/guarded.ts");

const ORIGIN = "https://mail.acme.example";
const guarded = [{ origin: ORIGIN, site: "echo" }];
let fake = freshBrowser();
let incidents: string[];
const make = () =>
  createGuarded({
    incident: (what, detail) => void incidents.push(`${what}: ${detail}`),
    changed: () => undefined,
    linked: () => true,
  });

beforeEach(() => {
  fake = freshBrowser();
  incidents = [];
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
});

describe("rules", () => {
  it("block every method but reading ones, of every kind of request, with main_frame by name", () => {
    const writes = wallRules(guarded).find(({ condition }) => condition.excludedRequestMethods);
    expect(writes?.action).toEqual({ type: "block" });
    expect(writes?.condition).toMatchObject({
      requestDomains: ["mail.acme.example"],
      excludedRequestMethods: ["get", "head"],
    });
    expect(writes?.condition.resourceTypes).toContain("main_frame");
    expect(writes?.condition).not.toHaveProperty("initiatorDomains");
    expect(writes?.condition).not.toHaveProperty("requestMethods");
  });

  it("block sockets, whose handshake is a GET", () => {
    expect(wallRules(guarded)).toContainEqual(
      expect.objectContaining({
        action: { type: "block" },
        condition: { requestDomains: ["mail.acme.example"], resourceTypes: ["websocket", "webtransport"] },
      }),
    );
  });

  it("fence in our own extension, also with no site", () => {
    expect(wallRules([])[0]).toMatchObject({
      action: { type: "block" },
      condition: { urlFilter: "|http", initiatorDomains: [OWN_ID] },
    });
  });

  it("an allowed read stands over a guarded one, and neither over a write", () => {
    const of = (regexFilter: string) =>
      wallRules(guarded).find(({ condition }) => condition.regexFilter === regexFilter);
    const free = of(String.raw`/guarded\?free`);
    expect(free?.priority).toBeGreaterThan(of(String.raw`/guarded\?`)?.priority ?? Infinity);
    expect(free?.condition.requestMethods).toEqual(["get", "head"]);
  });

  it("are the same each time, with a number of their own each, whatever the order of the list", () => {
    const two = [...guarded, { origin: "https://other.example", site: "echo" }];
    expect(wallRules(two)).toEqual(wallRules(two.toReversed()));
    const ids = wallRules(two).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("a missing, a changed and a foreign rule are each seen", async () => {
    await raiseWall(guarded);
    expect(await wallFaults(guarded)).toEqual([]);
    const [, second, third] = await fake.declarativeNetRequest.getDynamicRules();
    if (!second || !third) throw new Error("The wall has too few rules.");
    await fake.declarativeNetRequest.updateDynamicRules({
      removeRuleIds: [second.id, third.id],
      addRules: [
        { ...third, action: { type: "allow" } },
        { ...second, id: 999 },
      ],
    });
    expect(await wallFaults(guarded)).toHaveLength(3);
  });
});

describe("the list", () => {
  it("switches nothing on without the browser's permission", async () => {
    const list = make();
    await expect(list.switchOn(ORIGIN, "echo")).rejects.toThrow("has not let Countersign see");
    expect(list.all()).toEqual([]);
  });

  it("knows no site it was not told of, and no address that is none", async () => {
    fake.granted.add(`${ORIGIN}/*`);
    const list = make();
    await expect(list.switchOn(ORIGIN, "gmail")).rejects.toThrow("knows no site called gmail");
    await expect(list.switchOn("javascript:alert(1)", "echo")).rejects.toThrow("not a web address");
  });

  it("switches on: wall, list, both scripts with the gate first; off: all of it gone", async () => {
    fake.granted.add(`${ORIGIN}/*`);
    const list = make();
    const on = await list.switchOn(`${ORIGIN}/webmail/?a`, "echo");
    expect(on.checks.filter(({ ok }) => ok).map(({ what }) => what)).toEqual([
      "permission",
      "wall",
      "write",
      "scripts",
      "tabs",
      "companion",
    ]);
    expect(on.checks.find(({ what }) => what === "page")?.say).toContain("does not look like Echo");
    expect(await wallFaults(guarded)).toEqual([]);
    expect((await fake.scripting.getRegisteredContentScripts()).map(({ id }) => id)).toEqual([
      `gate ${ORIGIN}`,
      `hold ${ORIGIN}`,
    ]);
    expect(list.siteOf(ORIGIN)?.id).toBe("echo");
    await list.switchOff(ORIGIN);
    expect(fake.granted.size).toBe(0);
    expect(await wallFaults([])).toEqual([]);
    expect(await fake.scripting.getRegisteredContentScripts()).toEqual([]);
  });

  it("says when a write gets out", async () => {
    fake.granted.add(`${ORIGIN}/*`);
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("")));
    const on = await make().switchOn(ORIGIN, "echo");
    expect(on.checks.find(({ what }) => what === "write")).toMatchObject({ ok: false });
  });

  it("the next start finds everything, or repairs it and says so", async () => {
    fake.granted.add(`${ORIGIN}/*`);
    await make().switchOn(ORIGIN, "echo");
    incidents = [];
    await make().verify();
    expect(incidents).toEqual([]);
    const rules = await fake.declarativeNetRequest.getDynamicRules();
    await fake.declarativeNetRequest.updateDynamicRules({ removeRuleIds: rules.map(({ id }) => id) });
    await fake.scripting.unregisterContentScripts({ ids: [`gate ${ORIGIN}`] });
    await make().verify();
    expect(incidents).toHaveLength(1);
    expect(incidents[0]).toMatch(/incomplete and repaired.*mail\.acme\.example is missing/);
    expect(await wallFaults(guarded)).toEqual([]);
    expect(await fake.scripting.getRegisteredContentScripts()).toHaveLength(2);
  });

  it("a permission taken away leaves the wall and says so", async () => {
    fake.granted.add(`${ORIGIN}/*`);
    await make().switchOn(ORIGIN, "echo");
    fake.granted.clear();
    incidents = [];
    await make().verify();
    expect(incidents[0]).toContain("stay blocked");
    expect(await wallFaults(guarded)).toEqual([]);
  });
});

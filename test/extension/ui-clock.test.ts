// One deadline, the companion's; and the address a person types for their mail.
import { describe, expect, it } from "vitest";
import { countdown, dayName, leftMs, share, span } from "../../extension/ui/clock.ts";
import { readOrigin } from "../../extension/ui/welcome/origin.ts";

describe("countdown", () => {
  const until = "2026-11-22T14:00:00.000Z";
  const noon = Date.parse("2026-11-22T13:58:08.000Z");

  it("runs by the companion's clock, not ours", () => {
    expect(countdown(leftMs(until, 0, noon))).toBe("1:52");
    // The companion is 30 s ahead: it will be over 30 s earlier than our clock says.
    expect(countdown(leftMs(until, 30_000, noon))).toBe("1:22");
    expect(countdown(leftMs(until, -30_000, noon))).toBe("2:22");
  });
  it("never goes below nothing, and shows 0:00 only when it is over", () => {
    expect(leftMs(until, 0, noon + 1e9)).toBe(0);
    expect(countdown(1)).toBe("0:01");
    expect(countdown(0)).toBe("0:00");
  });
  it("takes a deadline it cannot read for one that has passed", () => {
    expect(leftMs("soon", 0, noon)).toBe(0);
  });
  it("draws what is left of the whole", () => {
    expect(share(60_000, "2026-11-22T13:58:00.000Z", until)).toBe(0.5);
    expect(share(60_000, until, until)).toBe(0);
    expect(share(9e9, "2026-11-22T13:58:00.000Z", until)).toBe(1);
  });
  it("says how long something took", () => {
    expect([9_400, 180_000, 7_500_000].map(span)).toEqual(["9 s", "3 min", "2 h 5 min"]);
  });
  it("names days", () => {
    const now = new Date(2026, 10, 22, 15).getTime();
    expect(dayName(new Date(2026, 10, 22, 1).toISOString(), now)).toBe("Today, Sunday 22 November");
    expect(dayName(new Date(2026, 10, 21, 23).toISOString(), now)).toBe("Yesterday, Saturday 21 November");
    expect(dayName(new Date(2025, 10, 21).toISOString(), now)).toBe("Friday 21 November 2025");
    expect(dayName("?", now)).toBe("Unknown day");
  });
});

describe("readOrigin", () => {
  it.each([
    ["https://mail.acme.example/roundcube/?_task=mail", "https://mail.acme.example"],
    ["mail.acme.example", "https://mail.acme.example"],
    [" HTTP://Mail.Acme.example:8080/ ", "http://mail.acme.example:8080"],
    ["http://localhost:9000", "http://localhost:9000"],
  ])("%s is %s", (typed, origin) => expect(readOrigin(typed)).toEqual({ ok: true, origin }));

  it.each([
    "",
    "alex@acme.example",
    "ftp://acme.example",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "https://a:b@acme.example",
    "mail",
    "not an address",
  ])("refuses %j with a sentence", (typed) => {
    const read = readOrigin(typed);
    expect(read.ok).toBe(false);
    if (!read.ok) expect(read.say).toMatch(/\.$|example$/);
  });
});

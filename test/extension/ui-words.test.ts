// Words: every verb and state has them, headlines speak of people, a yes says how narrow it is.
import { describe, expect, it } from "vitest";
import { VERBS } from "../../shared/action.ts";
import { ROW_STATES } from "../../shared/audit.ts";
import { emptyMeaning, type Meaning, type Person } from "../../shared/meaning.ts";
import { SITES } from "../../extension/sites/index.ts";
import { audience, headline, headlineText } from "../../extension/ui/headline.ts";
import { linkWords } from "../../extension/ui/link-words.ts";
import {
  did,
  refuseSub,
  rowTitle,
  SITE_NAMES,
  sizeWords,
  STATE_WORDS,
  wants,
  yesWords,
} from "../../extension/ui/words.ts";

const person = (address: string, field: Person["field"] = "to", name = ""): Person => ({ field, address, name });
const meaning = (verb: Meaning["verb"], part: Partial<Meaning> = {}): Meaning => ({
  ...emptyMeaning("roundcube", "alex@acme.example", verb),
  ...part,
});
const say = (of: Meaning, newPeople: string[] = []): string => headlineText({ meaning: of, newPeople });
const items = (n: number) => Array.from({ length: n }, (_, at) => ({ label: `m${at}`, detail: "" }));

describe("tables", () => {
  it.each(VERBS)("%s has words before and after, a headline and a button", (verb) => {
    expect(wants(verb)).toMatch(/^[a-z]/);
    expect(did(verb)).toMatch(/^[A-Z]/);
    expect(say(meaning(verb)).length).toBeGreaterThan(10);
    const { main, sub } = yesWords(meaning(verb));
    expect(main.length).toBeLessThanOrEqual(19);
    expect(sub).not.toBe("");
  });
  it.each(ROW_STATES)("%s has words", (state) => expect(STATE_WORDS[state].words).not.toBe(""));
  it("says that something was done only when it was", () => {
    expect(rowTitle("mail.reply", "sent")).toBe("Sent a reply");
    for (const state of ROW_STATES) if (state !== "sent") expect(rowTitle("mail.reply", state)).toBe("Send a reply");
  });
  it("knows the site files by the names they bear", () => {
    for (const site of SITES) expect(SITE_NAMES[site.id], site.id).toBeDefined();
  });
});

describe("headline", () => {
  const three = [
    person("maria@northgate.example"),
    person("piotr@northgate.example", "cc"),
    person("deals@northgate.example", "bcc"),
  ];
  const fresh = three.map((each) => each.address);

  it("counts the people who are new", () => {
    expect(say(meaning("mail.reply", { people: three }), fresh)).toBe("3 people you never wrote to would receive this");
  });
  it("names a single stranger by address, whatever the page calls them", () => {
    const one = meaning("mail.send", {
      people: [person("drop@collector.test", "bcc", "Ana Ruiz"), person("ana@acme.example")],
    });
    expect(say(one, ["DROP@collector.test"])).toBe(
      "drop@collector.test, whom you never wrote to, and 1 other would receive this",
    );
    expect(say(one, ["drop@collector.test"])).not.toContain("Ana Ruiz");
  });
  it("names a single known receiver and counts more", () => {
    expect(say(meaning("mail.send", { people: [person("ana@acme.example")] }))).toBe(
      "ana@acme.example would receive this",
    );
    expect(say(meaning("mail.send", { people: three }))).toBe("3 people you have written to before would receive this");
  });
  it("says what travels along", () => {
    const files = [
      { name: "a", size: 1, sha256: null },
      { name: "b", size: 1, sha256: null },
    ];
    expect(say(meaning("mail.forward", { people: three, attachments: files }), fresh)).toMatch(/this and 2 files$/);
  });
  it("counts what is deleted, with those not named", () => {
    expect(say(meaning("mail.delete", { items: items(12) }))).toBe("12 messages would be deleted");
    expect(say(meaning("mail.purge", { items: items(1) }))).toBe("1 message would be gone for good");
    expect(say(meaning("mail.delete", { items: items(500), more: 700 }))).toBe("1,200 messages would be deleted");
  });
  it("says where new mail would go", () => {
    const forward = meaning("mail.set-forwarding", { people: [person("x@freemail.test", "forwardTo")] });
    expect(say(forward, ["x@freemail.test"])).toBe("All new mail would also go to x@freemail.test");
  });
  it("does not claim to know what it does not", () => {
    expect(say(meaning("site.unknown"))).toContain("cannot say what");
    expect(say(meaning("mail.send"))).toContain("Nobody can be read");
  });
  it("never makes somebody's words its own", () => {
    const bits = headline({
      meaning: meaning("calendar.invite", { title: "Allow everything", people: three }),
      newPeople: fresh,
    });
    expect(bits).toContainEqual({ quote: "Allow everything" });
  });
});

describe("audience", () => {
  it("puts new people first and loses nobody", () => {
    const people = [
      person("a@acme.example"),
      person("b@new.test", "cc"),
      person("c@new.test", "replyTo"),
      person("me@acme.example", "from"),
    ];
    const { fresh, known } = audience({
      meaning: meaning("mail.send", { people }),
      newPeople: ["b@new.test", "c@new.test", "ghost@new.test"],
    });
    expect(fresh.map((each) => each.address)).toEqual(["b@new.test", "c@new.test", "ghost@new.test"]);
    expect(known.map((each) => each.address)).toEqual(["a@acme.example"]);
  });
});

describe("buttons and sizes", () => {
  it("say how narrow a yes is", () => {
    const people = [person("a@acme.example"), person("b@acme.example", "bcc"), person("a@acme.example", "cc")];
    expect(yesWords(meaning("mail.send", { people }))).toEqual({ main: "Send once", sub: "this text, 2 addresses" });
    expect(yesWords(meaning("mail.delete", { items: items(12) }))).toEqual({
      main: "Delete once",
      sub: "these 12 messages",
    });
    expect(refuseSub("mail.reply")).toBe("it stays a draft");
    expect(refuseSub("mail.delete")).toBe("nothing changes");
  });
  it("show sizes", () => {
    expect([null, 12, 88_201, 5_242_880].map(sizeWords)).toEqual(["size not known", "12 bytes", "88 kB", "5.2 MB"]);
  });
});

describe("link", () => {
  const link = (state: Parameters<typeof linkWords>[0]["link"], stopped = false) => linkWords({ link: state, stopped });
  it("is calm only when the companion is there and agents may work", () => {
    const up = { state: "connected", profile: "Assistant", companion: "1" } as const;
    expect(link(up).tone).toBe("yes");
    expect(link(up, true).tone).toBe("stop");
    const others = [
      { state: "unpaired" },
      { state: "away", since: "2026-01-01T00:00:00Z", why: "" },
      { state: "stranger", port: 1 },
      { state: "other-build", companion: "2", extension: "1" },
    ] as const;
    for (const other of others) {
      expect(link(other).tone).not.toBe("yes");
      expect(link(other).say).toContain("nothing leaves");
      expect(link(other).todo).not.toBe("");
    }
  });
});

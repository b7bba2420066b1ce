// Questions in the terminal: shown whole and quoted, answered only by what was typed after they could be read.
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { Asker, putQuestion } from "../../companion/terminal/asker.ts";
import type { Answering } from "../../companion/terminal/asker.ts";
import { questionText } from "../../companion/terminal/question-text.ts";
import { ARM_MS, askYes, systemTerminal } from "../../companion/terminal/terminal.ts";
import type { Terminal } from "../../companion/terminal/terminal.ts";
import type { Meaning } from "../../shared/meaning.ts";
import type { Question } from "../../shared/protocol.ts";
import { mail, settled } from "./made.ts";

function question(over: Partial<Meaning> = {}, rest: Partial<Question> = {}): Question {
  const meaning = mail(over);
  return {
    approvalId: "q1",
    actionId: "a1",
    digest: "ab".repeat(32),
    verb: meaning.verb,
    meaning,
    origin: "http://roundcube.localhost",
    actor: { kind: "agent", name: null, evidence: [] },
    rules: [{ id: "ask-sending", say: "You are asked before anything is sent to anyone." }],
    newPeople: [],
    askedAt: "2026-03-02T09:00:00.000Z",
    until: "2026-03-02T09:02:00.000Z",
    channel: "terminal",
    channelWhy: "",
    joined: 0,
    ...rest,
  };
}

/** A terminal whose person types the given lines, one a prompt; null is no answer. */
function scripted(lines: (string | null)[]): Terminal & { readonly shown: string[] } {
  const shown: string[] = [];
  return {
    person: true,
    shown,
    print: (line = "") => void shown.push(line),
    ask: (prompt) => {
      shown.push(prompt);
      return Promise.resolve(lines.shift() ?? null);
    },
  };
}

function recorder(): Answering & { readonly given: string[] } {
  const given: string[] = [];
  return {
    given,
    answer: ({ approvalId, digest }, answer) => {
      given.push(`${answer} ${approvalId} ${digest.slice(0, 4)}`);
      return Promise.resolve("Done.");
    },
  };
}

describe("what stands in a question", () => {
  test("every part of the meaning, new people first", () => {
    const text = questionText(
      question(
        {
          people: [
            { field: "to", address: "dana@work.example", name: "Dana" },
            { field: "bcc", address: "eve@evil.example", name: "Dana" },
          ],
          thread: "Re: Plans",
          place: "Archive",
          hidden: "you do not see this",
          links: [{ href: "https://evil.example/x", host: "evil.example" }],
          images: [{ src: "https://track.example/p.png", host: "track.example" }],
          attachments: [
            { name: "salaries.xlsx", size: 12, sha256: null },
            { name: "a.pdf", size: null, sha256: "f".repeat(64) },
          ],
          items: [{ label: "Old letter", detail: "from ann" }],
          more: 7,
          changes: [{ label: "Forward to", before: null, after: "eve@evil.example" }],
          doubts: ["Two fields of the same name."],
        },
        { newPeople: ["eve@evil.example"], joined: 2, channelWhy: "This browser is driven by a program." },
      ),
    );
    for (const part of [
      "Send a message",
      '"erin@home.example"',
      "http://roundcube.localhost",
      'Bcc (hidden from the others): "eve@evil.example"  NEW, never written to from here  (calls itself "Dana")',
      'To: "dana@work.example"  (calls itself "Dana")',
      '"You are asked before anything is sent to anyone." ["ask-sending"]',
      "Two fields of the same name.",
      'Title: "Lunch"',
      'In answer to: "Re: Plans"',
      '"Archive"',
      "  | At noon?",
      "  | you do not see this",
      '"evil.example"  "https://evil.example/x"',
      '"track.example"  "https://track.example/p.png"',
      '"salaries.xlsx", 12 bytes, content not seen',
      `"a.pdf", size not known, SHA-256 "${"f".repeat(64)}"`,
      '"Old letter"  "from ann"',
      "and 7 more that are not listed",
      '"Forward to": not known -> "eve@evil.example"',
      "2 more requests",
      "This browser is driven by a program.",
      "abababababababab",
    ]) {
      expect(text).toContain(part);
    }
    expect(text.indexOf("eve@evil.example")).toBeLessThan(text.indexOf("dana@work.example"));
  });

  test("five hundred people and a text of the longest kind are not cut", () => {
    const people = Array.from({ length: 500 }, (_, at) => ({
      field: "to" as const,
      address: `p${at}@work.example`,
      name: "",
    }));
    const text = questionText(question({ people, text: `${"x".repeat(399_990)}THE END` }));
    expect(text).toContain('"p499@work.example"');
    expect(text).toContain("THE END");
    expect(text).not.toContain("more characters");
  });

  test("nothing from the page can draw, hide, or pass for a line of ours", () => {
    const evil = 'x\u001b[2J\u202e\u200b\r\nActing: presumed person\n"';
    const text = questionText(
      question(
        {
          account: evil,
          people: [{ field: "to", address: evil, name: evil }],
          thread: evil,
          place: evil,
          title: evil,
          text: evil,
          hidden: evil,
          links: [{ href: evil, host: evil }],
          images: [{ src: evil, host: evil }],
          attachments: [{ name: evil, size: 1, sha256: null }],
          items: [{ label: evil, detail: evil }],
          changes: [{ label: evil, before: evil, after: evil }],
          doubts: [evil],
        },
        {
          origin: evil,
          actor: { kind: "agent", name: evil, evidence: [{ what: "x", weight: 1, say: evil }] },
          channelWhy: evil,
          until: evil,
        },
      ),
    );
    expect(text).not.toMatch(/(?!\n)\p{Cc}|\u200b|\u202e/u);
    expect(text.split("\n").filter((line) => line.startsWith("Acting: "))).toEqual([
      expect.stringMatching(/^Acting: agent, calls itself "x/),
    ]);
  });
});

describe("answers", () => {
  test.each([
    ["y", ["approve q1 abab"]],
    ["Yes", ["approve q1 abab"]],
    ["n", ["refuse q1 abab"]],
    ["", []],
    ["yy", []],
    ["constructor", []],
    ["yes please", []],
    [null, []],
  ])("%j", async (typed, given) => {
    const to = recorder();
    const terminal = scripted([typed]);
    await putQuestion(terminal, question(), to);
    expect(to.given).toEqual(given);
    if (given.length === 0) expect(terminal.shown.at(-1)).toBe("Nothing was decided; it still waits.");
  });

  test("an answer that did not count is told in its own words", async () => {
    const terminal = scripted(["y"]);
    await putQuestion(terminal, question(), { answer: () => Promise.reject(new Error("It has expired.")) });
    expect(terminal.shown.at(-1)).toBe("It has expired.");
  });

  test("where no person sits, a yes is not even asked for", async () => {
    const terminal = { ...scripted(["y"]), person: false };
    await expect(askYes(terminal, "Accept?", "Only a person can.")).rejects.toThrow("Only a person can.");
    expect(terminal.shown).toEqual([]);
    expect(await askYes(scripted(["y"]), "Accept?", "")).toBe(true);
    expect(await askYes(scripted(["yess"]), "Accept?", "")).toBe(false);
    expect(await askYes(scripted([null]), "Accept?", "")).toBe(false);
  });

  test("what was typed before the question could be read is thrown away", async () => {
    const input = new PassThrough();
    const output = new PassThrough();
    let now = 0;
    const terminal = systemTerminal(input, output, () => now);
    expect(terminal.person).toBe(false);
    // Typed ahead, for whatever comes.
    input.write("y\n");
    const answer = terminal.ask("Really? ");
    await settled();
    now = ARM_MS - 1;
    input.write("y\n");
    await settled();
    now = ARM_MS;
    input.write("n\n");
    expect(await answer).toBe("n");
    expect(String(output.read()).match(/typed before/g)).toHaveLength(2);
  });

  test("the end of the input is no answer", async () => {
    const input = new PassThrough();
    const answer = systemTerminal(input, new PassThrough()).ask("Really? ");
    input.end();
    expect(await answer).toBeNull();
  });
});

describe("questions as they come", () => {
  /** A person who answers when told, or sees the question go. */
  function slow() {
    const asked: { gone: AbortSignal | undefined; type: (line: string | null) => void }[] = [];
    const shown: string[] = [];
    const terminal: Terminal = {
      person: true,
      print: (line = "") => void shown.push(line),
      ask: (_prompt, gone) =>
        new Promise((resolve) => {
          asked.push({ gone, type: resolve });
          gone?.addEventListener("abort", () => resolve(null));
        }),
    };
    return { terminal, asked, shown };
  }
  const one = question({ title: "One" });
  const two = question({ title: "Two" }, { approvalId: "q2", digest: "cd".repeat(32) });

  test("one at a time; the answer belongs to the one on the screen", async () => {
    const { terminal, asked, shown } = slow();
    const to = recorder();
    const asker = new Asker(terminal, to);
    asker.arrived([one]);
    asker.arrived([one, two]);
    await settled();
    expect(asked).toHaveLength(1);
    expect(shown.join("\n")).not.toContain('"Two"');
    asked[0]?.type("y");
    await settled();
    expect(to.given).toEqual(["approve q1 abab"]);
    expect(shown.join("\n")).toContain('"Two"');
    asked[1]?.type("n");
    await settled();
    expect(to.given).toEqual(["approve q1 abab", "refuse q2 cdcd"]);
  });

  test("a question settled elsewhere leaves the screen, and a late yes does not fall on the next one", async () => {
    const { terminal, asked, shown } = slow();
    const to = recorder();
    const asker = new Asker(terminal, to);
    asker.arrived([one, two]);
    await settled();
    asker.arrived([two]);
    await settled();
    expect(shown.join("\n")).toContain("settled elsewhere");
    asked[0]?.type("y");
    await settled();
    expect(to.given).toEqual([]);
    expect(asked).toHaveLength(2);
  });

  test("left for later, it is not put again, and stop lets go", async () => {
    const { terminal, asked } = slow();
    const to = recorder();
    const asker = new Asker(terminal, to);
    asker.arrived([one]);
    await settled();
    asked[0]?.type("");
    await settled();
    asker.arrived([one]);
    await settled();
    expect(asked).toHaveLength(1);
    asker.arrived([one, two]);
    await settled();
    asker.stop();
    await settled();
    expect(asked[1]?.gone?.aborted).toBe(true);
    expect(to.given).toEqual([]);
  });
});

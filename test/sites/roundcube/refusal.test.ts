// How Roundcube hears a no: it unlocks, says our words, keeps the text; nothing in the words can become script.
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import type { WireRequest } from "../../../extension/sites/site.ts";
import { roundcube } from "../../../extension/sites/roundcube.ts";
import { octets } from "../reads.ts";
import { draftWith, ORIGIN, sending, URL_OF_SEND } from "./mail.ts";

const evil = '</script><script>alert(1)</script>"\u2028\\" + alert(2) + "';
const body = (refusal: ReturnType<typeof roundcube.refuse>): string => (refusal.how === "answer" ? refusal.body : "");

/** Runs the page's script as the frame of Roundcube's own page would, and says what it called. */
function calls(html: string): unknown[][] {
  const script = /<script>([\s\S]*?)<\/script>/.exec(html)?.[1] ?? "";
  const called: unknown[][] = [];
  const env = { draft_autosave: 60 };
  const say =
    (name: string) =>
    (...given: unknown[]) =>
      called.push([name, ...given]);
  const rcmail = {
    env,
    iframe_loaded: say("iframe_loaded"),
    display_message: say("display_message"),
    auto_save_start: () => called.push(["auto_save_start", env.draft_autosave]),
  };
  const parent = { rcmail };
  runInNewContext(script, { window: { parent }, parent });
  expect(env.draft_autosave).toBe(60);
  return called;
}

describe("a form", () => {
  it("a refused send unlocks the page, says why, and saves the draft once", () => {
    const refusal = roundcube.refuse(sending(draftWith({ _draft: "" })), evil);
    expect(refusal).toMatchObject({ how: "answer", status: 200 });
    expect(body(refusal)).toContain('<meta name="generator" content="Roundcube">');
    expect(body(refusal).match(/<\/script>/g)?.length).toBe(1);
    expect(calls(body(refusal))).toEqual([
      ["iframe_loaded", "loading1795614500537"],
      ["display_message", evil, "error", 20000],
      ["auto_save_start", 0.3],
    ]);
  });

  it("a refused draft does not ask again by itself", () => {
    const called = calls(body(roundcube.refuse(sending(draftWith({})), "No.")));
    expect(called.map((c) => c[0])).toEqual(["iframe_loaded", "display_message", "auto_save_start"]);
    expect(called.at(-1)).toEqual(["auto_save_start", 60]);
  });

  it("a lock that is no lock is not passed on", () => {
    const url = URL_OF_SEND.replace("loading1795614500537", "%22);alert(1);(%22");
    expect(calls(body(roundcube.refuse(sending(draftWith({ _draft: "" }), { url }), "No.")))[0]).toEqual([
      "iframe_loaded",
      "",
    ]);
  });

  it("a settings form is left as it is", () => {
    expect(roundcube.refuse(sending("_task=settings&_action=save-identity", { url: `${ORIGIN}/` }), "No.")).toEqual({
      how: "nothing",
    });
  });
});

describe("a request of the page's script", () => {
  const xhr = (action: string, fields: string): WireRequest => ({
    ...sending(fields, { url: `${ORIGIN}/?_task=mail&_action=${action}` }),
    kind: "xhr",
  });
  it("is answered with our words and its own lock, never with success", () => {
    const refusal = roundcube.refuse(xhr("move", "_uid=1&_mbox=INBOX&_remote=1&_unlock=loading77"), evil);
    expect(refusal).toMatchObject({ how: "answer", status: 200 });
    const said = JSON.parse(body(refusal)) as { unlock: string; exec: string; action: string };
    expect(said.unlock).toBe("loading77");
    expect(said.action).toBe("refused");
    const called: unknown[][] = [];
    const page = {
      display_message: (...given: unknown[]) => called.push(given),
      message_list: {},
      command: (name: string) => called.push([name]),
    };
    runInNewContext(`(function () { ${said.exec} }).call(page)`, { page });
    expect(called).toEqual([[evil, "error", 20000], ["list"]]);
  });
  it("an upload fails like a broken connection", () => {
    expect(roundcube.refuse({ ...xhr("upload", "x"), body: octets("x") }, "No.")).toEqual({ how: "network-error" });
  });
});

// Addresses of Roundcube that destroy something when they are only looked at, each with a way to make it first and to see
// whether it is still there. Must never go through the guarded page: what it makes and reads, it does beside it.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { attack, type Field } from "./field.ts";

const run = promisify(execFile);

export interface Look {
  /** Makes what is to be destroyed, and says how to look it up. */
  readonly make: (side: string) => Promise<() => Promise<boolean>>;
  readonly url: (side: string) => string | Promise<string>;
}

export function looksOf(at: () => readonly [Field, Page]): readonly (readonly [string, Look])[] {
  const doveadm = async (...args: string[]): Promise<string> =>
    (await run("doveadm", ["-c", join(at()[0].stack.dir, "dovecot.conf"), "-f", "flow", ...args])).stdout;

  const change = (task: string, action: string, more: object): Promise<unknown> =>
    attack(
      at()[1],
      `const url = "/?_task=" + words.task + "&_action=" + words.action;
       const all = { _token: token, _task: words.task, _action: words.action, _framed: "1", ...words.more };
       return (await fetch(url, post(new URLSearchParams(all).toString()))).text();`,
      { task, action, more },
    );
  const forwarding = (): Promise<string> => at()[0].stack.sieveScript("alice");
  const messages = async (name: string): Promise<boolean> =>
    (await doveadm("mailbox", "status", "-u", "alice", "messages", name)).includes("messages=1");
  const filled = async (name: string): Promise<void> => {
    await doveadm("mailbox", "create", "-u", "alice", name);
    await doveadm("copy", "-u", "alice", name, "mailbox", "INBOX", "all");
    await doveadm("expunge", "-u", "alice", "mailbox", name, "NOT", "uid", "1");
  };
  const templates = (): Promise<string[]> =>
    attack(
      at()[1],
      `const page = await (await fetch("/?_task=settings&_action=responses")).text();
       return [...page.matchAll(/rcmrow(\\d+)/g)].map(([, id]) => id);`,
    );
  const forward = async (): Promise<void> => {
    const how = { forward_action: "redirect", action_target: "maria@northgate.example", forward_status: "on" };
    await change("settings", "plugin.managesieve-forward", how);
    expect(await forwarding()).toContain("maria@northgate.example");
  };

  const filterLook = (act: string): Look => ({
    make: async () => {
      await forward();
      return async () => (await forwarding()).includes("maria@northgate.example");
    },
    url: () => `/?_task=settings&_action=plugin.managesieve-action&_act=${act}&_remote=1`,
  });
  return [
    [
      "expunge of what was marked deleted",
      {
        make: async (side) => {
          await filled(`marked${side}`);
          await doveadm("flags", "add", "-u", "alice", "\\Deleted", "mailbox", `marked${side}`, "all");
          return () => messages(`marked${side}`);
        },
        url: (side) => `/?_task=mail&_action=expunge&_uid=1-marked${side}&_remote=1`,
      },
    ],
    ["deletion of the active filters", filterLook("setdel")],
    ["filters switched off", filterLook("deact")],
    [
      "deletion of a template",
      {
        make: async (side) => {
          await change("settings", "save-response", { _name: `template ${side}`, _text: "Hello", _is_html: "0" });
          const [made] = await templates();
          expect(made).toBeDefined();
          return async () => (await templates()).includes(made ?? "");
        },
        url: async () => `/?_task=settings&_action=delete-response&_id=${(await templates())[0]}&_remote=1`,
      },
    ],
    [
      "the settings' purge, which names no folder and empties the inbox",
      {
        make: async () => {
          await doveadm("copy", "-u", "alice", "INBOX", "mailbox", "Sent", "all");
          return async () => (await at()[0].stack.mailbox("alice", "INBOX")).length > 0;
        },
        url: () => "/?_task=settings&_action=folder-purge&_remote=1",
      },
    ],
  ];
}

// Proves that the test webmail is a real one: it logs in, sends, delivers, filters, resets and leaves nothing behind.
// Must never be weakened to make another test pass: the other browser tests believe what these servers say.
import { existsSync } from "node:fs";
import { createTransport } from "nodemailer";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ensurePackages, installAllowed } from "./packages.ts";
import { mailUser } from "./people.ts";
import { startMailStack, type MailStack } from "./stack.ts";
import { logIn } from "./webmail.ts";

let stack: MailStack;

beforeAll(async () => {
  stack = await startMailStack();
});
afterAll(async () => {
  await stack.stop();
});
beforeEach(async () => {
  await stack.reset();
});

async function mailTo(...to: string[]): Promise<void> {
  const road = createTransport({ host: "127.0.0.1", port: stack.smtpPort, secure: false, ignoreTLS: true });
  await road.sendMail({
    from: "Alice Moreau <alice@example.test>",
    to,
    bcc: "hidden@northgate.example",
    subject: "Prices for March – übersicht",
    text: "See the table.\n.\nA line with a single dot is above.\n",
    attachments: [{ filename: "prices.csv", content: "lamp,12\n" }],
  });
  road.close();
}

const subjects = async (user: string, folder = "INBOX"): Promise<string[]> =>
  (await stack.mailbox(user, folder)).map((row) => row.subject);

describe("the sink", () => {
  it("keeps what it accepted, with envelope, people and attachment digests", async () => {
    await mailTo("bob@example.test", "maria@northgate.example");
    expect(stack.sink.count()).toBe(1);
    const [mail] = stack.sink.messages();
    expect(mail).toMatchObject({
      envelopeFrom: "alice@example.test",
      envelopeTo: ["bob@example.test", "maria@northgate.example", "hidden@northgate.example"],
      to: ["bob@example.test", "maria@northgate.example"],
      bcc: [],
      subject: "Prices for March – übersicht",
      attachments: [
        {
          name: "prices.csv",
          size: 8,
          sha256: "482d9ae3839ea186f725c32570bcbeeac6a4e544ce8717ec7e8885a303a7f4ef",
        },
      ],
    });
    expect(mail?.text).toContain("\n.\nA line");
    expect(existsSync(mail?.file ?? "")).toBe(true);
  });

  it("puts local copies into the inbox before the sender hears that it was accepted", async () => {
    await mailTo("bob@example.test", "maria@northgate.example");
    expect(await subjects("bob")).toContain("Prices for March – übersicht");
    expect(await subjects("carol")).not.toContain("Prices for March – übersicht");
  });

  it("refuses a local address nobody has, and everything when told to", async () => {
    await expect(mailTo("nobody@example.test")).resolves.toBeUndefined(); // the hidden copy is accepted
    expect(stack.sink.messages()[0]?.envelopeTo).toEqual(["hidden@northgate.example"]);
    stack.sink.answerWith("refuse");
    await expect(mailTo("bob@example.test")).rejects.toThrow("550");
    expect(stack.sink.count()).toBe(1);
  });

  it("waits for a number of messages, and says how many there are when it gives up", async () => {
    const arrived = stack.sink.waitFor(1, 10_000);
    await mailTo("carol@example.test");
    expect(await arrived).toHaveLength(1);
    await expect(stack.sink.waitFor(2, 20)).rejects.toThrow("1 of 2");
  });
});

describe("Roundcube", () => {
  it("refuses a wrong password", async () => {
    await expect(logIn(stack.directUrl, { ...mailUser("alice"), password: "wrong" })).rejects.toThrow("401");
  });

  it("sends through the sink, which counts it and delivers it", async () => {
    const session = await logIn(stack.directUrl, mailUser("alice"));
    const id = await session.compose();
    const answer = await session.post("?_task=mail&_framed=1", [
      ["_token", session.token],
      ["_task", "mail"],
      ["_action", "send"],
      ["_id", id],
      ["_from", "1"],
      ["_to", "bob@example.test"],
      ["_subject", "From the webmail"],
      ["_message", "Hello Bob"],
      ["_store_target", "Sent"],
    ]);
    expect(await answer.text()).toContain("sent_successfully");
    expect(stack.sink.messages().map((mail) => [mail.envelopeFrom, mail.to, mail.subject])).toEqual([
      ["alice@example.test", ["bob@example.test"], "From the webmail"],
    ]);
    expect(await subjects("bob")).toContain("From the webmail");
    expect(await subjects("alice", "Sent")).toContain("From the webmail");
  });

  it("writes filters that Dovecot obeys", async () => {
    const session = await logIn(stack.directUrl, mailUser("bob"));
    expect(await stack.sieveScript("bob")).toBe("");
    const answer = await session.post(
      "?_task=settings&_action=plugin.managesieve-forward",
      [
        ["_token", session.token],
        ["_task", "settings"],
        ["_action", "plugin.managesieve-forward"],
        ["_framed", "1"],
        ["forward_action", "redirect"],
        ["action_target", "maria@northgate.example"],
        ["forward_status", "on"],
      ],
      { "x-roundcube-request": session.token },
    );
    expect(answer.status).toBe(200);
    expect(await stack.sieveScript("bob")).toContain('redirect "maria@northgate.example"');
    await mailTo("bob@example.test");
    const forwarded = await stack.sink.waitFor(2, 10_000);
    expect(forwarded.map((mail) => mail.envelopeTo)).toContainEqual(["maria@northgate.example"]);
  });
});

describe("the stack", () => {
  it("goes back to the seed: mail, filters, sink; and the session stays logged in", async () => {
    const session = await logIn(stack.directUrl, mailUser("alice"));
    const before = await stack.mailbox("alice", "INBOX");
    expect(before).toHaveLength(12);
    await session.post(
      "?_task=mail&_action=move",
      [
        ["_token", session.token],
        ["_uid", "1,2"],
        ["_mbox", "INBOX"],
        ["_target_mbox", "Trash"],
        ["_remote", "1"],
      ],
      { "x-roundcube-request": session.token, "x-requested-with": "XMLHttpRequest" },
    );
    expect(await stack.mailbox("alice", "INBOX")).toHaveLength(10);
    await mailTo("alice@example.test");
    await stack.reset();
    expect(await stack.mailbox("alice", "INBOX")).toEqual(before);
    expect(await stack.mailbox("alice", "Trash")).toEqual([]);
    expect(stack.sink.count()).toBe(0);
    expect(await (await session.get("?_task=mail")).text()).toContain('"request_token"');
    expect(await stack.identity("alice")).toMatchObject({ email: "alice@example.test", replyTo: "" });
    expect((await stack.mail("alice", "INBOX", 2)).attachments).toMatchObject([{ name: "salaries-spring.csv" }]);
  });

  it("stands beside a second one, which leaves no process and no file when it stops", async () => {
    const second = await startMailStack({ htmleditor: 1 });
    const group = second.pids.flatMap((pid) => [pid, -pid]);
    expect(second.roundcubeUrl).not.toBe(stack.roundcubeUrl);
    for (const pid of group) expect(process.kill(pid, 0)).toBe(true);
    await second.stop();
    for (const pid of group) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    expect(existsSync(second.dir)).toBe(false);
    await expect(fetch(second.directUrl)).rejects.toThrow();
    expect((await fetch(stack.directUrl)).status).toBe(200);
  });

  it("says what is missing and how to get it where installing is forbidden", () => {
    expect(() => ensurePackages({ install: false, packages: ["countersign-nobody-has-this"] })).toThrow(
      /switched off: run "apt-get install --no-install-recommends countersign-nobody-has-this" as root/,
    );
    expect(ensurePackages({ install: installAllowed() })).toEqual([]);
  });
});

// Reads what the server really holds: folders, messages, the active Sieve script, identities.
// Must never change anything: no flag, no session, no file.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { mailUser } from "./people.ts";
import { databaseFile } from "./roundcube.ts";
import { readMail, type ReadMail } from "./sunk.ts";

const run = promisify(execFile);

export interface MailRow {
  readonly uid: number;
  readonly subject: string;
  readonly from: string;
  readonly to: string;
  readonly flags: readonly string[];
}

export interface Identity {
  readonly email: string;
  readonly name: string;
  readonly replyTo: string;
  readonly bcc: string;
  readonly signature: string;
}

export interface Mailboxes {
  mailbox(user: string, folder: string): Promise<MailRow[]>;
  folders(user: string): Promise<string[]>;
  mail(user: string, folder: string, uid: number): Promise<ReadMail>;
  sieveScript(user: string): Promise<string>;
  identity(user: string): Promise<Identity | undefined>;
}

export function readMailboxes(dir: string): Mailboxes {
  const config = join(dir, "dovecot.conf");
  const doveadm = async (format: string, ...args: string[]): Promise<string> => {
    const { stdout } = await run("doveadm", ["-c", config, "-f", format, ...args], { maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  };
  return {
    mailbox: async (user, folder) => {
      const fields = "uid flags hdr.subject.utf8 hdr.from.utf8 hdr.to.utf8";
      const text = await doveadm("json", "fetch", "-u", mailUser(user).name, fields, "mailbox", folder, "all");
      const rows = JSON.parse(text || "[]") as Record<string, string>[];
      return rows.map((row) => ({
        uid: Number(row["uid"]),
        subject: row["hdr.subject.utf8"] ?? "",
        from: row["hdr.from.utf8"] ?? "",
        to: row["hdr.to.utf8"] ?? "",
        flags: (row["flags"] ?? "").split(" ").filter((flag) => flag !== "" && flag !== "\\Recent"),
      }));
    },
    folders: async (user) =>
      (await doveadm("flow", "mailbox", "list", "-u", mailUser(user).name))
        .split("\n")
        .map((line) => line.replace(/^mailbox=/, ""))
        .filter((line) => line !== ""),
    mail: async (user, folder, uid) => {
      const query = ["mailbox", folder, "uid", String(uid)];
      const text = await doveadm("json", "fetch", "-u", mailUser(user).name, "text", ...query);
      const rows = JSON.parse(text || "[]") as Record<string, string>[];
      const raw = rows[0]?.["text"];
      if (raw === undefined) throw new Error(`${user} has no message ${uid} in ${folder}.`);
      return readMail(Buffer.from(raw, "utf8"));
    },
    sieveScript: (user) => readFile(join(dir, "mail", mailUser(user).name, ".dovecot.sieve"), "utf8").catch(() => ""),
    identity: async (user) => {
      const query = `SELECT i.email, i.name, i."reply-to" AS replyTo, i.bcc, i.signature
        FROM identities i JOIN users u USING (user_id)
        WHERE u.username = '${mailUser(user).address}' AND i.del = 0 AND i.standard = 1`;
      const { stdout } = await run("sqlite3", ["-readonly", "-json", databaseFile(dir), query]);
      return (JSON.parse(stdout || "[]") as Identity[])[0];
    },
  };
}

// The folder a stack lives in: laid out once, put back to the seed as often as a test asks.
// Must never hold a file that a server of the machine reads, nor end a web session by a reset.
import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { dovecotConfig, MAIL_OWNER, passwordFile, type DovecotPlace } from "./dovecot.ts";
import { writeMailboxes } from "./maildir.ts";
import { databaseFile, nginxConfig, phpConfig, roundcubeConfig, WEB_OWNER, type RoundcubePlace } from "./roundcube.ts";

const run = promisify(execFile);

const EMPTIED = [
  "contacts",
  "contactgroups",
  "contactgroupmembers",
  "collected_addresses",
  "responses",
  "dictionary",
  "searches",
  "filestore",
  "cache",
  "cache_index",
  "cache_thread",
  "cache_messages",
  "cache_shared",
];

/** Preferences and identities go back; accounts and sessions stay, so that a browser remains logged in. */
const EMPTY_DATABASE = `
.timeout 5000
BEGIN;
${EMPTIED.map((table) => `DELETE FROM ${table};`).join("\n")}
UPDATE users SET preferences = NULL;
DELETE FROM identities WHERE standard = 0 OR del = 1;
UPDATE identities SET name = '', organization = '', "reply-to" = '', bcc = '', signature = '', html_signature = 0;
COMMIT;
`;

export async function ownFolder(wanted: string | undefined): Promise<string> {
  const dir = wanted ?? (await mkdtemp(join(tmpdir(), "countersign-mail-")));
  await mkdir(dir, { recursive: true });
  await chmod(dir, 0o755);
  for (let above = dir; above !== dirname(above); above = dirname(above)) {
    const mode = (await stat(above)).mode;
    if ((mode & 0o001) === 0) {
      throw new Error(
        `The mail servers cannot reach ${dir}, because ${above} is closed to other accounts: set TMPDIR.`,
      );
    }
  }
  return dir;
}

export async function layOut(place: DovecotPlace & RoundcubePlace): Promise<void> {
  const at = (...parts: string[]): string => join(place.dir, ...parts);
  for (const folder of [
    "log",
    "dovecot",
    "dovecot-state",
    "seed",
    "roundcube/config",
    "roundcube/db",
    "roundcube/temp",
  ]) {
    await mkdir(at(folder), { recursive: true });
  }
  for (const folder of ["logs", "nginx-body"]) await mkdir(at("roundcube", folder), { recursive: true });
  await writeFile(at("dovecot.conf"), dovecotConfig(place));
  await writeFile(at("passwd"), passwordFile(), { mode: 0o640 });
  await run("chown", ["root:dovecot", at("passwd")]);
  await writeFile(at("roundcube/config/config.inc.php"), roundcubeConfig(place));
  for (const file of ["defaults.inc.php", "mimetypes.php"]) {
    await symlink(`/etc/roundcube/${file}`, at("roundcube/config", file));
  }
  await writeFile(at("roundcube/php.conf"), phpConfig(place));
  await writeFile(at("roundcube/nginx.conf"), nginxConfig(place));
  await sqlite(databaseFile(place.dir), ".read /usr/share/roundcube/SQL/sqlite.initial.sql\n");
  const web = ["db", "temp", "logs", "nginx-body"].map((folder) => at("roundcube", folder));
  await run("chown", ["-R", `${WEB_OWNER}:${WEB_OWNER}`, ...web]);
  await writeMailboxes(at("seed/mail"));
  await run("chown", ["-R", `${MAIL_OWNER}:${MAIL_OWNER}`, at("seed/mail")]);
  await run("cp", ["-a", at("seed/mail"), at("mail")]);
}

export async function restoreMail(dir: string): Promise<void> {
  // "kick" ends open IMAP sessions, so that nobody writes old indexes over the new mailboxes.
  await run("doveadm", ["-c", join(dir, "dovecot.conf"), "kick", "*"]).catch(() => undefined);
  await run("cp", ["-a", join(dir, "seed/mail"), join(dir, "mail.next")]);
  await run("mv", [join(dir, "mail"), join(dir, "mail.old")]);
  await run("mv", [join(dir, "mail.next"), join(dir, "mail")]);
  await rm(join(dir, "mail.old"), { recursive: true, force: true, maxRetries: 5 });
}

export function restoreDatabase(dir: string): Promise<void> {
  return sqlite(databaseFile(dir), EMPTY_DATABASE);
}

async function sqlite(file: string, script: string): Promise<void> {
  const child = run("sqlite3", ["-bail", file]);
  child.child.stdin?.end(script);
  await child;
}

// Writes the seed as Maildir folders with fixed uids, so that every reset gives the very same mailbox.
// Must never write into the live mailboxes: it fills a folder that is copied over them.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import { DOMAIN, USERS } from "./people.ts";
import { FOLDERS, SEED, type SeedMail } from "./seed.ts";

const FIRST_DAY = Date.UTC(2026, 10, 2, 8, 0, 0);

export async function writeMailboxes(dir: string): Promise<void> {
  for (const user of USERS) {
    const home = join(dir, user.name, "Maildir");
    for (const folder of ["INBOX", ...FOLDERS] as const) {
      const mails = SEED.filter((mail) => mail.user === user.name && mail.folder === folder);
      await writeFolder(folder === "INBOX" ? home : join(home, `.${folder}`), folder, mails);
    }
    await writeFile(join(home, "subscriptions"), `V\t2\n\n${FOLDERS.map((folder) => `${folder}\n`).join("")}`);
  }
}

async function writeFolder(place: string, folder: string, mails: readonly SeedMail[]): Promise<void> {
  for (const part of ["cur", "new", "tmp"]) await mkdir(join(place, part), { recursive: true });
  if (folder !== "INBOX") await writeFile(join(place, "maildirfolder"), "");
  const lines: string[] = [];
  for (const [index, mail] of mails.entries()) {
    const when = FIRST_DAY + SEED.indexOf(mail) * 3_600_000;
    const name = `${when / 1000}.M${String(index + 1).padStart(6, "0")}P1.seed`;
    const flags = `${mail.draft === true ? "D" : ""}${mail.unread === true ? "" : "S"}`;
    await writeFile(join(place, "cur", `${name}:2,${flags}`), await compose(mail, new Date(when)));
    lines.push(`${index + 1} :${name}\n`);
  }
  // Dovecot's own list: version, uid validity, next uid, folder id; then uid and file.
  const id = Buffer.from(`${place.split("/").slice(-3, -1).join("/")}${folder}`.padEnd(16, "."))
    .toString("hex")
    .slice(-32);
  await writeFile(join(place, "dovecot-uidlist"), `3 V1700000001 N${mails.length + 1} G${id}\n${lines.join("")}`);
}

async function compose(mail: SeedMail, date: Date): Promise<Buffer> {
  const writer = createTransport({ streamTransport: true, buffer: true, newline: "unix" });
  const earlier = mail.answers === undefined ? {} : { inReplyTo: `<${mail.answers}@${DOMAIN}>` };
  const { message } = await writer.sendMail({
    messageId: `<${mail.id}@${DOMAIN}>`,
    date,
    from: mail.from,
    to: mail.to,
    subject: mail.subject,
    text: mail.text,
    ...earlier,
    ...(mail.answers === undefined ? {} : { references: `<${mail.answers}@${DOMAIN}>` }),
    ...(mail.replyTo === undefined ? {} : { replyTo: mail.replyTo }),
    ...(mail.html === undefined ? {} : { html: mail.html }),
    ...(mail.attachment === undefined
      ? {}
      : {
          attachments: [{ filename: mail.attachment.name, content: mail.attachment.content, contentType: "text/csv" }],
        }),
  });
  if (!Buffer.isBuffer(message)) throw new Error("The seed mail was not composed into memory.");
  return message;
}

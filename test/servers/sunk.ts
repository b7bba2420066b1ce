// Turns the raw bytes of a mail into what a test compares: people, words, attachments with their digests.
// Must never drop a recipient or an attachment because it cannot name it.
import { createHash } from "node:crypto";
import PostalMime, { type Address } from "postal-mime";

export interface SunkAttachment {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly sha256: string;
}

export interface ReadMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly replyTo: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly SunkAttachment[];
  /** Lower-case names; a header that occurs twice has two values. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

export interface SunkMail extends ReadMail {
  readonly number: number;
  /** When its last byte was here; ISO 8601. */
  readonly arrivedAt: string;
  readonly envelopeFrom: string;
  readonly envelopeTo: readonly string[];
  /** The .eml file with the bytes as they came in. */
  readonly file: string;
}

export async function readMail(raw: Uint8Array): Promise<ReadMail> {
  const mail = await PostalMime.parse(raw, { forceRfc822Attachments: true });
  const headers: Record<string, string[]> = {};
  for (const header of mail.headers) (headers[header.key] ??= []).push(header.value);
  return {
    from: addresses(mail.from === undefined ? [] : [mail.from])[0] ?? "",
    to: addresses(mail.to),
    cc: addresses(mail.cc),
    bcc: addresses(mail.bcc),
    replyTo: addresses(mail.replyTo),
    subject: mail.subject ?? "",
    text: mail.text ?? "",
    html: mail.html ?? "",
    attachments: mail.attachments.map((part) => {
      const bytes = typeof part.content === "string" ? Buffer.from(part.content) : new Uint8Array(part.content);
      return {
        name: part.filename ?? "",
        type: part.mimeType,
        size: bytes.byteLength,
        sha256: createHash("sha256").update(bytes).digest("hex"),
      };
    }),
    headers,
  };
}

function addresses(list: readonly Address[] | undefined): string[] {
  return (list ?? []).flatMap((entry) =>
    entry.group === undefined ? [entry.address] : entry.group.map((member) => member.address),
  );
}

// One ledger line: `<leaf hash> <canonical JSON>\n`. The hash is the RFC 6962 leaf hash, SHA-256(0x00 || JSON), so that a
// Merkle tree can be built over the file as it stands. Must never call a line good whose hash does not fit its bytes.
import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import * as v from "valibot";
import { RecordSchema, type AuditRecord } from "../../shared/audit.ts";

const LEAF = Buffer.of(0);
const HASH = 64;
const SPACE = 0x20;

/** RFC 6962 leaf hash of canonical JSON bytes, lower-case hex. */
export function leafHash(canonical: Uint8Array): string {
  return createHash("sha256").update(LEAF).update(canonical).digest("hex");
}

/** Throws when the record holds something JSON cannot carry. */
export function encodeLine(record: AuditRecord): Buffer {
  const text = canonicalize(record);
  if (text === undefined) throw new Error("This record cannot be written as JSON.");
  const json = Buffer.from(text, "utf8");
  return Buffer.concat([Buffer.from(`${leafHash(json)} `, "latin1"), json, Buffer.of(0x0a)]);
}

/** A whole line that this version does not understand: newer than we are, or made by another hand. */
export class UnknownRecord extends Error {
  override name = "UnknownRecord";
}

/** The record in a line (without its newline), or null when the bytes are damaged. Throws UnknownRecord for a whole but foreign one. */
export function decodeLine(line: Buffer): AuditRecord | null {
  if (line.length < HASH + 3 || line[HASH] !== SPACE) return null;
  const json = line.subarray(HASH + 1);
  if (line.toString("latin1", 0, HASH) !== leafHash(json)) return null;
  let value: unknown;
  try {
    value = JSON.parse(json.toString("utf8"));
  } catch {
    throw new UnknownRecord("A ledger line is whole but is not JSON.");
  }
  const parsed = v.safeParse(RecordSchema, value);
  if (!parsed.success) throw new UnknownRecord("A ledger line is whole but of a kind this version does not know.");
  return parsed.output;
}

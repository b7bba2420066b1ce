// The three messages of a handshake, in the clear: challenge, hello, answer. PROTOCOL.md says the same for a stranger.
// Must never carry a secret; what proves anything in here is sealed.
import * as v from "valibot";
import { type Bytes, fromBase64url } from "./base64url.ts";

/** Longest greeting, bytes; nothing larger is read from a side that has not proved itself. */
export const GREETING_LIMIT = 4_096;
export const SUB_PROTOCOL = "countersign";
export const LINK_PATH = "/link";
export const PAIR_PATH = "/pair";

/** Why the companion ends a connection. Codes are part of the protocol; the reason sent along is for people. */
export const CLOSE = {
  malformed: 4400,
  unproven: 4401,
  forgotten: 4403,
  slowHandshake: 4408,
  replaced: 4409,
  noCode: 4410,
  otherVersion: 4426,
  tooFast: 4429,
  slowReader: 4430,
  trouble: 4500,
} as const;

const bytes = (length: number) =>
  v.pipe(
    v.string(),
    v.maxLength(Math.ceil((length * 4) / 3)),
    v.transform(fromBase64url),
    v.custom<Bytes>((value) => value instanceof Uint8Array && value.length === length),
  );
const version = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000));

/** Companion to extension, first. Only `v` is read when the versions differ. */
export const ChallengeSchema = v.strictObject({
  v: version,
  key: bytes(32),
  ephemeral: bytes(32),
  nonce: bytes(32),
});
export type Challenge = v.InferOutput<typeof ChallengeSchema>;

/** Extension to companion. `proof` is a fixed word of 16 bytes, sealed under a key only the right pair has. */
export const HelloSchema = v.strictObject({
  v: version,
  key: bytes(32),
  ephemeral: bytes(32),
  nonce: bytes(32),
  enc: bytes(32),
  proof: bytes(32),
});
export type Hello = v.InferOutput<typeof HelloSchema>;

/** Companion to extension, last: the companion's own proof. */
export const AnswerSchema = v.strictObject({ v: version, enc: bytes(32), proof: bytes(32) });
export type Answer = v.InferOutput<typeof AnswerSchema>;

/** Just enough of any version's challenge to say which version it is. */
export const VersionSchema = v.looseObject({ v: version });

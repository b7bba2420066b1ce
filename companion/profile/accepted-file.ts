// accepted.json: the rules the person last accepted, in parsed form, in a private file that is written whole or not at all.
// Must never give back a set that is torn, edited by hand, or not what its digest says.
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { PolicyJson } from "@cedar-policy/cedar-wasm/nodejs";
import * as v from "valibot";
import { readPrivate, writePrivate } from "../state/private-file.ts";
import { lintRules } from "./rule-lint.ts";
import { makeProfile } from "./rule-set.ts";
import type { LoadedProfile } from "./rule-set.ts";

const AcceptedSchema = v.strictObject({
  format: v.literal(1),
  name: v.pipe(v.string(), v.maxLength(100)),
  /** ISO 8601. */
  acceptedAt: v.string(),
  /** SHA-256 of the profile text these rules are the whole of; "" when they are less than what the text says. */
  file: v.pipe(v.string(), v.regex(/^([0-9a-f]{64})?$/)),
  digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  rules: v.pipe(
    v.array(
      v.strictObject({
        id: v.string(),
        say: v.string(),
        effect: v.picklist(["allow", "ask", "deny"]),
        text: v.string(),
        policy: v.custom<PolicyJson>(
          (it) => typeof it === "object" && it !== null && "conditions" in it && Array.isArray(it.conditions),
        ),
      }),
    ),
    v.maxLength(200),
  ),
});

export type Accepted =
  | { readonly state: "good"; readonly profile: LoadedProfile; readonly file: string }
  | { readonly state: "missing" }
  | { readonly state: "damaged" };

export const acceptedPath = (home: string) => join(home, "accepted.json");

export async function readAccepted(home: string): Promise<Accepted> {
  try {
    const text = await readPrivate(acceptedPath(home));
    if (text === null) return { state: "missing" };
    const file = v.parse(AcceptedSchema, JSON.parse(text));
    const linted = lintRules(file.rules);
    if (!linted.ok) return { state: "damaged" };
    const differs = linted.rules.some((rule, at) => {
      const written = file.rules[at];
      return written?.id !== rule.id || written.say !== rule.say || written.effect !== rule.effect;
    });
    if (differs) return { state: "damaged" };
    const profile = makeProfile(file.name, linted.rules);
    return profile.digest === file.digest ? { state: "good", profile, file: file.file } : { state: "damaged" };
  } catch {
    return { state: "damaged" };
  }
}

/** `text` is the profile text these rules are the whole of, or null. */
export async function writeAccepted(
  home: string,
  profile: LoadedProfile,
  acceptedAt: string,
  text: string | null,
): Promise<void> {
  const { name, digest, rules } = profile;
  const file = text === null ? "" : digestOfText(text);
  await writePrivate(acceptedPath(home), JSON.stringify({ format: 1, name, acceptedAt, file, digest, rules }, null, 1));
}

export function digestOfText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

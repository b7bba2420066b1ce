// The Cedar engine in this process: one instance, one schema, two slots for rule sets; and a new instance after a trap.
// Must never be given rule TEXT (some text kills the engine for good; profile-reader.ts parses it in a thread of its own).
import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import type { AuthorizationAnswer, Context, Entities, EntityUid, PolicyJson } from "@cedar-policy/cedar-wasm/nodejs";
import { CEDAR_SCHEMA } from "./cedar-schema.ts";
import type { LoadedProfile } from "./rule-set.ts";

type Cedar = typeof import("@cedar-policy/cedar-wasm/nodejs");

export interface CedarRequest {
  readonly principal: EntityUid;
  readonly action: EntityUid;
  readonly resource: EntityUid;
  readonly context: Context;
  readonly entities: Entities;
}

const SCHEMA = "countersign";
/** Two names used in turn: the engine cannot drop a set, and the old one must stay until the new one is good. */
const SLOTS = ["rules-a", "rules-b"] as const;

// One compilation pass over the engine's 4 MB instead of two, here and in the thread that reads text: an evaluation takes
// 0.3 ms either way, the second pass takes half a second and 50 MB for good. A V8 that does not know the flag leaves it out.
setFlagsFromString("--liftoff-only");

const load = createRequire(import.meta.url);
/** Where the engine's code lies, for the thread that reads rule text. */
export const ENGINE_PATH = load.resolve("@cedar-policy/cedar-wasm/nodejs");

let cedar: Cedar | null = null;
let held: (string | null)[] = [null, null];
let newest = 0;

function start(): Cedar {
  // The module makes its instance when it is loaded, so a second instance is a second load.
  delete load.cache[ENGINE_PATH];
  const fresh = load(ENGINE_PATH) as Cedar;
  const answer = fresh.preparseSchema(SCHEMA, CEDAR_SCHEMA);
  if (answer.type === "failure") throw new Error(answer.errors[0]?.message ?? "The schema does not parse.");
  held = [null, null];
  return fresh;
}

/** Slot that holds this set, filling the older slot when none does. Throws, and leaves both slots as they were, when it is no good. */
function slotOf(engine: Cedar, profile: LoadedProfile): string {
  const at = held.indexOf(profile.digest);
  if (at >= 0) return SLOTS[at === 0 ? 0 : 1];
  const next = newest === 0 ? 1 : 0;
  const staticPolicies: Record<string, PolicyJson> = {};
  for (const rule of profile.rules) staticPolicies[rule.id] = rule.policy;
  const answer = engine.preparsePolicySet(SLOTS[next], { staticPolicies });
  if (answer.type === "failure") throw new Error(answer.errors[0]?.message ?? "The rules do not parse.");
  held[next] = profile.digest;
  newest = next;
  return SLOTS[next];
}

/** Runs `use`; when it throws and the engine no longer answers anything, drops the engine so that the next call makes a new one. */
function guarded<T>(use: (engine: Cedar) => T): T {
  cedar ??= start();
  try {
    return use(cedar);
  } catch (error) {
    try {
      cedar.getCedarLangVersion();
    } catch {
      cedar = null;
    }
    throw error;
  }
}

/** Loads and compiles the engine and these rules, so that the first question is not the slow one. Throws when they are no good. */
export function prepare(profile: LoadedProfile): void {
  guarded((engine) => slotOf(engine, profile));
}

/** One evaluation. Throws when the engine does; the caller turns that into a deny. */
export function evaluate(profile: LoadedProfile, request: CedarRequest): AuthorizationAnswer {
  return guarded((engine) =>
    engine.statefulIsAuthorized({
      ...request,
      preparsedSchemaName: SCHEMA,
      validateRequest: true,
      preparsedPolicySetId: slotOf(engine, profile),
    }),
  );
}

// Runs in a thread of its own: parses rule text, validates it against the schema, and tries it once.
// Stands alone (it is handed over as source, so it may use nothing but its two arguments) and must never be called in the
// main thread: some text kills the engine for good, and here it kills only a thread that ends anyway.
import type { PolicyJson } from "@cedar-policy/cedar-wasm/nodejs";

export interface Job {
  /** Absolute path of the engine's code. */
  readonly engine: string;
  readonly schema: string;
  readonly text: string;
}

/** `at` is a byte offset in the text, or null where the engine names none; `rule` counts from 0, in the order written. */
export interface Trouble {
  readonly at: number | null;
  readonly rule: number | null;
  readonly message: string;
  readonly hint: string | null;
  /** The rules as far as they could be told apart. */
  readonly parts: readonly string[];
}

export type WorkerAnswer =
  | { readonly ok: true; readonly rules: readonly { readonly text: string; readonly policy: PolicyJson }[] }
  | { readonly ok: false; readonly trouble: Trouble };

type Threads = Pick<typeof import("node:worker_threads"), "parentPort" | "workerData">;

export function readInThread(threads: Threads, load: (path: string) => unknown): void {
  const { engine, schema, text } = threads.workerData as Job;
  const cedar = load(engine) as typeof import("@cedar-policy/cedar-wasm/nodejs");
  const say = (answer: WorkerAnswer) => {
    threads.parentPort?.postMessage(answer);
  };
  let parts: string[] = [];
  const refuse = (message: string, at: number | null, rule: number | null, hint: string | null = null) => {
    say({ ok: false, trouble: { at, rule, message, hint, parts } });
  };

  const split = cedar.policySetTextToParts(text);
  if (split.type === "failure") {
    const first = split.errors[0];
    const place = first?.sourceLocations?.[0];
    refuse(first?.message ?? "unreadable text", place?.start ?? null, null, place?.label ?? null);
    return;
  }
  if (split.policy_templates.length > 0) {
    const at = text.indexOf(split.policy_templates[0] ?? "");
    refuse("?principal and ?resource cannot be used here", new TextEncoder().encode(text.slice(0, at)).length, null);
    return;
  }
  // The engine calls them policy0, policy1, ... and hands them over sorted by that name, so policy10 comes before policy2.
  const order = split.policies.map((_part, at) => `policy${at}`).toSorted();
  parts = order.map((_name, at) => split.policies[order.indexOf(`policy${at}`)] ?? "");
  const rules: { text: string; policy: PolicyJson }[] = [];
  const byNumber: Record<string, PolicyJson> = {};
  for (const [number, part] of parts.entries()) {
    const json = cedar.policyToJson(part);
    if (json.type === "failure") {
      refuse(json.errors[0]?.message ?? "unreadable rule", null, number);
      return;
    }
    // The engine hands numbers over as JavaScript does, which rounds the large ones: the rule would say something else.
    let rounded = false;
    JSON.stringify(json.json, (_key, value: unknown) => {
      if (typeof value === "number" && !Number.isSafeInteger(value)) rounded = true;
      return value;
    });
    if (rounded) {
      refuse("a number here is too large to be exact", null, number);
      return;
    }
    rules.push({ text: part, policy: json.json });
    byNumber[String(number)] = json.json;
  }
  // From here on only the parsed form is used: exactly what the main thread will load.
  const loaded = cedar.preparsePolicySet("trial", { staticPolicies: byNumber });
  if (loaded.type === "failure") {
    refuse(loaded.errors[0]?.message ?? "unusable rules", null, null);
    return;
  }
  const checked = cedar.validate({ schema, policies: { staticPolicies: byNumber } });
  const wrong = checked.type === "failure" ? null : checked.validationErrors[0];
  if (checked.type === "failure") refuse(checked.errors[0]?.message ?? "unusable rules", null, null);
  else if (wrong) refuse(wrong.error.message, null, Number(wrong.policyId), wrong.error.help);
  else say({ ok: true, rules });
}

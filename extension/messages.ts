// Internal messages of the extension's own pages: name -> request schema and reply. Only a top-level page of this extension may send one.
// Must never serve a content script, a framed page or another extension; what is unclear is refused.
import * as v from "valibot";
import type { Question } from "../shared/protocol.ts";

/** How the link to the companion stands, in the words the pages show. */
export type LinkState =
  | { readonly state: "unpaired" }
  | { readonly state: "connected"; readonly profile: string; readonly companion: string }
  | { readonly state: "away"; readonly since: string; readonly why: string }
  /** Something answers on the companion's port and cannot prove that it is ours. */
  | { readonly state: "stranger"; readonly port: number }
  | { readonly state: "other-build"; readonly companion: string; readonly extension: string };

export interface SwitchedOn {
  /** Scheme, host and port, e.g. https://mail.acme.example */
  readonly origin: string;
  readonly site: string;
  readonly name: string;
  /** Each live check with its answer. */
  readonly checks: readonly { readonly what: string; readonly ok: boolean; readonly say: string }[];
}

/** Everything the pages need; pushed whole on the `ui` port after every change. */
export interface GuardState {
  readonly link: LinkState;
  readonly questions: readonly Question[];
  /** "" or why a yes does not count in this browser. */
  readonly debugging: string;
  readonly stopped: boolean;
  readonly sites: readonly SwitchedOn[];
  /** Refusals still remembered: an equal request is answered with no, silently. */
  readonly refusals: readonly {
    readonly digest: string;
    readonly words: string;
    readonly at: string;
    readonly until: string;
  }[];
  /** Companion's clock minus ours, ms; deadlines are the companion's. */
  readonly clockSkewMs: number;
}

/** Name of the port a page opens to hear GuardState. */
export const UI_PORT = "ui";

const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const word = v.pipe(v.string(), v.maxLength(500));

/** Requests of the pages. Every reply is { ok: true, value } or { ok: false, say }. */
export const UiRequestSchema = v.variant("name", [
  v.strictObject({ name: v.literal("state") }),
  v.strictObject({ name: v.literal("answer"), approvalId: word, answer: v.picklist(["approve", "refuse"]), digest }),
  v.strictObject({ name: v.literal("refuseAll") }),
  v.strictObject({ name: v.literal("touch"), approvalId: word }),
  v.strictObject({ name: v.literal("forget"), digest }),
  v.strictObject({ name: v.literal("pair"), code: word }),
  v.strictObject({ name: v.literal("unpair") }),
  /** After the page has been granted the host permission in its own click. */
  v.strictObject({ name: v.literal("switchOn"), origin: word, site: word }),
  v.strictObject({ name: v.literal("switchOff"), origin: word }),
  v.strictObject({ name: v.literal("check"), origin: word }),
  v.strictObject({ name: v.literal("profile") }),
  v.strictObject({ name: v.literal("stopAgents") }),
  v.strictObject({ name: v.literal("syncHistory") }),
]);
export type UiRequest = v.InferOutput<typeof UiRequestSchema>;

export interface ProfileView {
  readonly name: string;
  readonly rules: readonly { readonly id: string; readonly say: string; readonly effect: "allow" | "ask" | "deny" }[];
  readonly proposal: string | null;
}

export interface UiReplies {
  state: GuardState;
  answer: null;
  refuseAll: null;
  touch: { readonly until: string };
  forget: null;
  pair: null;
  unpair: null;
  switchOn: SwitchedOn;
  switchOff: null;
  check: SwitchedOn;
  profile: ProfileView;
  stopAgents: null;
  syncHistory: null;
}
export type UiReply<K extends UiRequest["name"]> =
  | { readonly ok: true; readonly value: UiReplies[K] }
  | { readonly ok: false; readonly say: string };

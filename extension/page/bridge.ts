// What travels between the page's two worlds and the background: requests to hold, answers, gestures, notices.
// Nothing in these messages is trusted by the background: the page can forge every one of them. There is no ticket and no secret here.

/** A request the page tried to make, as the MAIN-world hold read it. */
export interface HeldRequest {
  readonly type: "request";
  /** Per frame, counts up from 1. */
  readonly id: number;
  readonly kind: "fetch" | "xhr" | "beacon" | "form" | "form-top" | "navigate";
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: ArrayBuffer | null;
  readonly mode: string;
  readonly credentials: "omit" | "same-origin" | "include";
  readonly redirect: "follow" | "error" | "manual";
  readonly referrer: string;
  readonly referrerPolicy: string;
  /** True for beacon and keepalive: a page that goes away does not cancel it. */
  readonly keepalive: boolean;
}
export interface CancelHeld {
  readonly type: "cancel";
  readonly id: number;
}
/** Evidence from the isolated world about the gesture that may have caused a request. */
export interface Gesture {
  readonly type: "gesture";
  readonly event: "click" | "key" | "submit" | "drop";
  readonly verb: string | null;
  readonly trusted: boolean;
  /** One line of facts, e.g. "pointer jumped, pressed 0.2 ms". */
  readonly facts: readonly string[];
}
export type FromPage = HeldRequest | CancelHeld | Gesture;

/** The answer to a held request. */
export type Answer =
  | {
      readonly type: "answer";
      readonly id: number;
      readonly how: "response";
      readonly status: number;
      readonly statusText: string;
      readonly headers: readonly (readonly [string, string])[];
      readonly url: string;
      readonly redirected: boolean;
      readonly body: ArrayBuffer | null;
      /** True when this is our own refusal and not the server's answer. */
      readonly refusal: boolean;
    }
  | { readonly type: "answer"; readonly id: number; readonly how: "network-error" }
  | { readonly type: "answer"; readonly id: number; readonly how: "opaque-redirect" }
  /** A form in its own frame was refused: write nothing. */
  | { readonly type: "answer"; readonly id: number; readonly how: "nothing" }
  /** Make this navigation yourself now: a one-time rule lets exactly this address pass (GET only). */
  | { readonly type: "answer"; readonly id: number; readonly how: "go"; readonly url: string };

/** A line for the person and the agent, drawn in a closed shadow root by the isolated world of the top frame. */
export interface Notice {
  readonly type: "notice";
  /** Same key replaces the line. */
  readonly key: string;
  readonly tone: "held" | "refused" | "released" | "trouble";
  readonly words: string;
  /** Whole seconds after which it goes away; 0 = stays until replaced or closed. */
  readonly seconds: number;
}
export type ToPage = Answer | Notice;

/** Name of the runtime port each frame's isolated script opens. */
export const PAGE_PORT = "page";

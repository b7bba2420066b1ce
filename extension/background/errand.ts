// One held request on its way through the guard: where it came from, how its page is told, whether its page still waits.
// Must never be made from anything but the sender the browser stamped, or a blocked attempt the browser reported.
import type { Answer, Gesture, HeldRequest, Notice } from "../page/bridge.ts";
import type { WireRequest } from "../sites/site.ts";

type Without<T, K extends PropertyKey> = T extends T ? Omit<T, K> : never;
/** An answer before it is addressed to the request it belongs to. */
export type Result = Without<Answer, "type" | "id">;

export interface Errand {
  readonly origin: string;
  readonly tab: number | null;
  readonly frame: number | null;
  readonly frameUrl: string;
  readonly held: Omit<HeldRequest, "type" | "id" | "kind"> & Pick<WireRequest, "kind">;
  readonly gesture: Gesture | null;
  /** Aborted when the page gave the request up. */
  readonly gone: AbortSignal;
  /** A line in the page, marked there as unauthenticated. */
  notice(line: Omit<Notice, "type">): void;
}

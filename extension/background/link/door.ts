// The door to the companion as the rooms of the background use it; link.ts is what stands behind it.
// Must never grow a way to answer in the companion's place.
import type { Reply, Request } from "../../../shared/protocol.ts";
import type { LinkState } from "../../messages.ts";

/** A request before the link numbers it. */
export type Unnumbered = Request extends infer R ? (R extends Request ? Omit<R, "n"> : never) : never;

export interface Door {
  state(): LinkState;
  /** Connects when it is not; never throws. */
  ensure(): unknown;
  request(message: Unnumbered): Promise<Reply>;
}

/** A reply of the kind that was asked for, or an error with the companion's own words. */
export async function asking<K extends Reply["type"]>(
  door: Door,
  message: Unnumbered,
  wanted: K,
): Promise<Extract<Reply, { type: K }>> {
  const reply = await door.request(message);
  if (reply.type === wanted) return reply as Extract<Reply, { type: K }>;
  throw new Error(reply.type === "error" ? reply.message : "The companion gave an answer that does not fit.");
}

/** Tells the companion something whose loss changes nothing that was decided. */
export function telling(door: Door, message: Unnumbered): void {
  Promise.resolve(door.request(message)).catch((error: unknown) => console.warn("The companion was not told:", error));
}

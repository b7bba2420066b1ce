// Why there is no companion to ask, as one sentence each.
// Must never leave the person without what to do next.
import type { LinkState } from "../../messages.ts";
import { NoConnection } from "./connection.ts";

export function explain(state: LinkState): string {
  if (state.state === "unpaired")
    return "This browser is not paired with a companion; open the welcome page and pair it.";
  if (state.state === "stranger") return `Another program answers on port ${state.port}; nothing is let through.`;
  if (state.state === "other-build")
    return `The companion is from another build (${state.companion}, this extension ${state.extension}); update both.`;
  return state.state === "away" ? state.why : "The companion was lost; nothing is let through.";
}

export function explainPairing(error: unknown, port: number): string {
  const kind = error instanceof NoConnection ? error.kind : "away";
  if (kind === "stranger")
    return `The program on port ${port} did not take this code: it is old, used or replaced. Run \`countersign pair\` for a new one.`;
  if (kind === "other-build") return "The companion is from another build; update both and pair again.";
  return `Nothing answers on port ${port}; start the companion with \`countersign start\`, then \`countersign pair\`.`;
}

/** The build a companion names when it refuses ours (PROTOCOL.md, error `build`). */
export function buildIn(message: string): string {
  return /companion of build (\S+?)\.?(\s|$)/.exec(message)?.[1] ?? "unknown";
}

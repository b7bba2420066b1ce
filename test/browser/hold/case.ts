// One thing a page does, and how native and held may differ.
import type { Kit } from "./kit.ts";

declare global {
  const kit: Kit;
}

export interface Case {
  readonly name: string;
  /** Runs in the page; self-contained but for the fields it is given. */
  readonly run: (fields: string) => unknown;
  /** A known difference; both sides are asserted, so that it cannot grow unseen. */
  readonly differs?: { readonly why: string; readonly native: unknown; readonly held: unknown };
  /** Why what the server saw is not compared. */
  readonly ignoreServer?: string;
  /** Why upload events are not compared. */
  readonly ignoreUpload?: string;
  /** The requests may arrive in any order. */
  readonly unordered?: boolean;
}

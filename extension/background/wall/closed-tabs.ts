// Tabs from which something went past us: nothing more may leave them until their page is another one.
// Must never reopen because a page opened its port again: only another document in the top frame counts.
import { CLOSED_TAB } from "../words.ts";

export interface ClosedTabs {
  readonly close: (tab: number) => void;
  /** The top frame of a tab opened a port from this document. */
  readonly loaded: (tab: number, document: string | undefined) => void;
  /** "" or the sentence. */
  readonly why: (tab: number | null) => string;
}

export function createClosedTabs(): ClosedTabs {
  const standing = new Map<number, string | undefined>();
  /** Closed tabs, each with the document that was in it. */
  const closed = new Map<number, string | undefined>();
  return {
    close: (tab) => void closed.set(tab, standing.get(tab)),
    loaded(tab, document) {
      standing.set(tab, document);
      if (!closed.has(tab)) return;
      const before = closed.get(tab);
      // Closed before any port named its document: this one may be the same.
      if (before === undefined && document !== undefined) closed.set(tab, document);
      else if (before !== document || document === undefined) closed.delete(tab);
    },
    why: (tab) => (tab !== null && closed.has(tab) ? CLOSED_TAB : ""),
  };
}

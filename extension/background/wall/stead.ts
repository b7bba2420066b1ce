// Blocked writes of a guarded site's own workers, fresh frames and synchronous calls: offered to be sent in the page's stead.
// Must never send one unasked, nor hand its answer to the page; from a tab framed by another site it offers nothing.
import { sha256Hex } from "../../../shared/meaning.ts";
import { browser } from "../../platform.ts";
import type { Errand, Result } from "../errand.ts";
import type { Attempt } from "./watch.ts";

const PER_TAB = 10;
/** A tab that shows the browser's own page of a blocked navigation may never answer; its incident must not wait for it. */
const PATIENCE_MS = 1_000;

export interface SteadNeeds {
  handle(errand: Errand): Promise<Result>;
  /** Whether a tab has our page scripts; one that was open before they came has not. */
  hasGate(tab: number): Promise<boolean>;
  notice: Errand["notice"] extends (line: infer L) => void ? (tab: number | null, line: L) => void : never;
  incident(what: string, detail: string, origin: string | null): void;
}

export function createStead(needs: SteadNeeds): (attempt: Attempt) => Promise<void> {
  const waiting = new Map<string, number | null>();

  async function topIsOwn(attempt: Attempt): Promise<boolean> {
    if (attempt.tab === null) return true;
    const silence = new Promise<false>((resolve) => setTimeout(() => resolve(false), PATIENCE_MS));
    if (!(await Promise.race([needs.hasGate(attempt.tab), silence]))) return false;
    // A tab that is gone by now is no tab of the site any more.
    const url = await browser.tabs.get(attempt.tab).then(
      (tab) => tab.url,
      () => undefined,
    );
    return url !== undefined && URL.canParse(url) && new URL(url).origin === attempt.origin;
  }

  return async (attempt) => {
    const { origin, tab, frame, method, url, contentType, body } = attempt;
    const what = `${method} ${url.split("?")[0]}`;
    const digest = await sha256Hex(new Uint8Array(body));
    const key = `${tab} ${method} ${url} ${digest}`;
    if (waiting.has(key)) return;
    const many = [...waiting.values()].filter((each) => each === tab).length >= PER_TAB;
    // Taken before the look at the tab, so that two at once are one.
    waiting.set(key, tab);
    try {
      if (many || !(await topIsOwn(attempt))) {
        needs.incident("A write beside the page's doors was blocked", `${what}; it is not offered to be sent.`, origin);
        return;
      }
      await needs.handle({
        origin,
        tab,
        frame,
        frameUrl: `${origin}/`,
        held: {
          kind: "stead",
          method,
          url,
          headers: contentType === null ? [] : [["content-type", contentType]],
          body,
          mode: "cors",
          credentials: "include",
          redirect: "follow",
          referrer: "",
          referrerPolicy: "",
          keepalive: true,
        },
        gesture: null,
        gone: new AbortController().signal,
        notice: (line) => needs.notice(tab, line),
      });
    } finally {
      waiting.delete(key);
    }
  };
}

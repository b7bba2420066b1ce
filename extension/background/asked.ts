// Raises the question: the count on the badge, and one prompt window that is opened or brought forward.
// Must never hold an answer or a question: the window shows what the companion says is waiting.
import type { Question } from "../../shared/protocol.ts";
import { browser } from "../platform.ts";

export const APPROVE_PAGE = "extension/ui/approve/index.html";
const APART_MS = 2_000;
const CLOSING_MS = 400;
const WIDTH = 396;
const HEIGHT = 720;
/** Below the tabs and the toolbar, a little in from the edge: where the browser's own questions come up. */
const INSET = { right: 24, top: 72 };

export interface Asked {
  questions(list: readonly Question[]): void;
  /** A page of ours that shows questions came or went. */
  surface(windowId: number | null, open: boolean): void;
}

/** Over the right side of the browser window a person used last, on whatever screen that is. */
async function place(): Promise<{ left?: number; top?: number; height?: number }> {
  const last = await browser.windows.getLastFocused().catch(() => null);
  if (last?.left === undefined || last.top === undefined || !last.width || !last.height) return {};
  if (last.type !== "normal" || last.state === "minimized" || last.width < WIDTH) return {};
  return {
    left: last.left + last.width - WIDTH - INSET.right,
    top: last.top + INSET.top,
    height: Math.max(480, Math.min(HEIGHT, last.height - INSET.top - INSET.right)),
  };
}

export function createAsked(now: () => number = Date.now): Asked {
  const seen = new Set<string>();
  /** Windows that show the questions now, each with how many pages; a toolbar popup counts as null. */
  const surfaces = new Map<number | null, number>();
  let raisedAt = -Infinity;
  let later: ReturnType<typeof setTimeout> | undefined;

  async function raise(): Promise<void> {
    const open = [...surfaces.keys()];
    if (open.includes(null)) return;
    const known = open.find((id) => id !== null);
    if (known !== undefined && known !== null) {
      // It may lie behind the browser by now; to ask for attention alone would leave it there.
      await browser.windows.update(known, { focused: true });
      return;
    }
    const window = {
      type: "popup",
      url: browser.runtime.getURL(APPROVE_PAGE),
      width: WIDTH,
      height: HEIGHT,
      focused: true,
    } as const;
    // A place mostly outside the screen is refused by the browser; then it chooses one itself.
    await browser.windows.create({ ...window, ...(await place()) }).catch(() => browser.windows.create(window));
  }

  function raiseSoon(): void {
    if (later !== undefined) return;
    const wait = Math.max(0, raisedAt + APART_MS - now());
    later = setTimeout(() => {
      later = undefined;
      raisedAt = now();
      raise().catch((error: unknown) => console.warn("The prompt window did not open; the badge still counts:", error));
    }, wait);
  }

  return {
    questions(list) {
      void browser.action.setBadgeText({ text: list.length > 0 ? String(list.length) : "" });
      void browser.action.setBadgeBackgroundColor({ color: "#9a3412" });
      const fresh = list.filter(({ approvalId }) => !seen.has(approvalId));
      for (const { approvalId } of fresh) seen.add(approvalId);
      const waiting = new Set(list.map(({ approvalId }) => approvalId));
      for (const id of seen) if (!waiting.has(id)) seen.delete(id);
      if (fresh.length > 0) raiseSoon();
      if (list.length === 0) {
        clearTimeout(later);
        later = undefined;
      }
    },
    surface(windowId, open) {
      const count = (surfaces.get(windowId) ?? 0) + (open ? 1 : -1);
      if (count > 0) surfaces.set(windowId, count);
      else surfaces.delete(windowId);
      // A window that was just closing when it was brought forward shows nobody anything.
      if (!open && surfaces.size === 0 && seen.size > 0 && now() - raisedAt < CLOSING_MS) raiseSoon();
    },
  };
}

// Where a form wants its answer: this frame, another frame of ours, the top window, or a new window (not ours to hold).
// Must never rely on a named property of the page (`window.frames`, `form.target`): the page can put anything there.
import { attribute, doc, getter, lower, method, win } from "./natives.ts";

export interface Target {
  readonly window: Window;
  /** The frame element in a document we can reach, whose load events belong to the held answer. */
  readonly element: Element | null;
  readonly isTop: boolean;
  readonly isSelf: boolean;
}

const query = method(Document.prototype, "querySelectorAll");
const queryOne = method(Document.prototype, "querySelector");
const countOf = getter(NodeList.prototype, "length");
const itemOf = method(NodeList.prototype, "item");
const frameWindow = getter(HTMLIFrameElement.prototype, "contentWindow");
const oldFrameWindow = getter(HTMLFrameElement.prototype, "contentWindow");

function windowOf(element: Element): Window | null {
  try {
    return frameWindow(element as HTMLIFrameElement);
  } catch {
    return oldFrameWindow(element as HTMLFrameElement);
  }
}

/** A window whose document we may write, or null. */
function reachable(window: Window): Document | null {
  try {
    return window.document;
  } catch {
    return null;
  }
}

function named(root: Document, name: string): { window: Window; element: Element } | null {
  const frames = query(root, "iframe,frame");
  for (let i = 0; i < countOf(frames); i++) {
    const element = itemOf(frames, i) as Element;
    const window = windowOf(element);
    const inner = window && reachable(window);
    if (!window || !inner) continue;
    if (window.name === name) return { window, element };
    const deeper = named(inner, name);
    if (deeper) return deeper;
  }
  return null;
}

function at(window: Window, element: Element | null): Target | null {
  return reachable(window) ? { window, element, isTop: window === window.top, isSelf: window === win } : null;
}

/** The highest window above us whose document we may read: a name is looked for from there. */
function outermost(): Window {
  let window: Window = win;
  while (window.parent !== window && reachable(window.parent)) window = window.parent;
  return window;
}

export function targetOf(name: string): Target | null {
  const key = lower(name);
  if (name === "" || key === "_self" || name === win.name) return at(win, null);
  if (key === "_parent") return at(win.parent, null);
  if (key === "_top") return win.top && at(win.top, null);
  if (name[0] === "_") return null;
  const found = named(doc, name) ?? named(outermost().document, name);
  return found && at(found.window, found.element);
}

/** `<base target>` speaks for forms that name none. */
export function baseTarget(): string {
  const base: Element | null = queryOne(doc, "base[target]");
  return base ? (attribute(base, "target") ?? "") : "";
}

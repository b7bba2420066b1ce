// Draws the background's notices in the top frame: what was held or refused, for a person and for an agent that reads the page.
// Must never be taken for the Countersign window: no decision is made here, and a page can imitate all of it.
import type { Notice } from "./bridge.ts";
import { CARD_STYLE, STACK_STYLE } from "./notice-style.ts";

const FROM: Readonly<Record<Notice["tone"], string>> = {
  held: "Countersign extension: held",
  refused: "Countersign extension: refused",
  released: "Countersign extension: released",
  trouble: "Countersign extension: needs you",
};
export const MARK = "Unauthenticated: a page can imitate this; decisions are made only in the Countersign window.";
const MOST_CARDS = 6;
const MOST_RETURNS = 5;

interface Card {
  readonly host: HTMLElement;
  readonly from: HTMLElement;
  timer: number;
}
const cards = new Map<string, Card>();
let stack: HTMLElement | null = null;
let returns = 0;

function sheet(css: string): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  className: string,
  text = "",
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

/** The page may take the stack away; we put it back a few times and then leave it: the Countersign window has it all. */
function stackOf(): HTMLElement {
  if (!stack) {
    stack = document.createElement("countersign-notices");
    const root = stack.attachShadow({ mode: "closed" });
    root.adoptedStyleSheets = [sheet(STACK_STYLE)];
    root.append(document.createElement("slot"));
    const back = new MutationObserver(() => {
      if (!stack || stack.isConnected || cards.size === 0 || returns >= MOST_RETURNS) return;
      returns += 1;
      document.documentElement?.append(stack);
    });
    back.observe(document, { childList: true, subtree: true });
  }
  if (!stack.isConnected) document.documentElement.append(stack);
  return stack;
}

function remove(key: string): void {
  const card = cards.get(key);
  if (!card) return;
  clearTimeout(card.timer);
  card.host.remove();
  cards.delete(key);
  if (cards.size === 0) stack?.remove();
}

/** The words are the host's own text, so that a script sees them too; the shadow root draws them through a slot. */
function cardFor(key: string): Card {
  const known = cards.get(key);
  if (known) return known;
  const host = document.createElement("countersign-notice");
  host.setAttribute("role", "status");
  host.setAttribute("aria-live", "polite");
  const root = host.attachShadow({ mode: "closed" });
  root.adoptedStyleSheets = [sheet(CARD_STYLE)];
  const box = element("div", "card");
  const from = element("p", "from");
  const close = element("button", "close", "\u00d7");
  close.type = "button";
  close.setAttribute("aria-label", "Close this notice");
  close.addEventListener("click", (event) => event.isTrusted && remove(key));
  const words = element("p", "words");
  words.append(document.createElement("slot"));
  box.append(from, close, words, element("p", "mark", MARK));
  root.append(box);
  const card: Card = { host, from, timer: 0 };
  cards.set(key, card);
  return card;
}

export function showNotice(notice: Notice): void {
  const isNew = !cards.has(notice.key);
  const card = cardFor(notice.key);
  clearTimeout(card.timer);
  card.host.dataset["tone"] = notice.tone;
  card.from.textContent = FROM[notice.tone];
  // An agent that reads the tree without closed shadow roots hears the mark all the same.
  card.host.setAttribute("aria-label", `${FROM[notice.tone]}. ${MARK}`);
  const holder = stackOf();
  if (isNew || !card.host.isConnected) holder.append(card.host);
  // Set after the live region stands in the page, so that a screen reader hears it.
  card.host.textContent = notice.words;
  if (notice.seconds > 0) card.timer = window.setTimeout(() => remove(notice.key), notice.seconds * 1000);
  const oldest = cards.keys().next().value;
  if (cards.size > MOST_CARDS && oldest !== undefined) remove(oldest);
}

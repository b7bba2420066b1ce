// What a receiver of an HTML mail sees, what travels unseen, and where its links and pictures really lead.
// Must never run or load anything, and never leave out text: what is not shown is listed as hidden.
import { parseFragment, type DefaultTreeAdapterTypes as Tree } from "parse5";
import { lookOf, PLAIN_LOOK, type Look } from "./styles.ts";

export interface HtmlReading {
  readonly text: string;
  readonly hidden: string;
  readonly links: readonly { readonly href: string; readonly host: string }[];
  readonly images: readonly { readonly src: string; readonly host: string }[];
  readonly doubts: readonly string[];
}

const BLOCKS = new Set(
  "address article aside blockquote br center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tr ul".split(
    " ",
  ),
);
const UNSEEN = new Set(
  "head iframe noembed noframes noscript object script style template title video audio".split(" "),
);
const LINKS: Readonly<Record<string, string>> = { a: "href", area: "href", form: "action", button: "formaction" };
const LOADS = ["src", "srcset", "background", "poster", "data", "longdesc", "lowsrc", "dynsrc", "xlink:href"];
const SAID = ["alt", "title", "aria-label", "placeholder", "value", "label", "summary", "srcdoc", "content"];

/** Where an address leads: the host in ASCII, the mail domain, or words for what leads nowhere else. */
export function hostOf(address: string): string {
  const text = address.replace(/[\t\n\r]/g, "").trim();
  try {
    const url = new URL(text);
    if (url.protocol === "mailto:") return decodeURIComponent(url.pathname.split("@").pop() ?? "").toLowerCase();
    if (url.protocol === "data:" || url.protocol === "cid:" || url.protocol === "javascript:")
      return `(${url.protocol.slice(0, -1)})`;
    return url.host;
  } catch {
    return /^[\\/]{2}/.test(text) ? hostOf(`https:${text}`) : "(this mail server)";
  }
}

/** An address short enough to show; the bytes themselves are bound by the digest of the body. */
export const shown = (address: string): string =>
  address.length > 400 ? `${address.slice(0, 380)}... (${address.length} characters)` : address;

interface Gathering {
  text: string;
  hidden: string;
  readonly links: Map<string, string>;
  readonly images: Map<string, string>;
  readonly doubts: Set<string>;
}

function gatherAddresses(tag: string, attributes: ReadonlyMap<string, string>, into: Gathering): void {
  const link = LINKS[tag];
  const href = link === undefined ? undefined : attributes.get(link);
  if (href !== undefined) into.links.set(shown(href), hostOf(href));
  for (const name of LOADS) {
    const value = attributes.get(name);
    if (value === undefined) continue;
    const addresses = name === "srcset" ? value.split(",").map((s) => s.trim().split(/\s/)[0] ?? "") : [value];
    for (const address of addresses) if (address !== "") into.images.set(shown(address), hostOf(address));
  }
  if (tag === "link" || tag === "base") {
    const address = attributes.get("href") ?? "";
    into.images.set(shown(address), hostOf(address));
    into.doubts.add("The message loads a style sheet or changes where its links lead.");
  }
  for (const [, address = ""] of (attributes.get("style") ?? "").matchAll(/url\(\s*["']?([^"')]*)/gi))
    into.images.set(shown(address), hostOf(address));
}

function element(node: Tree.Element, look: Look, into: Gathering): void {
  const attributes = new Map(node.attrs.map((a) => [a.prefix ? `${a.prefix}:${a.name}` : a.name, a.value]));
  const tag = node.tagName;
  gatherAddresses(tag, attributes, into);
  const old = tag === "font" ? `;color:${attributes.get("color") ?? ""}` : "";
  const ground = attributes.get("bgcolor");
  const style = `${ground === undefined ? "" : `background:${ground};`}${attributes.get("style") ?? ""}`;
  let mine = lookOf(look, old.length > 7 ? `color:${old.slice(7)};${style}` : style);
  if (attributes.has("hidden") || UNSEEN.has(tag) || (tag === "details" && !attributes.has("open")))
    mine = { ...mine, hidden: true };
  if (tag === "style") into.doubts.add("The message carries a style sheet that can hide or show text.");
  for (const name of SAID) {
    const value = attributes.get(name);
    if (value !== undefined && value.trim() !== "") into.hidden += `${name}: ${value}\n`;
  }
  if (BLOCKS.has(tag) && !mine.hidden) into.text += "\n";
  walk(tag === "template" ? (node as Tree.Template).content : node, mine, into);
  if (BLOCKS.has(tag) && tag !== "br" && !mine.hidden) into.text += "\n";
  else if ((tag === "td" || tag === "th") && !mine.hidden) into.text += " ";
}

function walk(parent: Tree.ParentNode, look: Look, into: Gathering): void {
  for (const node of parent.childNodes) {
    if ("tagName" in node) element(node, look, into);
    else if ("data" in node) into.hidden += `${node.data}\n`;
    else if ("value" in node) {
      const { value } = node;
      if (look.hidden) into.hidden += value.trim() === "" ? "" : `${value}\n`;
      else into.text += value.replace(/[ \t\r\n]+/g, " ");
    }
  }
}

const tidy = (text: string): string =>
  text
    .replace(/[ \t]*\n[ \t]*/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();

export function readHtml(source: string): HtmlReading {
  const into: Gathering = { text: "", hidden: "", links: new Map(), images: new Map(), doubts: new Set() };
  walk(parseFragment(source), PLAIN_LOOK, into);
  return {
    text: tidy(into.text),
    hidden: tidy(into.hidden),
    links: [...into.links].map(([href, host]) => ({ href, host })),
    images: [...into.images].map(([src, host]) => ({ src, host })),
    doubts: [...into.doubts],
  };
}

/** Links a mail program would make out of plain text. */
export function linksInText(text: string): { href: string; host: string }[] {
  const found = new Map<string, string>();
  for (const [whole] of text.matchAll(/\b(?:https?:\/\/|www\.)[^\s<>"']+/gi)) {
    const href = whole.replace(/[.,;:!?)\]]+$/, "");
    found.set(shown(href), hostOf(/^www\./i.test(href) ? `https://${href}` : href));
  }
  return [...found].map(([href, host]) => ({ href, host }));
}

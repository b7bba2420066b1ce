// Roundcube's own pages as the server writes them: the environment it hands its script, and what its forms hold.
// Must never run a page; a page without the script's first lines is no page of Roundcube's.
import { parse, type DefaultTreeAdapterTypes as Tree } from "parse5";
import { looseUtf8, latin1 } from "../codecs/octets.ts";

export interface Page {
  readonly env: Readonly<Record<string, unknown>>;
  /** What each form control holds as the page loads; a box that is not ticked is not there. */
  readonly fields: ReadonlyMap<string, string>;
  /** Choices of each list: value -> words. */
  readonly choices: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

const START = "var rcmail = new rcube_webmail();";

const attribute = (node: Tree.Element, name: string): string | undefined =>
  node.attrs.find((a) => a.name === name)?.value;

function textOf(node: Tree.Node): string {
  if ("value" in node) return node.value;
  return "childNodes" in node ? node.childNodes.map(textOf).join("") : "";
}

function* elements(node: Tree.Node): Generator<Tree.Element> {
  if ("tagName" in node) yield node;
  if ("childNodes" in node) for (const child of node.childNodes) yield* elements(child);
}

/** The JSON object that starts at `from`, found by counting braces outside strings. */
function jsonAt(script: string, from: number): unknown {
  let depth = 0;
  let inside = false;
  for (let at = from; at < script.length; at += 1) {
    const char = script.charAt(at);
    if (inside && char === "\\") at += 1;
    else if (char === '"') inside = !inside;
    else if (!inside && char === "{") depth += 1;
    else if (!inside && char === "}" && (depth -= 1) === 0) return JSON.parse(script.slice(from, at + 1));
  }
  return null;
}

function environment(script: string): Readonly<Record<string, unknown>> | null {
  const start = script.indexOf(START);
  const call = start < 0 ? -1 : script.indexOf("rcmail.set_env({", start);
  if (call < 0) return null;
  const env = jsonAt(script, call + "rcmail.set_env(".length);
  return typeof env === "object" && env !== null ? (env as Record<string, unknown>) : null;
}

function choicesOf(select: Tree.Element): { all: Map<string, string>; chosen: string | undefined } {
  const all = new Map<string, string>();
  let chosen: string | undefined;
  for (const option of elements(select)) {
    if (option.tagName !== "option") continue;
    const value = attribute(option, "value") ?? textOf(option);
    all.set(value, textOf(option).trim());
    if (chosen === undefined || attribute(option, "selected") !== undefined) chosen = value;
  }
  return { all, chosen };
}

export function readPage(body: Uint8Array): Page | null {
  const document = parse(looseUtf8(latin1(body)));
  let env: Readonly<Record<string, unknown>> | null = null;
  const fields = new Map<string, string>();
  const choices = new Map<string, ReadonlyMap<string, string>>();
  for (const node of elements(document)) {
    if (node.tagName === "script" && env === null) env = environment(textOf(node));
    const name = attribute(node, "name");
    if (name === undefined) continue;
    if (node.tagName === "textarea") fields.set(name, textOf(node));
    else if (node.tagName === "select") {
      const { all, chosen } = choicesOf(node);
      choices.set(name, all);
      if (chosen !== undefined) fields.set(name, chosen);
    } else if (node.tagName === "input") {
      const type = attribute(node, "type") ?? "text";
      if (/^(checkbox|radio)$/.test(type) && attribute(node, "checked") === undefined) continue;
      fields.set(name, attribute(node, "value") ?? (type === "checkbox" ? "on" : ""));
    }
  }
  return env === null ? null : { env, fields, choices };
}

export const word = (value: unknown): string => (typeof value === "string" ? value : "");

/** Numbers of messages come as numbers or as text. */
export const idOf = (value: unknown): string => (typeof value === "number" ? String(value) : word(value));

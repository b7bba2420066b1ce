// Turns the answer's bytes into what an XMLHttpRequest shows: text, JSON, document, blob, buffer, header lists.
// Must never parse with anything but the browser's own parsers.
import {
  blobOf,
  NativeTextDecoder,
  NativeUint8Array,
  add,
  charCode,
  forEachHeader,
  getHeader,
  getter,
  indexOf,
  lower,
  method,
  parseJson,
  slice,
  trim,
  upper,
} from "./natives.ts";
import type { HeldXhr } from "./xhr-state.ts";

const decode = method(TextDecoder.prototype, "decode");
const NativeParser = DOMParser;
const parse = method(DOMParser.prototype, "parseFromString");
const findTags = method(Document.prototype, "getElementsByTagName");
const countOf = getter(HTMLCollection.prototype, "length");
const bufferLength = getter(ArrayBuffer.prototype, "byteLength");

export const sizeOf = (record: HeldXhr): number => (record.answer?.body ? bufferLength(record.answer.body) : 0);

const declared = (record: HeldXhr): string =>
  record.mime ?? (record.answerHeaders && getHeader(record.answerHeaders, "content-type")) ?? "";

function charsetOf(type: string): string | null {
  const at = indexOf(lower(type), "charset=");
  if (at < 0) return null;
  let value = slice(type, at + 8);
  const end = indexOf(value, ";");
  if (end >= 0) value = slice(value, 0, end);
  value = trim(value);
  return value[0] === '"' ? slice(value, 1, -1) : value;
}

/** A byte order mark wins over what the header says. */
function marked(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return null;
}

export function textOf(record: HeldXhr): string {
  if (record.text !== undefined) return record.text;
  const body = record.answer?.body;
  if (!body) return "";
  const label = marked(new NativeUint8Array(body)) ?? charsetOf(declared(record)) ?? "utf-8";
  let decoder: TextDecoder;
  try {
    decoder = new NativeTextDecoder(label);
  } catch {
    decoder = new NativeTextDecoder();
  }
  record.text = decode(decoder, body);
  return record.text;
}

function essence(record: HeldXhr): string {
  const type = declared(record);
  const end = indexOf(type, ";");
  return lower(trim(end < 0 ? type : slice(type, 0, end)));
}

function xmlKind(type: string): DOMParserSupportedType {
  return type === "application/xml" || type === "application/xhtml+xml" || type === "image/svg+xml" ? type : "text/xml";
}

/** HTML is parsed only when the page asked for a document; XML always. */
export function documentOf(record: HeldXhr, asked: boolean): Document | null {
  if (record.result) return record.result.value as Document | null;
  const type = essence(record);
  const xml = type === "" || type === "text/xml" || type === "application/xml" || slice(type, -4) === "+xml";
  let value: Document | null = null;
  if (sizeOf(record) > 0 && (xml || (type === "text/html" && asked))) {
    const parsed = parse(new NativeParser(), textOf(record), xml ? xmlKind(type) : "text/html");
    value = xml && countOf(findTags(parsed, "parsererror")) > 0 ? null : parsed;
  }
  record.result = { value };
  return value;
}

/** Parsed at each reading, as Chromium does. */
function jsonOf(record: HeldXhr): unknown {
  try {
    return parseJson(decode(new NativeTextDecoder(), record.answer?.body ?? new NativeUint8Array(0)));
  } catch {
    return null;
  }
}

/** `response` at the end, for every kind but text. */
export function resultOf(record: HeldXhr, kind: XMLHttpRequestResponseType): unknown {
  if (kind === "document") return documentOf(record, true);
  if (kind === "json") return jsonOf(record);
  if (record.result) return record.result.value;
  const body = record.answer?.body ?? new ArrayBuffer(0);
  let value: unknown = null;
  if (kind === "arraybuffer") value = body;
  if (kind === "blob") value = blobOf([body], declared(record) || "text/xml");
  record.result = { value };
  return value;
}

function isAfter(a: string, b: string): boolean {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const difference = charCode(a, i) - charCode(b, i);
    if (difference !== 0) return difference > 0;
  }
  return a.length > b.length;
}

/** One line a header, sorted by name. */
export function headerLines(headers: Headers): string {
  const lines: string[] = [];
  const names: string[] = [];
  forEachHeader(headers, (value, name) => {
    add(lines, `${name}: ${value}\r\n`);
    add(names, upper(name));
    for (let i = names.length - 1; i > 0 && isAfter(names[i - 1] ?? "", names[i] ?? ""); i--) {
      const line = lines[i - 1] ?? "";
      const key = names[i - 1] ?? "";
      lines[i - 1] = lines[i] ?? "";
      names[i - 1] = names[i] ?? "";
      lines[i] = line;
      names[i] = key;
    }
  });
  let out = "";
  for (let i = 0; i < lines.length; i++) out += lines[i] ?? "";
  return out;
}

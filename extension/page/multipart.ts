// Serialises form entries exactly as the browser's own encoders do: multipart, urlencoded and text/plain.
// Must never read a form or the page's objects again after `entriesOf`: what it took is what is sent.
import {
  blobOf,
  NativeSearchParams,
  NativeUint8Array,
  add,
  charCode,
  getter,
  method,
  ownCrypto,
  randomValues,
  slice,
} from "./natives.ts";

export type Entry = readonly [name: string, value: string | File];
export interface Encoded {
  readonly type: string;
  readonly blob: Blob;
}

const forEachEntry = method(FormData.prototype, "forEach");
const fileName = getter(File.prototype, "name");
const blobType = getter(Blob.prototype, "type");
const appendParam = method(URLSearchParams.prototype, "append");
const paramsText = method(URLSearchParams.prototype, "toString");

export function entriesOf(data: FormData): Entry[] {
  const list: Entry[] = [];
  forEachEntry(data, (value, name) => add(list, [name, value]));
  return list;
}

/** Every lone CR or LF becomes CRLF. */
export function normalise(text: string): string {
  let out = "";
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const code = charCode(text, i);
    if (code !== 13 && code !== 10) continue;
    out += `${slice(text, from, i)}\r\n`;
    if (code === 13 && charCode(text, i + 1) === 10) i++;
    from = i + 1;
  }
  return out + slice(text, from);
}

function quote(text: string): string {
  let out = "";
  for (let i = 0; i < text.length; i++) {
    const code = charCode(text, i);
    if (code === 34) out += "%22";
    else if (code === 13) out += "%0D";
    else if (code === 10) out += "%0A";
    else out += text[i];
  }
  return out;
}

function boundary(): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789AB";
  const random = new NativeUint8Array(16);
  randomValues(ownCrypto, random);
  let out = "----WebKitFormBoundary";
  for (let i = 0; i < 16; i++) out += letters[(random[i] ?? 0) & 63];
  return out;
}

export function multipart(entries: readonly Entry[]): Encoded {
  const mark = boundary();
  const parts: BlobPart[] = [];
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    if (!entry) continue;
    const name = entry[0];
    const value = entry[1];
    const head = `--${mark}\r\nContent-Disposition: form-data; name="${quote(normalise(name))}"`;
    if (typeof value === "string") {
      add(parts, `${head}\r\n\r\n${normalise(value)}\r\n`);
    } else {
      const kind = blobType(value) || "application/octet-stream";
      add(parts, `${head}; filename="${quote(fileName(value))}"\r\nContent-Type: ${kind}\r\n\r\n`);
      add(parts, value);
      add(parts, "\r\n");
    }
  }
  add(parts, `--${mark}--\r\n`);
  return { type: `multipart/form-data; boundary=${mark}`, blob: blobOf(parts) };
}

const asText = (value: string | File): string => normalise(typeof value === "string" ? value : fileName(value));

export function urlencoded(entries: readonly Entry[]): Encoded {
  const params = new NativeSearchParams();
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    if (entry) appendParam(params, normalise(entry[0]), asText(entry[1]));
  }
  return { type: "application/x-www-form-urlencoded", blob: blobOf([paramsText(params)]) };
}

export function plain(entries: readonly Entry[]): Encoded {
  let text = "";
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    if (entry) text += `${normalise(entry[0])}=${asText(entry[1])}\r\n`;
  }
  return { type: "text/plain", blob: blobOf([text]) };
}

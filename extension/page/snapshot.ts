// Takes what the page gave to send() as it is at this moment: bytes, length and content type.
// Must never read the page's object again afterwards; a body it cannot take whole is left to the wall.
import { blobOf, getter, method, whenDone } from "./natives.ts";
import { entriesOf, multipart } from "./multipart.ts";

export interface Snapshot {
  /** The content type the browser would set by itself. */
  readonly type: string | null;
  /** True for text and documents: their bytes are UTF-8 whatever charset the page names. */
  readonly text: boolean;
  readonly size: number;
  readonly blob: Blob;
}

const blobSize = getter(Blob.prototype, "size");
const blobType = getter(Blob.prototype, "type");
const blobBuffer = method(Blob.prototype, "arrayBuffer");
const bufferLength = getter(ArrayBuffer.prototype, "byteLength");

const NativeBuffer = ArrayBuffer;
const isView = method(ArrayBuffer, "isView");
const formHas = method(FormData.prototype, "has");
const paramsText = method(URLSearchParams.prototype, "toString");
const NativeSerializer = XMLSerializer;
const serialise = method(XMLSerializer.prototype, "serializeToString");
const contentTypeOf = getter(Document.prototype, "contentType");
const doctypeOf = getter(Document.prototype, "doctype");
const rootOf = getter(Document.prototype, "documentElement");
const doctypeName = getter(DocumentType.prototype, "name");
const outerHtml = getter(Element.prototype, "outerHTML");
const isLocked = getter(ReadableStream.prototype, "locked");
const NativeString = String;

/** A captured native throws on an object of another kind: so the kind is told without asking the page. */
function is(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

export const isStream = (body: unknown): boolean => is(() => isLocked(body as ReadableStream));

function snap(part: BlobPart, type: string | null, text = false): Snapshot {
  const blob = blobOf([part]);
  return { type, text, size: blobSize(blob), blob };
}

function htmlOf(document: Document): string {
  const doctype = doctypeOf(document);
  const root: Element | null = rootOf(document);
  return (doctype ? `<!DOCTYPE ${doctypeName(doctype)}>` : "") + (root ? outerHtml(root) : "");
}

/** null: no body. undefined: cannot be taken whole. */
export function take(body: unknown): Snapshot | null | undefined {
  if (body === null || body === undefined) return null;
  if (typeof body !== "object") return snap(NativeString(body), "text/plain;charset=UTF-8", true);
  if (isStream(body)) return undefined;
  if (is(() => blobSize(body as Blob))) return snap(body as Blob, blobType(body as Blob) || null);
  if (isView(NativeBuffer, body) || is(() => bufferLength(body as ArrayBuffer))) return snap(body as BlobPart, null);
  if (is(() => formHas(body as FormData, ""))) {
    const encoded = multipart(entriesOf(body as FormData));
    return snap(encoded.blob, encoded.type);
  }
  if (is(() => paramsText(body as URLSearchParams)))
    return snap(paramsText(body as URLSearchParams), "application/x-www-form-urlencoded;charset=UTF-8");
  if (is(() => contentTypeOf(body as Document))) {
    const html = contentTypeOf(body as Document) === "text/html";
    return html
      ? snap(htmlOf(body as Document), "text/html;charset=UTF-8", true)
      : snap(serialise(new NativeSerializer(), body as Document), "application/xml;charset=UTF-8", true);
  }
  return snap(NativeString(body), "text/plain;charset=UTF-8", true);
}

/** Reads the bytes; a file that has vanished meanwhile is a failure, never an empty body. */
export function read(blob: Blob, kept: (bytes: ArrayBuffer) => void, broken: () => void): void {
  whenDone(blobBuffer(blob), kept, broken);
}

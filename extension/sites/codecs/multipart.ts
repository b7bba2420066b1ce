// multipart/form-data from exact bytes: one boundary, one way to write each part, the same bytes when written again.
// Must never guess: a part it cannot read exactly becomes a field with its raw text and a doubt.
import { bytesOf, looseUtf8, quoted, strictUtf8 } from "./octets.ts";
import type { FormField, FormReading } from "./urlencoded.ts";

const TYPE = /^multipart\/form-data; boundary=([0-9A-Za-z_-]{1,70})$/i;
const DISPOSITION = /^Content-Disposition: form-data; name="([^"\r\n]*)"(?:; filename="([^"\r\n]*)")?$/;
const PART_TYPE = /^Content-Type: ([0-9A-Za-z!#$&^_.+-]+\/[0-9A-Za-z!#$&^_.+-]+)$/;

/** The boundary, or null when the header is written in a way only some servers read alike. */
export function boundaryOf(contentType: string): string | null {
  return TYPE.exec(contentType)?.[1] ?? null;
}

function text(latin: string, what: string, doubts: Set<string>): string {
  const strict = strictUtf8(latin);
  if (strict === null) doubts.add(`The ${what} ${quoted(latin)} is not UTF-8 text.`);
  return strict ?? looseUtf8(latin);
}

/** A loose look at an odd header, so that the worst reading still knows the name. */
const looseName = (head: string): string => /name\*?\s*=\s*"?([^";\r\n]*)/i.exec(head)?.[1] ?? "";

function readPart(part: string, doubts: Set<string>): FormField {
  const end = part.indexOf("\r\n\r\n");
  const head = end < 0 ? part : part.slice(0, end);
  const data = end < 0 ? "" : part.slice(end + 4);
  const [disposition = "", typeLine, ...more] = head.split("\r\n");
  const named = DISPOSITION.exec(disposition);
  const type = typeLine === undefined ? null : PART_TYPE.exec(typeLine);
  const filename = named?.[2];
  if (end < 0 || !named || more.length > 0 || (typeLine !== undefined && !type))
    doubts.add(`A part has an unusual header: ${quoted(head)}.`);
  if (named && (filename === undefined) !== (typeLine === undefined))
    doubts.add(`The part ${quoted(named[1] ?? "")} is neither a plain field nor a plain file.`);
  const name = text(named?.[1] ?? looseName(head), "name", doubts);
  if (filename === undefined && !/filename/i.test(head))
    return { name, value: text(data, `value of ${name}`, doubts), file: null };
  const shown = text(filename ?? "", "file name", doubts);
  if (/[\\/\0%]/.test(shown)) doubts.add(`The file name ${quoted(shown)} holds a path or an escape.`);
  return { name, value: "", file: { filename: shown, type: type?.[1] ?? "", bytes: bytesOf(data) } };
}

/** `raw` holds one character per byte. */
export function readMultipart(raw: string, contentType: string): FormReading {
  const doubts = new Set<string>();
  const exact = boundaryOf(contentType);
  if (exact === null) doubts.add("The multipart boundary is written in an unusual way.");
  const boundary = exact ?? /boundary\s*=\s*"?([^";,\s]+)/i.exec(contentType)?.[1] ?? "";
  if (boundary === "") return { kind: "unreadable", fields: [], doubts: ["The multipart body has no boundary."] };
  const delimiter = `--${boundary}`;
  const pieces = raw.split(delimiter);
  const [prologue = "", ...rest] = pieces;
  const epilogue = rest.pop() ?? "";
  if (prologue !== "") doubts.add("There is text before the first part.");
  if (epilogue !== "--\r\n" && epilogue !== "--") doubts.add("There is text after the last part, or it does not end.");
  const fields: FormField[] = [];
  for (const piece of rest) {
    const whole = piece.startsWith("\r\n") && piece.endsWith("\r\n");
    // A boundary that does not stand on a line of its own is one to some servers and text to others.
    if (!whole) doubts.add("The boundary also stands inside a part.");
    fields.push(readPart(whole ? piece.slice(2, -2) : piece.replace(/^\r?\n|\r?\n$/g, ""), doubts));
  }
  if (epilogue.length > 4) fields.push(readPart(epilogue.replace(/^(--)?\r?\n/, ""), doubts));
  if (rest.length === 0) doubts.add("The multipart body holds no part.");
  return { kind: "multipart", fields, doubts: [...doubts] };
}

// Writes the answer of a held form into its window: plain HTML only, bound by the answer's own content policy.
// Must never write what the browser would not have shown there: other types, sandboxed or unframeable answers.
import { type Delivered, headersOf } from "./answered.ts";
import type { Target } from "./form-target.ts";
import { isOwn, resolve } from "./held.ts";
import { NativeTextDecoder, add, documentUrl, getHeader, indexOf, lower, method, slice, trim } from "./natives.ts";

const decode = method(TextDecoder.prototype, "decode");
const lastIndexOf = method(String.prototype, "lastIndexOf");

function escape(text: string): string {
  let out = "";
  for (let i = 0; i < text.length; i++) {
    const letter = text[i] ?? "";
    out += letter === '"' ? "&quot;" : letter === "&" ? "&amp;" : letter === "<" ? "&lt;" : letter;
  }
  return out;
}

/** Joined policies stand between commas; each becomes its own meta. */
function policies(header: string): string {
  let out = "";
  let rest = header;
  while (rest !== "") {
    const end = indexOf(rest, ",");
    const one = trim(end < 0 ? rest : slice(rest, 0, end));
    rest = end < 0 ? "" : slice(rest, end + 1);
    if (one) out += `<meta http-equiv="Content-Security-Policy" content="${escape(one)}">`;
  }
  return out;
}

const contains = (text: string, part: string): boolean => indexOf(lower(text), part) >= 0;

/** True when the browser would have shown this answer as an ordinary page in that window. */
function isShowable(headers: Headers, target: Target): boolean {
  const type = getHeader(headers, "content-type") ?? "";
  const policy = getHeader(headers, "content-security-policy") ?? "";
  if (slice(trim(lower(type)), 0, 9) !== "text/html") return false;
  if (contains(getHeader(headers, "content-disposition") ?? "", "attachment")) return false;
  if (contains(policy, "sandbox")) return false;
  if (target.isTop) return true;
  return !contains(policy, "frame-ancestors 'none'") && !contains(getHeader(headers, "x-frame-options") ?? "", "deny");
}

function textOf(answer: Delivered, type: string): string {
  if (!answer.body) return "";
  const at = indexOf(lower(type), "charset=");
  const label = at < 0 ? "utf-8" : trim(slice(type, at + 8));
  try {
    return decode(new NativeTextDecoder(label), answer.body);
  } catch {
    return decode(new NativeTextDecoder(), answer.body);
  }
}

/** What we add goes behind the doctype, else the page would fall into quirks mode. */
function withHead(html: string, head: string): string {
  const start = trim(slice(html, 0, 200));
  if (slice(lower(start), 0, 9) !== "<!doctype") return head + html;
  const end = indexOf(html, ">") + 1;
  return slice(html, 0, end) + head + slice(html, end);
}

const folder = (url: string): string => slice(url, 0, lastIndexOf(url, "/") + 1);

/** Returns false when nothing was written: the caller treats it as a network error. */
export function show(answer: Delivered, target: Target): boolean {
  if (target.isTop && answer.redirected) {
    const url = resolve(answer.url);
    if (url === null || !isOwn(url)) return false;
    target.window.location.assign(url);
    return true;
  }
  const headers = headersOf(answer);
  if (!isShowable(headers, target)) return false;
  const html = textOf(answer, getHeader(headers, "content-type") ?? "");
  const parts: string[] = [];
  add(parts, policies(getHeader(headers, "content-security-policy") ?? ""));
  const page = target.window.document;
  page.open();
  const url = resolve(answer.url) ?? "";
  if (folder(documentUrl(page)) !== folder(url) && !contains(html, "<base")) add(parts, `<base href="${escape(url)}">`);
  page.write(withHead(html, (parts[0] ?? "") + (parts[1] ?? "")));
  page.close();
  return true;
}

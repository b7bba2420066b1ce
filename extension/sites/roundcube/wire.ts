// How the server would read a request: which task and action, from the address, the body or a cookie, and every value
// a field could have. Must never settle for one reading where another reader could see a different one.
import { readForm, nameDoubts, type FormField, type FormReading } from "../codecs/form.ts";
import { latin1, quoted } from "../codecs/octets.ts";
import { bareName, valuesOf } from "../codecs/php.ts";
import { readUrlencoded } from "../codecs/urlencoded.ts";
import type { WireRequest } from "../site.ts";

export interface Wire {
  readonly request: WireRequest;
  readonly query: FormReading;
  readonly body: FormReading;
  /** Normalised as the server does; more than one when readers could differ. */
  readonly tasks: readonly string[];
  readonly actions: readonly string[];
  readonly doubts: readonly string[];
  /** Path of the application, where its own addresses start. */
  readonly base: string;
}

/** Names the server also takes from cookies, and therefore prefers to the body. */
const COOKIE_READ = new Set(
  "_task _action _id _uid _mbox _file _uploadid _search _next_uid _source _cid _gid _sid _act _set _lang _last _timezone _iid _section _name _framed _remote".split(
    " ",
  ),
);

/** As the server cleans a task or action: tags cut out, then everything that is no letter, digit, dot, dash or underscore. */
function cleaned(value: string): string[] {
  const words = [value, value.replace(/<[^>]*>?/g, ""), value.replace(/\0/g, "")];
  return words.map((w) => w.replace(/[^A-Za-z0-9._-]+/g, "").toLowerCase());
}

/** Class names that are another spelling of what the client calls an action. */
const SPELLINGS: Readonly<Record<string, string>> = {
  "check-recent": "check-recent",
  "folder-expunge": "expunge",
  "folder-purge": "purge",
  "attachment-delete": "remove-attachment",
  "attachment-rename": "rename-attachment",
  "attachment-display": "display-attachment",
  "attachment-upload": "upload",
  "folder-rename": "rename-folder",
  "folder-subscribe": "subscribe",
  "folder-unsubscribe": "unsubscribe",
  "folder-delete": "delete-folder",
  "folder-save": "save-folder",
  "identity-delete": "delete-identity",
  "identity-save": "save-identity",
  "response-delete": "delete-response",
  "response-save": "save-response",
  "prefs-save": "save-prefs",
};

export function actionName(action: string): string {
  if (action.startsWith("plugin.")) return action;
  const dashed = action.replace(/_/g, "-");
  return Object.hasOwn(SPELLINGS, dashed) ? (SPELLINGS[dashed] ?? dashed) : dashed;
}

/** All readings of `name` in address and body, each as written. */
function everywhere(query: FormReading, body: FormReading, name: string): string[] {
  const fields = [...query.fields, ...body.fields];
  return valuesOf(fields, name).filter((v): v is string => v !== null);
}

export function readQuery(search: string): FormReading {
  const raw = search.startsWith("?") ? search.slice(1) : search;
  const reading = readUrlencoded(latin1(new TextEncoder().encode(raw)));
  return { ...reading, doubts: [...reading.doubts, ...nameDoubts(reading.fields)] };
}

export function readWire(request: WireRequest, cookies: readonly string[]): Wire {
  const query = readQuery(request.url.search);
  // The editor's own conversions post bare text, which the server does not read as fields.
  const converts = query.fields.some((f) => f.name === "_action" && /^(html2text|text2html)$/.test(f.value));
  const raw = converts && request.headers.get("content-type") === "application/octet-stream";
  const body: FormReading = raw
    ? { kind: "unreadable", fields: [], doubts: [] }
    : readForm(request.headers.get("content-type"), request.body);
  const doubts = [...query.doubts, ...body.doubts];
  if (!/^(GET|POST)$/.test(request.method)) doubts.push(`${request.method} is not how Roundcube is asked.`);
  const path = request.url.pathname;
  if (!/^\/(?:[A-Za-z0-9._~-]+\/)*(?:index\.php)?$/.test(path)) doubts.push(`The path ${quoted(path)} is unusual.`);
  for (const name of cookies)
    if (COOKIE_READ.has(bareName(name)))
      doubts.push(`A cookie named ${quoted(name)} would change what this request means.`);
  if (request.headers.has("x-http-method-override") || request.headers.has("content-encoding"))
    doubts.push("The request asks to be read in another way than it is written.");
  const tasks = everywhere(query, body, "_task");
  const actions = everywhere(query, body, "_action");
  if (new Set(tasks).size > 1) doubts.push("The request names more than one task.");
  if (new Set(actions).size > 1) doubts.push("The request names more than one action.");
  return {
    request,
    query,
    body,
    tasks: [...new Set(tasks.flatMap(cleaned).map((t) => (t === "contacts" ? "addressbook" : t)))],
    actions: [...new Set(actions.flatMap(cleaned).map(actionName))],
    doubts,
    base: path.replace(/[^/]*$/, ""),
  };
}

/** Every value the body could give a field; the address is looked at too, since some fields are taken from either. */
export function readings(wire: Wire, name: string): string[] {
  return everywhere(wire.query, wire.body, name);
}

/** The last value in the body as the server keeps it, or "". */
export const value = (wire: Wire, name: string): string => {
  const all = readings(wire, name);
  return all.at(-1) ?? "";
};

export const bodyFields = (wire: Wire): readonly FormField[] => wire.body.fields;

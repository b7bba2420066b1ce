// Whether a request is written exactly as the real client writes it: the row's fields, each once, values it knows.
// Must never pass over a name the row does not list.
import { quoted } from "../codecs/octets.ts";
import type { FormField } from "../codecs/form.ts";
import type { Entry } from "./row.ts";
import type { Wire } from "./wire.ts";

function list(fields: readonly FormField[], known: Readonly<Record<string, RegExp>>, more: RegExp | null): string[] {
  const doubts: string[] = [];
  for (const { name, value, file } of fields) {
    const pattern = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!pattern && !more?.test(name)) doubts.push(`Roundcube's own page does not send a field ${quoted(name)} here.`);
    else if (pattern && !file && !pattern.test(value))
      doubts.push(`The field ${quoted(name)} holds ${quoted(value)}, which Roundcube's own page does not send.`);
  }
  return doubts;
}

/** Doubts about a request that is taken for `entry`; empty when there is nothing odd about it. */
export function misfits(wire: Wire, entry: Entry): string[] {
  const { query, body, request } = wire;
  const doubts = [...list(query.fields, entry.query, null), ...list(body.fields, entry.body, entry.more)];
  if (request.method !== entry.method) doubts.push(`Roundcube's own page uses ${entry.method} here.`);
  const written = (fields: readonly FormField[]): string[] =>
    fields.filter((f) => f.name === "_action").map((f) => f.value);
  for (const [where, fields] of [
    ["query", query.fields],
    ["body", body.fields],
  ] as const) {
    const actions = written(fields);
    const expected = entry.at === "both" || entry.at === where ? [entry.action] : [];
    if (actions.join("\0") !== expected.join("\0") || actions.length !== expected.length)
      doubts.push("The action does not stand where Roundcube's own page writes it.");
  }
  if (![...query.fields, ...body.fields].some((f) => f.name === "_task" && f.value === entry.task))
    doubts.push("The task does not stand where Roundcube's own page writes it.");
  for (const name of entry.required)
    if (!body.fields.some((f) => f.name === name)) doubts.push(`The field ${quoted(name)} is missing.`);
  if (entry.reading === "upload" && (body.kind !== "multipart" || body.fields.some((f) => f.file === null)))
    doubts.push("An upload holds more than files.");
  if (entry.reading !== "upload" && body.kind === "multipart")
    doubts.push("Roundcube's own page does not send this as multipart.");
  return doubts;
}

// The shape of a row in the table of actions, and the few ways in which Roundcube's client writes its requests.
// Must never be looser than the real client: a pattern that fits more than it sends lets a second reading in.
import type { Verb } from "../../../shared/action.ts";

export type Reading =
  | "message"
  | "bounce"
  | "receipt"
  | "rows"
  | "folder"
  | "settings"
  | "upload"
  | "attachment"
  | "download"
  | "quiet"
  | "sign-in";

export interface Entry {
  readonly task: string;
  readonly action: string;
  readonly verb: Verb;
  readonly reading: Reading;
  readonly method: "POST" | "GET";
  /** Where the client writes `_action`: some forms post it by XHR and so write it twice. */
  readonly at: "query" | "body" | "both";
  readonly query: Readonly<Record<string, RegExp>>;
  readonly body: Readonly<Record<string, RegExp>>;
  readonly required: readonly string[];
  /** Other names a form of many rows may hold. */
  readonly more: RegExp | null;
}

export const ANY = /^[\s\S]*$/;
export const ONE = /^1$/;
export const FLAG = /^1?$/;
export const ID = /^[0-9a-f]{8,64}$/i;
export const UIDS = /^(\*|\d+(-[^,]+)?(,\d+(-[^,]+)?)*)$/;
export const NUMBER = /^\d{1,10}$/;
export const MAYBE = /^\d{0,10}$/;
export const WORD = /^[A-Za-z0-9_.-]{0,80}$/;
export const FILE = /^(rcmfile)?[0-9]{1,60}$/;

export const CARRIED = { _remote: ONE, _unlock: WORD, _token: WORD, _framed: ONE };
export const CHOSEN = {
  _uid: UIDS,
  _mbox: ANY,
  _from: WORD,
  _search: WORD,
  _next_uid: WORD,
  _count: /^-?\d{0,6}$/,
  _refresh: ONE,
};
export const ASKED = { _task: WORD, _action: WORD };

export type Fields = Readonly<Record<string, RegExp>>;

/** An XHR of the client: task and action in the address, fields in the body. */
export function xhr(
  task: string,
  action: string,
  verb: Verb,
  reading: Reading,
  fields: Fields,
  ...required: string[]
): Entry {
  const body = { ...CARRIED, ...fields };
  return { task, action, verb, reading, method: "POST", at: "query", query: ASKED, body, required, more: null };
}

/** A form of a settings page: posts its own frame, action in the body, one field a control. */
export function form(task: string, action: string, verb: Verb, ...required: string[]): Entry {
  const body = { ...CARRIED, _task: WORD, _action: WORD };
  const more = /^[A-Za-z_][A-Za-z0-9_-]*(\[[A-Za-z0-9_-]*\])*$/;
  const query = { _task: WORD, _framed: ONE };
  return { task, action, verb, reading: "settings", method: "POST", at: "body", query, body, required, more };
}

/** A settings form that the client reads and posts by XHR. */
export function sentForm(task: string, action: string, verb: Verb): Entry {
  return { ...form(task, action, verb), at: "both", query: ASKED };
}

/** Any small write of settings or contacts by XHR. */
export function small(task: string, action: string, verb: Verb): Entry {
  const more = /^[A-Za-z_][A-Za-z0-9_-]*(\[[A-Za-z0-9_-]*\])*$/;
  return { ...xhr(task, action, verb, "settings", {}), more };
}

export function get(task: string, action: string, verb: Verb, reading: Reading, fields: Fields): Entry {
  const query = { ...ASKED, ...CARRIED, ...fields, _: NUMBER, _extwin: ONE };
  return { task, action, verb, reading, method: "GET", at: "query", query, body: {}, required: [], more: null };
}

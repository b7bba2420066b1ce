// Roundcube 1.6: what its requests mean, told from their exact bytes and from what the server itself answers.
// Must never call a request plain when the server could read it in a second way, and never change anything itself.
import type { Verb } from "../../shared/action.ts";
import { emptyMeaning } from "../../shared/meaning.ts";
import { quoted } from "./codecs/octets.ts";
import { accountOf } from "./roundcube/account.ts";
import { ACTIONS } from "./roundcube/actions.ts";
import type { Context } from "./roundcube/context.ts";
import { CONTROLS, FREE_GETS, GUARDED_GETS } from "./roundcube/controls.ts";
import { misfits } from "./roundcube/fit.ts";
import { learn } from "./roundcube/learn.ts";
import { readBounce, readMessage, readReceipt } from "./roundcube/message.ts";
import { readAttachment, readDownload, readSignIn, readUnknown, readUpload } from "./roundcube/others.ts";
import type { Entry, Reading } from "./roundcube/row.ts";
import { refuse } from "./roundcube/refusal.ts";
import { readFolder, readRows } from "./roundcube/rows.ts";
import { readSettings } from "./roundcube/settings.ts";
import { readings, readWire, type Wire } from "./roundcube/wire.ts";
import type { Recognised, Site, SiteReads, WireRequest } from "./site.ts";

const READERS: Readonly<Record<Reading, (context: Context) => Promise<void>>> = {
  message: readMessage,
  bounce: readBounce,
  receipt: readReceipt,
  rows: readRows,
  folder: readFolder,
  settings: readSettings,
  upload: readUpload,
  attachment: readAttachment,
  download: readDownload,
  quiet: () => Promise.resolve(),
  "sign-in": readSignIn,
};

/** Worst first: of several readings the earliest in this list is the one shown. */
const WORST: readonly Verb[] = [
  "mail.send",
  "mail.redirect",
  "mail.set-forwarding",
  "mail.delegate",
  "mail.set-filter",
  "mail.change-settings",
  "account.export",
  "mail.purge",
  "mail.delete",
  "mail.move",
];

const rank = (verb: Verb): number => {
  const at = WORST.indexOf(verb);
  return at < 0 ? WORST.length : at;
};

const known = (wire: Wire): Entry[] =>
  ACTIONS.filter((e) => wire.actions.includes(e.action) && (wire.tasks.length === 0 || wire.tasks.includes(e.task)));

/** The row this request is, with every doubt about it; null when no row fits the action at all. */
function rowOf(wire: Wire, doubts: Set<string>): Entry | null {
  for (const doubt of wire.doubts) doubts.add(doubt);
  const fitting = known(wire);
  const exact = fitting.find((e) => doubts.size === 0 && misfits(wire, e).length === 0);
  if (exact) return exact;
  // An action by another task, or one that a cookie would replace by a send, is judged by the worst it could be.
  const loose = fitting.length > 0 ? fitting : ACTIONS.filter((e) => wire.actions.includes(e.action));
  const mail =
    [...wire.doubts].length > 0 && ["_to", "_cc", "_bcc"].some((n) => readings(wire, n).some((v) => v !== ""));
  const send = ACTIONS.filter((e) => e.reading === "message" && mail && !loose.some((l) => rank(l.verb) < 2));
  const worst = [...loose, ...send].toSorted((a, b) => rank(a.verb) - rank(b.verb))[0] ?? null;
  if (worst) for (const doubt of misfits(wire, worst)) doubts.add(doubt);
  if (wire.actions.length > 1)
    doubts.add(`The action could be read as ${wire.actions.map(quoted).join(" or ").slice(0, 300)}.`);
  return worst;
}

const UNKNOWN: Entry = {
  task: "",
  action: "",
  verb: "site.unknown",
  reading: "quiet",
  method: "POST",
  at: "query",
  query: {},
  body: {},
  required: [],
  more: null,
};

/** Verbs judged without asking the server whose mailbox it is, as long as nothing is doubtful. */
const FREE: ReadonlySet<Verb> = new Set<Verb>(["site.housekeeping", "mail.draft", "mail.upload", "site.sign-in"]);

async function recognise(request: WireRequest, reads: SiteReads): Promise<Recognised> {
  const wire = readWire(request, await reads.cookieNames());
  const doubts = new Set<string>();
  const entry = rowOf(wire, doubts);
  const verb = entry?.verb ?? "site.unknown";
  const meaning = emptyMeaning("roundcube", request.url.origin, verb);
  const context: Context = { entry: entry ?? UNKNOWN, wire, reads, meaning, doubts, verb, serial: null };
  if (entry) await READERS[entry.reading](context);
  else readUnknown(context);
  meaning.verb = context.verb;
  const asked = !FREE.has(context.verb) || doubts.size > 0;
  if (asked && meaning.account === request.url.origin)
    meaning.account = (await accountOf(reads, wire.base)) ?? request.url.origin;
  meaning.doubts = [...doubts].slice(0, 100).map((d) => d.slice(0, 4000));
  if (meaning.people.length > 500)
    throw new Error("This names more people than can be shown, so it cannot be approved.");
  const canonical = doubts.size === 0 && context.verb !== "site.unknown";
  return { verb: context.verb, meaning, canonical, serial: context.serial };
}

export const roundcube: Site = {
  id: "roundcube",
  name: "Roundcube",
  deadlineMs: 150_000,
  guardedGets: GUARDED_GETS,
  freeGets: FREE_GETS,
  // The server prefers cookies to the body for task, action, ids and folders; none of its own begins like that.
  barredCookies: "^[_ .+%\\[]",
  controls: CONTROLS,
  recognise,
  learn,
  refuse,
  detect: (html) => /rcube_webmail\(\)/.test(html) && /rcmail\.set_env\(/.test(html),
};

// Where Roundcube announces what it is about to do (elastic skin), and which GETs the wall holds.
// Data only; controls raise a question early and decide nothing.
import type { Control } from "../site.ts";

const button = (command: string): string =>
  `a[onclick*="command('${command}'"], button[onclick*="command('${command}'"], input[onclick*="command('${command}'"]`;

export const CONTROLS: readonly Control[] = [
  { verb: "mail.send", selector: button("send"), events: ["click"], keys: [{ key: "Enter" }] },
  {
    verb: "mail.redirect",
    selector: ".ui-dialog-buttonset button.bounce, .ui-dialog-buttonset button.send",
    events: ["click"],
    keys: [{ key: "Enter" }],
  },
  {
    verb: "mail.delete",
    selector: button("delete"),
    events: ["click"],
    keys: [
      { key: "Delete", anywhere: true },
      { key: "Backspace", anywhere: true },
    ],
  },
  { verb: "mail.move", selector: "#folder-selector a, #mailboxlist li.mailbox", events: ["click", "drop"] },
  { verb: "mail.archive", selector: button("plugin.archive"), events: ["click"] },
  { verb: "mail.report-spam", selector: button("plugin.markasjunk.junk"), events: ["click"] },
  { verb: "mail.purge", selector: `${button("purge")}, ${button("expunge")}`, events: ["click"] },
  { verb: "mail.set-filter", selector: button("plugin.managesieve-save"), events: ["click"], keys: [{ key: "Enter" }] },
  { verb: "mail.change-settings", selector: button("save"), events: ["click", "submit"], keys: [{ key: "Enter" }] },
];

/**
 * Roundcube changes state on many GETs, some without any token, and a parameter can be spelt in many ways. So every GET
 * with a query is held, except the reads its pages make, written exactly as they write them.
 */
export const GUARDED_GETS: readonly string[] = ["^[^?#]+[?]."];

/** A parameter that cannot name an action, a download or a way to save: none beginning with `_a`, `_d` or `_sa`. */
const NAME = "_(([b-ce-rt-z]|s[b-z])[a-z_]*)?";

/** Any number of such parameters and of these actions, in any order, and nothing else. */
const reading = (actions: string, names = NAME): string =>
  `^[^?#]+[?](((${names})=[^&#;]*|_action=(${actions}))(&|$|#.*$))+$`;

/** Several patterns, since a rule of the browser may not be long. */
export const FREE_GETS: readonly string[] = [
  // Scripts, styles and pictures carry the time they were made.
  "^[^?#]+[?][sv]=[0-9a-z.]+(#.*)?$",
  // The start page of a task, and signing out.
  `^[^?#]+[?]((${NAME})=[^&#;]*(&|$|#.*$))+$`,
  reading("list|search|getunread|pagenav|headers"),
  reading("show|preview|print|get|viewsource|bounce"),
  reading("keep-alive|display-attachment|autocomplete"),
  reading("list-contacts|group-expand|photo|edit|mailto"),
  reading("edit-(prefs|identity|folder|response)|about"),
  reading("identities|folders|responses|response-get"),
  reading("add-(identity|response)|modcss"),
  reading("plugin[.]managesieve(-(action|forward|vacation))?"),
  // Only starting a message names what it answers, and which draft it goes on with.
  reading("compose", `${NAME}|_all|_attachment|_draft_uid`),
];

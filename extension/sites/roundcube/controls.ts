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

/** Each is matched on the whole URL. A parameter whose name or action is written oddly is held whatever it says. */
export const GUARDED_GETS: readonly string[] = [
  "[?&]_action=(get|viewsource)(&.*)?&_(download|save)=",
  "[?&]_(download|save)=.*&_action=(get|viewsource)",
  "[?&]_action=(delete-response|response[-_]delete|remove-attachment|attachment[-_]delete|rename-attachment|attachment[-_]rename)(&|#|$)",
  "[?&]_action=(send|bounce|export|undo|killcache|save|import|upload)(&|#|$)",
  "[?&]_action=plugin[.]",
  "[?&]_act=",
  "[?&](_saveonly|_uri)=",
  "[?&]_action=[^&#]*[^A-Za-z0-9._&#-]",
  "[?&][^=&#]*(%|[.]|[+]|\\[)[^=&#]*=",
  "[?&][^=&#]*(%|[.]|[+]|\\[)[^=&#]*(&|#|$)",
  "[?&]_action=[^#]*[&]_action=",
  "[?&]_task=[^#]*[&]_task=",
];

/** Pages of plugins that only show something. `bounce` without a body is its empty form. */
export const FREE_GETS: readonly string[] = [
  "^https?://[^/?#]+/([^?#]*/)?([?]|index[.]php[?])_task=settings&_action=plugin[.]managesieve(-action|-forward|-vacation)?(&(_framed=1|_nav=hide|_fid=[0-9]*|_seturl=1))*(#.*)?$",
  "^https?://[^/?#]+/([^?#]*/)?([?]|index[.]php[?])_task=mail&_framed=1&_uid=[0-9]+&_mbox=[A-Za-z0-9._%+-]*&_action=bounce(#.*)?$",
];

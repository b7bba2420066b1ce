// How Roundcube hears a no, so that it unlocks, says why, and keeps the text.
// Must never invent a success, answer 403, or send the page elsewhere: it would reload and lose what was written.
import type { Refusal, WireRequest } from "../site.ts";
import { readForm } from "../codecs/form.ts";
import { readQuery } from "./wire.ts";

/** A string for a script inside HTML: nothing in it can end the string, the script or the line. */
export const scriptString = (text: string): string =>
  JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

const named = (fields: readonly { name: string; value: string }[], name: string): string | undefined =>
  fields.find((f) => f.name === name)?.value;

/** A loading sign's id, or "" when it is not one of Roundcube's own. */
const lock = (text: string | undefined): string => (/^[A-Za-z0-9_-]{1,60}$/.test(text ?? "") ? (text ?? "") : "");

/**
 * Roundcube stops its autosave before a send, and takes this frame away as soon as it has loaded. So its own autosave is
 * started with a short interval, once, and the person's interval put back: one save keeps the text, the next follow.
 */
const SAVE = `  var every = parent.rcmail.env.draft_autosave;
  parent.rcmail.env.draft_autosave = 0.3;
  parent.rcmail.auto_save_start();
  parent.rcmail.env.draft_autosave = every;
`;

function formPage(unlock: string, words: string, save: boolean): string {
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="UTF-8"><meta name="generator" content="Roundcube"><title></title><script>
if (window.parent && parent.rcmail) {
  parent.rcmail.iframe_loaded(${scriptString(unlock)});
  parent.rcmail.display_message(${scriptString(words)}, "error", 20000);
${save ? SAVE : "  parent.rcmail.auto_save_start();\n"}}
</script></head><body></body></html>`;
}

export function refuse(request: WireRequest, words: string): Refusal {
  const query = readQuery(request.url.search).fields;
  const body = readForm(request.headers.get("content-type"), request.body).fields;
  if (request.kind === "form") {
    if (named(body, "_action") !== "send") return { how: "nothing" };
    const unlock = lock(named(query, "_unlock") ?? named(body, "_unlock"));
    // Only a refused send is kept as a draft; a refused draft would ask again for ever.
    const page = formPage(unlock, words, named(body, "_draft") === "");
    return { how: "answer", status: 200, contentType: "text/html; charset=UTF-8", body: page };
  }
  if (request.kind !== "xhr") return { how: "network-error" };
  const action = named(query, "_action") ?? "";
  // Uploads have a list entry to take back, which only the page's own error path does.
  if (action === "upload" || named(body, "_remote") !== "1") return { how: "network-error" };
  const say = `this.display_message(${scriptString(words)},"error",20000);\n`;
  const reload =
    action === "move" || action === "delete" || action.startsWith("plugin.")
      ? 'if(this.message_list)this.command("list");\n'
      : "";
  // No action is named: the page would act on the answer to its own as if it had happened.
  const answer = { action: "refused", unlock: lock(named(body, "_unlock")), exec: say + reload };
  return { how: "answer", status: 200, contentType: "application/json; charset=UTF-8", body: JSON.stringify(answer) };
}

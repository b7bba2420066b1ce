// A draft save exactly as Roundcube's compose page writes it, to be varied by the tests; and what the server says of it.
// Must name people at reserved domains only.
import type { WireRequest } from "../../../extension/sites/site.ts";
import { octets, type Page } from "../reads.ts";

export const COMPOSE = "18835597606b06e72441012";
export const ORIGIN = "http://mail.example";
export const URL_OF_SEND = `${ORIGIN}/?_task=mail&_unlock=loading1795614500537&_framed=1`;

export const DRAFT: readonly (readonly [string, string])[] = [
  ["_token", "TestToken0TestToken0TestToken00"],
  ["_task", "mail"],
  ["_action", "send"],
  ["_id", COMPOSE],
  ["_attachments", ""],
  ["_from", "1"],
  ["_to", "bob@example.test,"],
  ["_cc", ""],
  ["_bcc", ""],
  ["_replyto", ""],
  ["_followupto", ""],
  ["_subject", "Lunch"],
  ["_draft_saveid", ""],
  ["_draft", "1"],
  ["_is_html", "0"],
  ["_framed", "1"],
  ["_message", "Hello Bob,\r\nsee you."],
  ["editorSelector", "plain"],
  ["_mdn", ""],
  ["_dsn", ""],
  ["_keepformatting", ""],
  ["_priority", "0"],
  ["_store_target", "Sent"],
];

export const written = (fields: readonly (readonly [string, string])[]): string =>
  new URLSearchParams(fields.map(([name, value]) => [name, value])).toString();

/** The draft with some fields changed. */
export const draftWith = (changes: Readonly<Record<string, string>>): string =>
  written(DRAFT.map(([name, value]) => [name, changes[name] ?? value]));

export function sending(
  body: string,
  { url = URL_OF_SEND, type = "application/x-www-form-urlencoded", method = "POST" } = {},
): WireRequest {
  return {
    method,
    url: new URL(url),
    headers: new Map([["content-type", type]]),
    body: octets(body),
    kind: "form",
  };
}

const env = JSON.stringify({
  compose_id: COMPOSE,
  mailbox: "INBOX",
  drafts_mailbox: "Drafts",
  draft_id: "2",
  attachments: { rcmfile11795614502009311200: { name: "plan.txt", complete: true, mimetype: "text/plain" } },
});

export const SERVER: Readonly<Record<string, Page>> = {
  [`/?_task=mail&_action=compose&_id=${COMPOSE}`]: {
    status: 200,
    contentType: "text/html; charset=UTF-8",
    body: `<script>var rcmail = new rcube_webmail();\nrcmail.set_env(${env});</script><select name="_from"><option value="1" selected>Alice Moreau &lt;alice@example.test&gt;</option></select>`,
  },
  [`/?_task=mail&_action=display-attachment&_file=rcmfile11795614502009311200&_id=${COMPOSE}`]: {
    status: 200,
    contentType: "text/plain",
    body: "the plan",
  },
};

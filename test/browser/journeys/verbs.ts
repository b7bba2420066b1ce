// What a journey knows of each of the five actions beside how it is done: how it stands in the record, what has to be
// left on the screen when it was stopped, and how an agent tries again. Must never look at Countersign's own pages.
import type { Verb } from "../../../shared/action.ts";
import type { MailStack } from "../../servers/stack.ts";
import { until, type Driver } from "../drivers/driver.ts";
import { ACTIONS, type RoundcubeAction } from "../roundcube-actions.ts";

export const VERB_NAMES = ["send", "reply", "forward", "delete", "filter"] as const;
export type VerbName = (typeof VERB_NAMES)[number];

export interface JourneyVerb {
  readonly action: RoundcubeAction;
  /** As the record calls it. */
  readonly recorded: readonly Verb[];
  /** Subject under which a stopped letter is kept as a draft; "" for what is no letter. */
  readonly draft: string;
  /** Expression that is true when what was written or chosen is still there and can be used. */
  kept(mark: string): string;
  /** Brings the page to where a press tries the same thing again. */
  again(driver: Driver, mark: string): Promise<void>;
}

const actionOf = (name: VerbName): RoundcubeAction => {
  const found = ACTIONS.find((action) => action.name === name);
  if (!found) throw new Error(`There is no action "${name}".`);
  return found;
};

const WRITTEN = "(window.tinymce?.get('composebody')?.getContent() ?? document.querySelector('#composebody').value)";

const letter = (name: VerbName, recorded: Verb, draft: string): JourneyVerb => ({
  action: actionOf(name),
  recorded: [recorded],
  draft,
  kept: (mark) => `(${actionOf(name).kept}) && ${WRITTEN}.includes(${JSON.stringify(mark)})`,
  again: async () => {
    // The text is where it was: pressing is all there is to do.
  },
});

const row = (mark: string): string =>
  `Object.values(rcmail.message_list?.rows ?? {}).find((r) => r.obj.textContent.includes(${JSON.stringify(mark)}))`;

export const VERBS: Readonly<Record<VerbName, JourneyVerb>> = {
  send: letter("send", "mail.send", "Status for Monday"),
  reply: letter("reply", "mail.reply", "Re: HTML with signature"),
  forward: letter("forward", "mail.forward", "Fwd: table attached"),
  delete: {
    action: actionOf("delete"),
    recorded: ["mail.delete"],
    draft: "",
    kept: (mark) => `(${actionOf("delete").kept}) && ${row(mark)}`,
    again: async (driver, mark) => {
      await driver.evaluate(`rcmail.message_list.select(${row(mark)}.uid, false) ?? null`);
      await until(driver, "rcmail.commands.delete === true && !rcmail.busy", "the message can be deleted again");
    },
  },
  filter: {
    action: actionOf("filter"),
    recorded: ["mail.set-filter", "mail.set-forwarding"],
    draft: "",
    kept: (mark) =>
      `(${actionOf("filter").kept}) && document.querySelector('#filter-box').contentDocument?.querySelector('input[name=_name]')?.value.includes(${JSON.stringify(mark)})`,
    again: async () => {
      // The form is where it was.
    },
  },
};

/** Everything that has happened on the servers, by action: what else than the expected one would show here. */
export async function effects(stack: MailStack): Promise<Record<VerbName, number>> {
  const counted = {} as Record<VerbName, number>;
  for (const name of VERB_NAMES) counted[name] = await VERBS[name].action.effect(stack);
  return counted;
}

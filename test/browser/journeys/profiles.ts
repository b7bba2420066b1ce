// The rules journeys run under: a preset that asks about everything that leaves or lasts, and two sets that deny it.
import { presetByKey } from "../../../companion/profile/presets.ts";

function preset(key: string): string {
  const found = presetByKey(key);
  if (!found) throw new Error(`There is no preset "${key}".`);
  return found.text;
}

export const ASKING = preset("ask-about-settings");
export const READ_ONLY = preset("read-only");

/** Drafts may be written, so that a refused letter can be kept; nothing may leave, go away or last. */
export const DRAFTS_ONLY = `
@id("reading")
@say("Your agent may read.")
permit (principal, action in CS::Action::"reading", resource);

@id("running")
@say("The site may do its own housekeeping.")
permit (principal, action in CS::Action::"running", resource);

@id("drafting")
@say("Your agent may write drafts.")
permit (principal, action in CS::Action::"drafting", resource);

@id("marking")
@say("What is read may be marked as read.")
permit (principal, action == CS::Action::"mail.mark", resource);

@id("never-more")
@say("Nothing may be sent, deleted or changed for good.")
forbid (principal, action, resource)
unless {
  action in [CS::Action::"reading", CS::Action::"running", CS::Action::"drafting", CS::Action::"mail.mark"]
};
`;

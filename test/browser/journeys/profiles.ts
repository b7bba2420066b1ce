// The two sets of rules journeys run under: one that asks about everything that leaves or lasts, one that denies it.
import { presetByKey } from "../../../companion/presets.ts";

const asking = presetByKey("ask-about-settings");
if (!asking) throw new Error("The preset that asks about settings is gone.");
export const ASKING = asking.text;

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

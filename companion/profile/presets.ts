// The profiles that come with Countersign, as Cedar text; each rule with one plain sentence.
// Must never contain a preset that lets something leave, or lets a lasting change happen, without a question.

export interface Preset {
  /** What is typed: `countersign profile use assistant`. */
  readonly key: string;
  readonly name: string;
  readonly about: string;
  readonly text: string;
}

const EVERYDAY = `
@id("reading")
@say("Your agent may read, search and download mail, and read the calendar.")
permit (principal, action in CS::Action::"reading", resource);

@id("running")
@say("The site may sign in, sign out and do its own housekeeping.")
permit (principal, action in CS::Action::"running", resource);

@id("ask-sign-in")
@say("You are asked when an agent signs in to an account for the first time.")
@effect("ask")
forbid (principal, action == CS::Action::"site.sign-in", resource)
when { !context.knownAccount }
unless { context.approvals.contains("ask-sign-in") };
`;

const ASSISTING = `${EVERYDAY}
@id("drafting")
@say("Your agent may write drafts and upload attachments to them.")
permit (principal, action in CS::Action::"drafting", resource);

@id("tidying")
@say("Your agent may mark, label, move and archive messages.")
permit (principal, action in CS::Action::"tidying", resource);

@id("ask-many")
@say("You are asked before more than 20 messages are changed at once, or when their number is not known.")
@effect("ask")
forbid (principal, action in CS::Action::"tidying", resource)
when { context.items > 20 || context.items < 1 }
unless { context.approvals.contains("ask-many") };

@id("ask-hourly")
@say("You are asked when more than 200 such changes were made within an hour.")
@effect("ask")
forbid (principal, action in CS::Action::"tidying", resource)
when { context.tidyingLastHour >= 200 }
unless { context.approvals.contains("ask-hourly") };

@id("ask-delete")
@say("You are asked before anything is deleted or reported as spam.")
@effect("ask")
forbid (
  principal,
  action in [CS::Action::"mail.delete", CS::Action::"mail.report-spam", CS::Action::"calendar.delete"],
  resource
)
unless { context.approvals.contains("ask-delete") };

@id("ask-calendar")
@say("You are asked before an event is made or changed.")
@effect("ask")
forbid (principal, action in [CS::Action::"calendar.create", CS::Action::"calendar.update"], resource)
unless { context.approvals.contains("ask-calendar") };

@id("sending")
@say("Your agent may send, reply, forward and invite, each time after you said yes.")
permit (principal, action in CS::Action::"sending", resource);

@id("ask-sending")
@say("You are asked before anything is sent to anyone.")
@effect("ask")
forbid (principal, action in CS::Action::"sending", resource)
unless { context.approvals.contains("ask-sending") };

@id("unknown")
@say("What nobody understands may be done, each time after you said yes.")
permit (principal, action in CS::Action::"unknown", resource);

@id("ask-unknown")
@say("You are asked before anything is done that is not understood.")
@effect("ask")
forbid (principal, action in CS::Action::"unknown", resource)
unless { context.approvals.contains("ask-unknown") };
`;

const READ_ONLY: Preset = {
  key: "read-only",
  name: "Read only",
  about: "Your agent may read and search. It may not write, send, change or delete anything.",
  text: `// Read only: reading and nothing else.
${EVERYDAY}
@id("never-change")
@say("Nothing may be written, sent, changed or deleted.")
forbid (principal, action, resource)
unless { action in [CS::Action::"reading", CS::Action::"running"] };
`,
};

const ASSISTANT: Preset = {
  key: "assistant",
  name: "Assistant",
  about: "Your agent may read, draft and tidy. You are asked before anything is sent or deleted. Settings stay closed.",
  text: `// Assistant: reads, drafts and tidies; asks before anything is sent or deleted; settings stay closed.
${ASSISTING}
@id("never-lasting")
@say("Filters, forwarding, sharing, settings and other changes that last are never made by an agent.")
forbid (principal, action in CS::Action::"lasting", resource);
`,
};

const ASK_LASTING: Preset = {
  key: "ask-about-settings",
  name: "Ask about settings too",
  about:
    "Like Assistant, but filters, forwarding, sharing, settings and other lasting changes are asked about, not refused.",
  text: `// Ask about settings too: like Assistant, and changes that last are asked about instead of refused.
${ASSISTING}
@id("lasting")
@say("Your agent may make changes that last, such as filters and settings, each time after you said yes.")
permit (principal, action in CS::Action::"lasting", resource);

@id("ask-lasting")
@say("You are asked before a filter, forwarding, a share, a setting or another change that lasts is made.")
@effect("ask")
forbid (principal, action in CS::Action::"lasting", resource)
unless { context.approvals.contains("ask-lasting") };
`,
};

const LOCKED_PRESET: Preset = {
  key: "locked",
  name: "Locked",
  about: "Nothing is allowed, not even reading.",
  text: `// Locked: nothing is allowed.

@id("locked")
@say("Nothing is allowed: Countersign is locked.")
forbid (principal, action, resource);
`,
};

export const PRESETS: readonly Preset[] = [READ_ONLY, ASSISTANT, ASK_LASTING, LOCKED_PRESET];
/** What a fresh installation starts with. */
export const FIRST_PRESET = ASSISTANT;

export function presetByKey(key: string): Preset | undefined {
  return PRESETS.find((preset) => preset.key === key);
}

/** The preset a text is, word for word. */
export function presetOf(text: string): Preset | undefined {
  return PRESETS.find((preset) => preset.text.trim() === text.trim());
}

// Step 4: what agents may do, rule by rule, and how a person changes it.
// Must never offer to change it here: whatever can press a button in this browser must not widen its own permission.
import { useEffect, useState } from "preact/hooks";
import type { GuardState, ProfileView } from "../../messages.ts";
import { ask } from "../guard.ts";
import { Icon, type IconName } from "../icons.tsx";
import { Command } from "../parts.tsx";
import type { Tone } from "../words.ts";
import { Step } from "./step.tsx";

const EFFECTS: Readonly<Record<ProfileView["rules"][number]["effect"], { words: string; icon: IconName; tone: Tone }>> =
  {
    allow: { words: "Goes through", icon: "rule", tone: "yes" },
    ask: { words: "Asks you", icon: "wait", tone: "wait" },
    deny: { words: "Never", icon: "stop", tone: "stop" },
  };
const ORDER = ["ask", "deny", "allow"] as const;

const PRESETS = [
  ["countersign profile use read-only", "reads and searches, nothing else"],
  ["countersign profile use assistant", "reads, drafts and tidies; asks before anything is sent or deleted"],
  [
    "countersign profile use ask-about-settings",
    "the same, and asks about filters and settings instead of refusing them",
  ],
  ["countersign profile use locked", "nothing at all"],
] as const;

export function Profile({ guard }: { guard: GuardState }) {
  const [view, setView] = useState<ProfileView | null>(null);
  const [trouble, setTrouble] = useState("");
  const name = guard.link.state === "connected" ? guard.link.profile : "";
  useEffect(() => {
    if (name === "") return undefined;
    let current = true;
    const load = async () => {
      const reply = await ask({ name: "profile" });
      if (!current) return;
      if (reply.ok) setView(reply.value);
      setTrouble(reply.ok ? "" : reply.say);
    };
    void load();
    return () => {
      current = false;
    };
  }, [name]);
  return (
    <Step number={4} title="Know what agents may do" state={name !== "" && view !== null ? "done" : "later"}>
      {name === "" || view === null ? (
        <p>{trouble === "" ? "Shown here as soon as the companion is paired." : trouble}</p>
      ) : (
        <>
          <p>
            The profile is <b>{view.name}</b>.
          </p>
          {ORDER.map((effect) => {
            const rules = view.rules.filter((rule) => rule.effect === effect);
            const { words, icon, tone } = EFFECTS[effect];
            return (
              rules.length > 0 && (
                <section class="rules" key={effect}>
                  <h3 class={`is-${tone}`}>
                    <Icon name={icon} size={16} />
                    {words}
                  </h3>
                  <ul>
                    {rules.map((rule) => (
                      <li key={rule.id}>{rule.say}</li>
                    ))}
                  </ul>
                </section>
              )
            );
          })}
          {view.proposal !== null && (
            <p class="is-odd">
              A changed profile waits and is not in force: {view.proposal} To put it in force, type{" "}
              <Command>countersign profile accept</Command>
            </p>
          )}
          <details>
            <summary>Change it</summary>
            <p>
              Only in the terminal, because a page in this browser can be pressed by an agent. What narrows is in force
              at once; what widens is shown to you first.
            </p>
            <ul class="presets">
              {PRESETS.map(([command, words]) => (
                <li key={command}>
                  <Command>{command}</Command> <span class="quiet">{words}</span>
                </li>
              ))}
            </ul>
          </details>
        </>
      )}
    </Step>
  );
}

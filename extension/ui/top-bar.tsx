// The head of the full pages: where one is, how the link stands, the switch that stops agents.
import type { GuardState } from "../messages.ts";
import { Icon } from "./icons.tsx";
import { linkWords } from "./link-words.ts";
import { StopAgents } from "./parts.tsx";

const PAGES = [
  ["history", "History"],
  ["approve", "Waiting"],
  ["welcome", "Welcome"],
] as const;

export function TopBar({ page, guard }: { page: "history" | "welcome"; guard: GuardState | null }) {
  const link = guard && linkWords(guard);
  const waiting = guard?.questions.length ?? 0;
  return (
    <header class="top">
      <span class="name">
        <Icon name="mark" size={22} />
        Countersign
      </span>
      <nav aria-label="Pages">
        {PAGES.map(([name, words]) => (
          <a key={name} href={`../${name}/index.html`} aria-current={name === page ? "page" : undefined}>
            {words}
            {name === "approve" && waiting > 0 && <span class="count">{waiting}</span>}
          </a>
        ))}
      </nav>
      <span class="right">
        {link && (
          <span class="state">
            <Icon name={link.tone === "yes" ? "rule" : link.tone} size={16} tone={link.tone} />
            {link.short}
          </span>
        )}
        {guard?.link.state === "connected" && !guard.stopped && <StopAgents stopped={false} />}
      </span>
    </header>
  );
}

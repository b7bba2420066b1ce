// The popup when nothing waits or the guard is not whole: how it stands and what to do.
// Must never look calm when the companion is away.
import type { GuardState } from "../../messages.ts";
import { clockTime } from "../clock.ts";
import { ask } from "../guard.ts";
import { Icon } from "../icons.tsx";
import { linkWords } from "../link-words.ts";
import { Command, Said, Scroller, StopAgents } from "../parts.tsx";
import { plural } from "../words.ts";
import "./idle.css";

function Lead({ guard }: { guard: GuardState }) {
  const link = linkWords(guard);
  const calm = link.tone === "yes";
  const held = guard.questions.length;
  return (
    <section class="lead" aria-label="How the guard stands">
      <Icon name={calm ? "rule" : link.tone} size={20} tone={link.tone} />
      <h1>{calm ? "Nothing waits for you" : link.short}</h1>
      <p>{link.say}</p>
      {!calm && held > 0 && <p>{plural(held, "request")} waited when that happened; nothing of it leaves.</p>}
      {guard.debugging !== "" && <p class="is-odd">{guard.debugging}</p>}
      {link.todo !== "" && <p>{link.todo}</p>}
      {link.command !== "" && <Command>{link.command}</Command>}
      {guard.link.state === "unpaired" && (
        <a class="pill main" href="../welcome/index.html" target="_blank" rel="noreferrer">
          Open the welcome page
        </a>
      )}
    </section>
  );
}

function Sites({ guard }: { guard: GuardState }) {
  const calm = linkWords(guard).tone === "yes";
  return (
    <section aria-labelledby="sites">
      <h2 class="label" id="sites">
        Guarded
      </h2>
      {guard.sites.length === 0 ? (
        <p class="quiet">No site is switched on yet. The welcome page does that.</p>
      ) : (
        <ul class="rows">
          {guard.sites.map((site) => {
            const wrong = site.checks.filter((check) => !check.ok);
            return (
              <li key={site.origin}>
                <span>
                  {site.name} at <b>{site.origin.replace(/^https?:\/\//, "")}</b>
                  {wrong.map((check) => (
                    <small class="is-stop" key={check.what}>
                      {check.say}
                    </small>
                  ))}
                </span>
                <span class={calm && wrong.length === 0 ? "is-yes" : "is-stop"}>
                  {wrong.length > 0 ? "not whole" : calm ? "guarded" : "all blocked"}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}

function Refusals({ guard, onTrouble }: { guard: GuardState; onTrouble: (say: string) => void }) {
  if (guard.refusals.length === 0) return null;
  const forget = async (digest: string) => {
    const reply = await ask({ name: "forget", digest });
    onTrouble(reply.ok ? "" : reply.say);
  };
  return (
    <section aria-labelledby="refusals">
      <h2 class="label" id="refusals">
        Refused, and remembered
      </h2>
      <p class="quiet">The same request is refused again without asking.</p>
      <ul class="rows">
        {guard.refusals.map((refusal) => (
          <li key={refusal.digest}>
            <span>
              <Said text={refusal.words} />
              <small>
                refused {clockTime(refusal.at)}, until {clockTime(refusal.until)}
              </small>
            </span>
            <button type="button" class="linkish" onClick={() => void forget(refusal.digest)}>
              Ask me again
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface Props {
  readonly guard: GuardState;
  readonly hint: string;
  readonly onTrouble: (say: string) => void;
}

export function Idle({ guard, hint, onTrouble }: Props) {
  return (
    <main class="popup">
      <header class="bar">
        <Icon name="mark" />
        <b>Countersign</b>
        <output>{hint}</output>
        <span class="hairline" aria-hidden="true" />
      </header>
      <Scroller class="read idle" name="State of the guard" top="">
        <Lead guard={guard} />
        <Sites guard={guard} />
        <Refusals guard={guard} onTrouble={onTrouble} />
      </Scroller>
      <footer class="answer foot-links">
        <nav aria-label="Pages">
          <a href="../history/index.html" target="_blank" rel="noreferrer">
            History
          </a>
          <a href="../welcome/index.html" target="_blank" rel="noreferrer">
            Welcome
          </a>
        </nav>
        {guard.link.state === "connected" && <StopAgents stopped={guard.stopped} />}
      </footer>
    </main>
  );
}

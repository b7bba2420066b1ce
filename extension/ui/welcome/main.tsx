// The welcome page: from install to the first question, each step with what was found just now.
import { render } from "preact";
import { useGuard } from "../guard.ts";
import "../style.css";
import "../pages.css";
import "./welcome.css";
import { TopBar } from "../top-bar.tsx";
import { Companion, Pair } from "./pair.tsx";
import { Profile } from "./profile.tsx";
import { Step } from "./step.tsx";
import { inPlace, SwitchOn } from "./switch-on.tsx";

function Welcome() {
  const guard = useGuard();
  const ready = guard?.link.state === "connected" && guard.sites.some(inPlace);
  return (
    <div class="page">
      <TopBar page="welcome" guard={guard} />
      <main class="welcome">
        <h1>{ready ? "Countersign stands guard" : "Let an agent work, and keep the last word"}</h1>
        <p class="lead">
          An agent in this browser acts as you. Countersign holds what it does before it leaves, lets through what your
          rules allow, asks you about the rest, and writes down all of it.
        </p>
        {guard === null ? (
          <output>Asking the guard how things stand…</output>
        ) : (
          <ol class="steps">
            <Companion guard={guard} />
            <Pair guard={guard} />
            <SwitchOn guard={guard} />
            <Profile guard={guard} />
            <Step
              number={5}
              title="What will happen"
              state={ready ? "now" : "later"}
              {...(ready ? { stateWords: "from here on" } : {})}
            >
              <p>
                When an agent is about to do something that needs you, it is held, a small window opens, and the number
                on Countersign’s button in the toolbar counts what waits. Nothing leaves while it waits. (A new
                extension’s button hides behind the puzzle piece; the pin there keeps it in sight.)
              </p>
              <ul class="plain">
                <li>It says first who is new, then shows all of what would leave.</li>
                <li>A yes is for exactly that, once. If anything changes, you are asked again.</li>
                <li>No answer in time is a no, this once; a mail stays a draft.</li>
                <li>
                  Everything is in the <a href="../history/index.html">history</a>.
                </li>
              </ul>
            </Step>
          </ol>
        )}
      </main>
    </div>
  );
}

const root = document.getElementById("page");
if (root) render(<Welcome />, root);

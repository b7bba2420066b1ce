// Steps 1 and 2: the companion runs, and this extension is paired with it.
// Must never keep the code after it was used, nor show it again.
import type { TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import type { GuardState } from "../../messages.ts";
import { ask } from "../guard.ts";
import { linkWords } from "../link-words.ts";
import { Command } from "../parts.tsx";
import { Step } from "./step.tsx";

export function Companion({ guard }: { guard: GuardState }) {
  const { link } = guard;
  const running = link.state === "connected" || link.state === "other-build";
  const state = running ? "done" : link.state === "unpaired" ? "now" : "wrong";
  return (
    <Step number={1} title="Start the companion" state={state}>
      {running ? (
        <p>
          The companion answers on this machine
          {link.state === "connected" ? `, version ${link.companion}` : ""}. It holds your permissions and keeps the
          record.
        </p>
      ) : (
        <>
          <p>
            The companion is a small program on this machine. It holds your permissions and keeps the record; without it
            nothing leaves the sites you guard. In the project folder, type <Command>npm run companion</Command> and
            leave it running. (After <Command>npm start</Command> it runs already.)
          </p>
          {link.state === "unpaired" ? (
            <p class="quiet">Whether it runs is seen in step 2: the code says where to find it.</p>
          ) : (
            <p class="is-stop">{linkWords(guard).say}</p>
          )}
        </>
      )}
    </Step>
  );
}

export function Pair({ guard }: { guard: GuardState }) {
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");
  const [sure, setSure] = useState(false);
  const { link } = guard;
  const paired = link.state !== "unpaired";

  const pair = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy || code.trim() === "") return;
    setBusy(true);
    const reply = await ask({ name: "pair", code: code.trim() });
    setBusy(false);
    setCode("");
    setTrouble(reply.ok ? "" : reply.say);
  };
  const unpair = async () => {
    const reply = await ask({ name: "unpair" });
    setSure(false);
    setTrouble(reply.ok ? "" : reply.say);
  };
  const state =
    link.state === "connected" ? "done" : !paired ? "now" : link.state === "other-build" ? "wrong" : "later";
  return (
    <Step
      number={2}
      title="Pair this browser with it"
      state={state}
      {...(state === "later" ? { stateWords: "not to be seen now" } : {})}
    >
      {paired ? (
        <>
          <p>
            {link.state === "other-build"
              ? linkWords(guard).say
              : link.state === "connected"
                ? "Paired: both sides proved who they are, and everything between them is sealed."
                : "This browser was paired. Whether that holds is seen as soon as the companion answers."}
          </p>
          {sure ? (
            <p class="row-of">
              <span>Nothing leaves the guarded sites until you pair again.</span>
              <button type="button" class="pill danger" onClick={() => void unpair()}>
                Unpair now
              </button>
              <button type="button" class="pill" onClick={() => setSure(false)}>
                Stay paired
              </button>
            </p>
          ) : (
            <button type="button" class="linkish" onClick={() => setSure(true)}>
              Unpair this browser
            </button>
          )}
        </>
      ) : (
        <>
          <p>
            In a second terminal, in the same folder, type <Command>countersign pair</Command> and paste the code it
            shows. It is good for two minutes and for one use.
          </p>
          <form class="row-of" onSubmit={(event) => void pair(event)}>
            <label class="grow">
              <span class="label">Pairing code</span>
              <input
                value={code}
                autocomplete="off"
                spellcheck={false}
                autocapitalize="off"
                onInput={(event) => setCode(event.currentTarget.value)}
              />
            </label>
            <button type="submit" class="pill main" aria-disabled={busy || code.trim() === ""}>
              {busy ? "Pairing…" : "Pair"}
            </button>
          </form>
        </>
      )}
      {trouble !== "" && (
        <p class="trouble" role="alert">
          {trouble}
        </p>
      )}
    </Step>
  );
}

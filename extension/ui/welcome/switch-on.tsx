// Step 3: a site is switched on; the browser asks for the permission in this very click, and each check is shown.
// Must never ask for more hosts than the one typed, nor call a site guarded whose checks did not pass.
import type { TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import type { GuardState, SwitchedOn } from "../../messages.ts";
import { browser, hostPattern } from "../../platform.ts";
import { ask } from "../guard.ts";
import { Icon } from "../icons.tsx";
import { SITE_NAMES } from "../words.ts";
import { readOrigin } from "./origin.ts";
import { Step } from "./step.tsx";

const DENIED =
  "The browser did not give permission for this address, so nothing was switched on. Try again and allow it.";
/** Mail a person has; the playground is switched on by its own start. */
const OFFERED = Object.entries(SITE_NAMES).filter(([id]) => id !== "playground");

function Checks({ site, mayLeave }: { site: SwitchedOn; mayLeave: boolean }) {
  const [trouble, setTrouble] = useState("");
  const [sure, setSure] = useState(false);
  const again = async () => {
    const reply = await ask({ name: "check", origin: site.origin });
    setTrouble(reply.ok ? "" : reply.say);
  };
  const off = async () => {
    const reply = await ask({ name: "switchOff", origin: site.origin });
    setSure(false);
    setTrouble(reply.ok ? "" : reply.say);
  };
  return (
    <li class="site">
      <h3>
        {site.name} at <b>{site.origin}</b>
      </h3>
      <ul class="checks">
        {site.checks.map((check) => (
          <li key={check.what}>
            <Icon name={check.ok ? "yes" : "stop"} size={16} tone={check.ok ? "yes" : "stop"} />
            <span class={check.ok ? "" : "is-stop"}>{check.say}</span>
          </li>
        ))}
      </ul>
      <p class="row-of">
        <button type="button" class="linkish" onClick={() => void again()}>
          Check again
        </button>
        {mayLeave && !sure && (
          <button type="button" class="linkish" onClick={() => setSure(true)}>
            Switch off
          </button>
        )}
        {sure && (
          <>
            <span>Agents could then send from this site unasked.</span>
            <button type="button" class="pill danger" onClick={() => void off()}>
              Switch off now
            </button>
            <button type="button" class="pill" onClick={() => setSure(false)}>
              Keep guarding
            </button>
          </>
        )}
      </p>
      {trouble !== "" && (
        <p class="trouble" role="alert">
          {trouble}
        </p>
      )}
    </li>
  );
}

export function SwitchOn({ guard }: { guard: GuardState }) {
  const [typed, setTyped] = useState("");
  const [site, setSite] = useState(OFFERED[0]?.[0] ?? "");
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");
  const connected = guard.link.state === "connected";
  const whole = guard.sites.length > 0 && guard.sites.every((each) => each.checks.every((check) => check.ok));

  const switchOn = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const read = readOrigin(typed);
    if (!read.ok || busy) return setTrouble(read.ok ? "" : read.say);
    // First thing in the click: the browser only asks the person while the gesture lasts.
    const granted = browser.permissions.request({ origins: [hostPattern(read.origin)] });
    setBusy(true);
    const allowed = await granted.catch(() => false);
    const reply = allowed
      ? await ask({ name: "switchOn", origin: read.origin, site })
      : { ok: false as const, say: DENIED };
    setBusy(false);
    setTrouble(reply.ok ? "" : reply.say);
    if (reply.ok) setTyped("");
  };
  const state = guard.sites.length > 0 ? (whole ? "done" : "wrong") : connected ? "now" : "later";
  return (
    <Step number={3} title="Switch on your mail" state={state}>
      <p>
        Countersign sees no site until you say so. Type the address of your webmail; the browser asks you once, for this
        address alone.
      </p>
      {guard.sites.length > 0 && (
        <ul>
          {guard.sites.map((each) => (
            <Checks key={each.origin} site={each} mayLeave={guard.debugging === ""} />
          ))}
        </ul>
      )}
      <form class="row-of" onSubmit={(event) => void switchOn(event)}>
        <label class="grow">
          <span class="label">Address of your mail</span>
          <input
            value={typed}
            inputMode="url"
            autocomplete="off"
            spellcheck={false}
            placeholder="https://mail.acme.example"
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <label>
          <span class="label">Kind</span>
          <select value={site} onChange={(event) => setSite(event.currentTarget.value)}>
            {OFFERED.map(([id, name]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="pill main" aria-disabled={busy}>
          {busy ? "Switching on…" : "Switch on"}
        </button>
      </form>
      {trouble !== "" && (
        <p class="trouble" role="alert">
          {trouble}
        </p>
      )}
    </Step>
  );
}

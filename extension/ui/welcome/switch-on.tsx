// Step 3: a site is switched on; the browser asks for the permission in this very click, and each check is shown.
// Must never ask for more hosts than the one typed, nor call a site guarded whose checks did not pass.
import type { TargetedSubmitEvent } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
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

/** Looked at, and all of it good: no answer yet is not a good one. */
export const inPlace = (site: SwitchedOn): boolean => site.checks.length > 0 && site.checks.every((check) => check.ok);

function Checks({ site, mayLeave, connected }: { site: SwitchedOn; mayLeave: boolean; connected: boolean }) {
  const [trouble, setTrouble] = useState("");
  const [sure, setSure] = useState(false);
  const { origin } = site;
  const again = useCallback(async () => {
    const reply = await ask({ name: "check", origin });
    setTrouble(reply.ok ? "" : reply.say);
  }, [origin]);
  // What was found when the page was last open, or before the companion came or went, is not what holds now.
  useEffect(() => void again(), [again, connected]);
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
      {site.checks.length === 0 && <output>Looking…</output>}
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
  const whole = guard.sites.every(inPlace);
  const fieldRef = useRef<HTMLInputElement>(null);
  const wasRef = useRef(connected);
  useEffect(() => {
    // The field a person typed the code in has just gone: go on where they have to go on.
    if (connected && !wasRef.current && guard.sites.length === 0) fieldRef.current?.focus({ preventScroll: true });
    wasRef.current = connected;
  }, [connected, guard.sites.length]);

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
  const looking = guard.sites.some((each) => each.checks.length === 0);
  const state = guard.sites.length === 0 ? (connected ? "now" : "later") : whole ? "done" : looking ? "later" : "wrong";
  return (
    <Step number={3} title="Switch on your mail" state={state} {...(looking ? { stateWords: "looking" } : {})}>
      <p>
        Countersign sees no site until you say so. Type the address of your webmail; the browser asks you once, for this
        address alone.
      </p>
      {guard.sites.length > 0 && (
        <ul>
          {guard.sites.map((each) => (
            <Checks key={each.origin} site={each} mayLeave={guard.debugging === ""} connected={connected} />
          ))}
        </ul>
      )}
      <form class="row-of" onSubmit={(event) => void switchOn(event)}>
        <label class="grow">
          <span class="label">{guard.sites.length === 0 ? "Address of your mail" : "Another address"}</span>
          <input
            ref={fieldRef}
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

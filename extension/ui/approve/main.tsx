// The popup: asks the background how things stand and shows it. In the toolbar and as a window of its own.
// Must never keep state of its own beyond which question is looked at, nor decide anything by being closed.
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { browser } from "../../platform.ts";
import { ask, useGuard } from "../guard.ts";
import "../style.css";
import "./approve.css";
import { Idle } from "./idle.tsx";
import { Asked } from "./question.tsx";

const TOUCH_EVERY_MS = 10_000;
/** How long the word about the last answer stays before the window goes. */
const LEAVE_MS = 4_000;
const ESC = "Esc closes and decides nothing.";

/** Tells the companion that somebody is reading, so that the deadline waits for them. */
function useTouch(approvalId: string | undefined): void {
  const lastRef = useRef({ id: "", at: 0 });
  useEffect(() => {
    if (approvalId === undefined) return undefined;
    const touch = (event: Event) => {
      const now = Date.now();
      if (!event.isTrusted || (lastRef.current.id === approvalId && now - lastRef.current.at < TOUCH_EVERY_MS)) return;
      lastRef.current = { id: approvalId, at: now };
      void ask({ name: "touch", approvalId });
    };
    const names = ["pointerdown", "keydown", "wheel", "touchmove"] as const;
    for (const name of names) window.addEventListener(name, touch, { passive: true });
    return () => {
      for (const name of names) window.removeEventListener(name, touch);
    };
  }, [approvalId]);
}

/** The window that came up to ask goes by itself when all is answered, unless the person does something in it. */
function useLeave(waiting: number, raised: boolean): void {
  const askedRef = useRef(false);
  useEffect(() => {
    if (waiting > 0) askedRef.current = true;
    if (waiting > 0 || !raised || !askedRef.current) return undefined;
    const timer = setTimeout(() => window.close(), LEAVE_MS);
    const stay = () => clearTimeout(timer);
    const names = ["pointerdown", "keydown", "wheel"] as const;
    for (const name of names) window.addEventListener(name, stay, { passive: true });
    return () => {
      stay();
      for (const name of names) window.removeEventListener(name, stay);
    };
  }, [waiting, raised]);
}

function Popup({ raised }: { raised: boolean }) {
  const guard = useGuard();
  const [chosen, setChosen] = useState("");
  const [hint, setHint] = useState("");
  const [late, setLate] = useState(false);
  const whole = guard?.link.state === "connected" && !guard.stopped;
  const questions = whole ? guard.questions : [];
  // The one looked at stays when others arrive; when it is gone, the oldest is next.
  const found = questions.findIndex((question) => question.approvalId === chosen);
  const at = Math.max(0, found);
  const shown = questions[at]?.approvalId;
  useTouch(shown);
  useEffect(() => {
    if (shown !== undefined && shown !== chosen) setChosen(shown);
  }, [shown, chosen]);
  useLeave(questions.length, raised && whole);
  useEffect(() => {
    // What a person reads in the list of windows.
    document.title = questions.length > 0 ? `Countersign asks you (${questions.length})` : "Countersign: nothing waits";
  }, [questions.length]);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 3000);
    return () => clearTimeout(timer);
  }, []);

  if (guard === null) {
    return (
      <main class="popup">
        <header class="bar">
          <b>Countersign</b>
          <span class="hairline" aria-hidden="true" />
        </header>
        <output class="read">
          {late
            ? "The extension's background does not answer. Close this and open it again."
            : "Asking the guard how things stand…"}
        </output>
      </main>
    );
  }
  if (shown === undefined) return <Idle guard={guard} hint={hint} onTrouble={setHint} />;
  const go = (step: 1 | -1) => {
    const next = questions[(at + step + questions.length) % questions.length];
    if (next) setChosen(next.approvalId);
    setHint("");
  };
  return (
    <Asked
      questions={questions}
      at={at}
      skewMs={guard.clockSkewMs}
      debugging={guard.debugging}
      hint={hint === "" ? ESC : `The one before: ${hint}`}
      onGo={go}
      onAnswered={(words) => setHint(`${words.charAt(0).toLowerCase()}${words.slice(1)}`)}
    />
  );
}

async function start(): Promise<void> {
  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape") window.close();
  });
  // A toolbar popup belongs to no tab and takes its size from us; a window has its own.
  const tab = await browser.tabs.getCurrent().catch(() => undefined);
  document.documentElement.classList.toggle("windowed", tab !== undefined);
  // By then the browser has given the toolbar popup its size; if that is less than we asked for, we fit in.
  if (tab === undefined) setTimeout(() => document.documentElement.classList.toggle("fitted", innerHeight < 600), 300);
  const own = tab !== undefined && (await browser.windows.getCurrent().catch(() => null))?.type === "popup";
  const root = document.getElementById("page");
  if (root) render(<Popup raised={own} />, root);
}
void start();

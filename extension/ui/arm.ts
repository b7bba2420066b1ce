// When the answer buttons count: 600 ms after the last change of what is shown, and only for a press that began after that.
// Must never let a press through that was aimed at something shown earlier.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

export const ARM_MS = 600;

/**
 * True when the buttons count. `shown` names everything that is on the screen; when it changes, when the window gains
 * focus, becomes visible or changes its size, the wait begins again.
 */
export function useArmed(shown: string): boolean {
  const [armedFor, setArmedFor] = useState<string | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const wait = () => {
      setArmedFor(null);
      clearTimeout(timer);
      timer = setTimeout(() => setArmedFor(shown), ARM_MS);
    };
    wait();
    window.addEventListener("focus", wait);
    window.addEventListener("resize", wait);
    document.addEventListener("visibilitychange", wait);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("focus", wait);
      window.removeEventListener("resize", wait);
      document.removeEventListener("visibilitychange", wait);
    };
  }, [shown]);
  // Compared while rendering: between a change and its effect nothing is armed either.
  return armedFor === shown;
}

/**
 * Handlers for a button that counts only when armed, pressed by a hand and not by script, not by a held-down key, and not
 * by a press that began before. Assistive technology clicks without a press before it; that counts too.
 */
export function usePress(armed: boolean, act: () => void) {
  /** Whether the press under way began armed; null when none was seen. */
  const begunRef = useRef<boolean | null>(null);
  const begin = useCallback(() => {
    begunRef.current = armed;
  }, [armed]);
  useEffect(() => {
    if (!armed && begunRef.current) begunRef.current = false;
  }, [armed]);
  return {
    onPointerDown: begin,
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      if (event.repeat) event.preventDefault();
      else begin();
    },
    onClick: (event: Event) => {
      if (event.isTrusted && armed && begunRef.current !== false) act();
      begunRef.current = null;
    },
  };
}

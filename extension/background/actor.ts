// Attribute: who acts, with the evidence. In a guarded profile everything is the agent's; gestures only colour the record.
// Must never call anyone a person: page and isolated world report gestures, and both can be forged.
import type { Actor, Evidence } from "../../shared/action.ts";
import type { Gesture } from "../page/bridge.ts";

/** A gesture belongs to requests sent while its event is still being handled. */
const DISPATCH_MS = 1_000;
/** The page's side may write what it likes; a line is enough. */
const FACTS_LENGTH = 300;

export interface Gestures {
  saw(tab: number, frame: number, gesture: Gesture): void;
  /** What is known about the gesture that may have caused a request arriving now; each gesture serves one write. */
  take(tab: number | null, frame: number | null): Gesture | null;
  forget(tab: number, frame: number): void;
}

export function createGestures(now: () => number = Date.now): Gestures {
  const last = new Map<string, { gesture: Gesture; at: number }>();
  return {
    saw: (tab, frame, gesture) => void last.set(`${tab}.${frame}`, { gesture, at: now() }),
    take(tab, frame) {
      const key = `${tab}.${frame}`;
      const found = last.get(key);
      last.delete(key);
      return found && now() - found.at <= DISPATCH_MS ? found.gesture : null;
    },
    forget: (tab, frame) => void last.delete(`${tab}.${frame}`),
  };
}

function ofGesture(gesture: Gesture | null): Evidence[] {
  if (!gesture) {
    return [{ what: "gesture.none", weight: 40, say: "No click or key came right before this request." }];
  }
  const first: Evidence = gesture.trusted
    ? { what: "gesture.trusted", weight: -10, say: `A ${gesture.event} the browser calls real came right before it.` }
    : { what: "gesture.untrusted", weight: 80, say: `A ${gesture.event} made by script came right before it.` };
  if (gesture.facts.length === 0) return [first];
  const facts = `The page's side reports: ${gesture.facts.join("; ")}.`.slice(0, FACTS_LENGTH);
  return [first, { what: "gesture.facts", weight: 0, say: facts }];
}

/** The actor of one request. */
export function attribute(gesture: Gesture | null, kind: string): Actor & { evidence: Evidence[] } {
  const evidence: Evidence[] = [
    { what: "profile.agents", weight: 100, say: "This browser profile is an agent's own." },
    ...ofGesture(gesture),
  ];
  if (kind === "stead")
    evidence.push({ what: "door.beside", weight: 90, say: "It was sent beside the doors a page uses." });
  return { kind: "agent", name: null, evidence };
}

// One step of the welcome page: its number or what its live check found, a title, what to do.
import type { ComponentChildren } from "preact";
import { Icon } from "../icons.tsx";

/** done: looked at just now and in place. now: what to do next. wrong: looked at and not in place. later: not its turn. */
export type StepState = "done" | "now" | "wrong" | "later";

const WORDS: Readonly<Record<StepState, string>> = {
  done: "in place",
  now: "do this now",
  wrong: "not in place",
  later: "later",
};

interface Props {
  readonly number: number;
  readonly title: string;
  readonly state: StepState;
  /** Instead of the plain word for the state. */
  readonly stateWords?: string;
  readonly children: ComponentChildren;
}

export function Step({ number, title, state, stateWords, children }: Props) {
  return (
    <li class={`step is-${state}-step`} aria-current={state === "now" || state === "wrong" ? "step" : undefined}>
      <span class="mark" aria-hidden="true">
        {state === "done" ? (
          <Icon name="yes" size={28} tone="yes" />
        ) : state === "wrong" ? (
          <Icon name="stop" size={28} tone="stop" />
        ) : (
          number
        )}
      </span>
      <div>
        <h2>
          {title} <span class="step-state">{stateWords ?? WORDS[state]}</span>
        </h2>
        <div class="step-body">{children}</div>
      </div>
    </li>
  );
}

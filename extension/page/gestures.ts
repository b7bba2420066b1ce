// Watches for gestures on the controls a site names and tells the background, with the evidence, before the page acts on them.
// Must never stop or change an event: the request the gesture causes is held by itself.
import type { Gesture } from "./bridge.ts";
import { factsOf, follow } from "./evidence.ts";
import type { Relay } from "./relay.ts";
import { controls } from "./sites.ts";
import type { Control } from "../sites/site.ts";

type Kind = Control["events"][number];

function isOn(event: Event, selector: string): boolean {
  return event.composedPath().some((node) => node instanceof Element && node.matches(selector));
}

function controlFor(event: Event, kind: Kind): Control | undefined {
  return controls.find((control) => control.events.includes(kind) && isOn(event, control.selector));
}

function controlForKey(event: KeyboardEvent): Control | undefined {
  return controls.find((control) =>
    control.keys?.some(
      (key) =>
        key.key === event.key &&
        (key.ctrl ?? false) === (event.ctrlKey || event.metaKey) &&
        (key.anywhere === true || isOn(event, control.selector)),
    ),
  );
}

export function watchGestures(relay: Relay): void {
  const tell = (event: Event, name: Gesture["event"], control: Control | undefined): void => {
    if (!control) return;
    const facts = factsOf(event);
    relay.gesture({ type: "gesture", event: name, verb: control.verb, trusted: event.isTrusted, facts });
  };
  const onPointer = (event: Event): void => {
    follow(event);
    if (event.type === "pointerdown" && (controlFor(event, "click") ?? controlFor(event, "drop"))) relay.wake();
  };
  const onClick = (event: Event): void => tell(event, "click", controlFor(event, "click"));
  const onSubmit = (event: Event): void => tell(event, "submit", controlFor(event, "submit"));
  const onDrop = (event: Event): void => tell(event, "drop", controlFor(event, "drop"));
  const onKey = (event: KeyboardEvent): void => tell(event, "key", controlForKey(event));
  const arm = (): void => {
    for (const name of ["pointermove", "pointerdown", "pointerup"])
      window.addEventListener(name, onPointer, { capture: true, passive: true });
    window.addEventListener("click", onClick, true);
    window.addEventListener("submit", onSubmit, true);
    window.addEventListener("drop", onDrop, true);
    window.addEventListener("keydown", onKey, true);
  };
  arm();
  // document.open erases listeners and replaces the root element; an observer of the document outlives it.
  new MutationObserver(arm).observe(document, { childList: true });
}

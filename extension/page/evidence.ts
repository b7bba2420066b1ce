// What can be said about a gesture, in short lines a person can read: how it was made, never who made it.
// Must never conclude anything: an agent's click can look like a person's, and the wire decides.

interface Press {
  readonly at: number;
  readonly type: string;
  readonly pressure: number;
}
let press: Press | null = null;
let release = 0;
let moves = 0;

/** Follows the pointer between gestures. Listeners are the caller's. */
export function follow(event: Event): void {
  if (event.type === "pointermove") moves += 1;
  if (event.type === "pointerup") release = event.timeStamp;
  if (event.type === "pointerdown" && event instanceof PointerEvent)
    press = { at: event.timeStamp, type: event.pointerType, pressure: event.pressure };
}

function pointerFacts(event: MouseEvent): string[] {
  if (!press) return [event.detail === 0 ? "no pointer at all" : "no pointer press seen"];
  const held = Math.max(0, release - press.at);
  const facts = [
    `${press.type || "unknown pointer"}, pressure ${press.pressure}`,
    `pressed ${held < 10 ? held.toFixed(1) : Math.round(held)} ms`,
    moves <= 1 ? "pointer jumped" : `${moves} pointer moves before`,
  ];
  if (event.detail !== 1) facts.push(`click number ${event.detail}`);
  return facts;
}

/** Named keys only: a letter the person typed is nobody's business. */
function keyFacts(event: KeyboardEvent): string[] {
  const name = event.key.length === 1 ? "a character" : event.key;
  return [
    `key ${name}`,
    ...(event.repeat ? ["key repeats"] : []),
    ...(event.code === "" ? ["key without a place"] : []),
  ];
}

function modifierFacts(event: MouseEvent | KeyboardEvent): string[] {
  const down = (["Control", "Shift", "Alt", "Meta"] as const).filter((name) => event.getModifierState(name));
  return down.length > 0 ? [`with ${down.join("+")}`] : [];
}

export function factsOf(event: Event): readonly string[] {
  const facts = [event.isTrusted ? "made by the browser" : "made by a script"];
  if (event instanceof KeyboardEvent) facts.push(...keyFacts(event), ...modifierFacts(event));
  else if (event instanceof MouseEvent) facts.push(...pointerFacts(event), ...modifierFacts(event));
  if (!navigator.userActivation.isActive) facts.push("page was not in use");
  if (navigator.webdriver) facts.push("browser is driven by a program");
  if (event.type === "click") {
    press = null;
    moves = 0;
  }
  return facts;
}

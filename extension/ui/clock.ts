// Times in words: the one deadline (the companion's clock), days and hours of the history.
// Must never invent a deadline of its own; it only turns the companion's into what is shown.

/** Milliseconds left until the companion's deadline, never below 0. `skewMs` = companion's clock minus ours. */
export function leftMs(until: string, skewMs: number, nowMs: number): number {
  const end = Date.parse(until);
  // A deadline that cannot be read is one that has passed.
  return Number.isNaN(end) ? 0 : Math.max(0, end - skewMs - nowMs);
}

/** 112 000 -> "1:52"; rounds up, so that 0:00 means it is over. */
export function countdown(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Share of the whole time that is left, 0..1. */
export function share(left: number, askedAt: string, until: string): number {
  const whole = Date.parse(until) - Date.parse(askedAt);
  return whole > 0 ? Math.min(1, left / whole) : 0;
}

/** "9 s", "3 min", "2 h 5 min": how long something took. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const exact = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });
const dayOfYear = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });

const shown = (format: Intl.DateTimeFormat, iso: string): string =>
  Number.isNaN(Date.parse(iso)) ? "unknown time" : format.format(new Date(iso));

export const clockTime = (iso: string): string => shown(time, iso);
export const exactTime = (iso: string): string => shown(exact, iso);

/** "Today, Sunday 22 November"; other years are named. */
export function dayName(iso: string, nowMs: number): string {
  if (Number.isNaN(Date.parse(iso))) return "Unknown day";
  const date = new Date(iso);
  const now = new Date(nowMs);
  const words = (date.getFullYear() === now.getFullYear() ? day : dayOfYear).format(date).replace(",", "");
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (date.toDateString() === now.toDateString()) return `Today, ${words}`;
  return date.toDateString() === yesterday.toDateString() ? `Yesterday, ${words}` : words;
}

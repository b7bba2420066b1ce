// Time as the companion's rooms see it: what o'clock it is, and "do this later".
// Rooms never call Date.now or setTimeout themselves, so that every deadline can be tested without waiting.

export interface Clock {
  /** Milliseconds since the epoch. May jump when somebody sets the machine's clock. */
  now(): number;
  /** Runs once after `ms` of running time; the answer cancels it. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** ISO 8601, as every record and message carries time. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** "14:03", the way a person reads it on this machine. */
export function hour(ms: number): string {
  const date = new Date(ms);
  return `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
}

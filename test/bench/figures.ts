// Arguments and percentiles of the measurements.
// Must never leave a value out of what it sums up.

/** `--n N`, or the least that is allowed. */
export function countOf(args: readonly string[], least: number): number {
  const at = args.indexOf("--n");
  const other = args.find((word, i) => word !== "--n" && args[i - 1] !== "--n");
  if (other !== undefined) throw new Error(`"${other}" is not known here; give --n N.`);
  const n = at < 0 ? least : Number(args[at + 1]);
  if (!Number.isInteger(n) || n < least) throw new Error(`--n is a whole number of at least ${least}.`);
  return n;
}

/** Nearest-rank percentile. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

export const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits));

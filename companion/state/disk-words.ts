// What a person reads when the disk fails under the ledger: what is wrong and what to do.
// Must never claim that something is on disk.

const isFull = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");

/** The ledger could not be opened. */
export function whyNotOpened(error: Error): string {
  return isFull(error)
    ? "The disk is full, so the ledger cannot be opened. Free some space and start again."
    : `The ledger cannot be opened: ${error.message}.`;
}

/** A record could not be made durable. */
export function whyNotWritten(error: unknown): string {
  if (isFull(error))
    return "The disk is full, so the record cannot be written and nothing is released. Free some space and try again.";
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  return `The record cannot be written (${code}), so nothing is released. Check the disk and try again.`;
}

// The playground behind `countersign demo`.
// Must never be reached by anything but that command.

/** Runs the playground until it is left; the answer is the exit code. */
export function demo(_args: readonly string[]): Promise<number> {
  return Promise.reject(new Error("This build has no playground in it. Build again with `npm run build`."));
}

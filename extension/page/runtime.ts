// The isolated world's few words with the browser's extension API: one port out, one message in. No library in every frame.
// Must never reach the MAIN world, nor ask for more than these two.

export interface RuntimePort {
  readonly onMessage: { addListener(heard: (message: unknown) => void): void };
  readonly onDisconnect: { addListener(gone: () => void): void };
  postMessage(message: unknown): void;
}
interface Runtime {
  connect(info: { readonly name: string }): RuntimePort;
  readonly onMessage: { addListener(heard: (message: unknown) => void): void };
}
interface Api {
  readonly runtime?: Runtime;
}

/** `browser` where it exists (Firefox, newer Chromium), else `chrome`. Gone when the extension was removed under the page. */
export function runtime(): Runtime {
  const world = globalThis as { readonly browser?: Api; readonly chrome?: Api };
  const found = world.browser?.runtime ?? world.chrome?.runtime;
  if (!found) throw new Error("The extension is no longer there.");
  return found;
}

// Carries messages between the page's bridge and the background over one runtime port, opened when first needed.
// Must never repeat a request that was handed over: if the port goes, the page hears a network error.
import { type CancelHeld, type FromPage, type Gesture, type HeldRequest, PAGE_PORT, type ToPage } from "./bridge.ts";
import { type RuntimePort, runtime } from "./runtime.ts";

const ORPHANED =
  "Countersign was restarted while this page was open, so everything it sends is blocked. Nothing was sent. Reload the page.";

export class Relay {
  readonly #deliver: (message: ToPage) => void;
  readonly #open = new Set<number>();
  #port: RuntimePort | null = null;

  constructor(deliver: (message: ToPage) => void) {
    this.#deliver = deliver;
  }

  /** Opening the port starts the background; done early, over a control, the question comes sooner. */
  wake(): void {
    try {
      this.#connect();
    } catch {
      // The extension was reloaded or removed under this page: the next request is answered with a network error.
    }
  }

  fromPage(message: unknown): void {
    const asked = message as Partial<HeldRequest | CancelHeld> | null;
    if (asked === null || typeof asked !== "object" || !Number.isSafeInteger(asked.id)) return;
    if (asked.type === "request") this.#request(asked as HeldRequest);
    if (asked.type === "cancel" && this.#open.delete(asked.id as number)) this.#send(asked as CancelHeld);
  }

  gesture(gesture: Gesture): void {
    this.#send(gesture);
  }

  #request(request: HeldRequest): void {
    this.#open.add(request.id);
    if (this.#send(request)) return;
    this.#fail(request.id);
    this.#deliver({ type: "notice", key: "orphaned", tone: "trouble", words: ORPHANED, seconds: 0 });
  }

  #send(message: FromPage): boolean {
    try {
      this.#connect().postMessage(message);
      return true;
    } catch {
      return false;
    }
  }

  #connect(): RuntimePort {
    if (this.#port) return this.#port;
    const port = runtime().connect({ name: PAGE_PORT });
    this.#port = port;
    port.onMessage.addListener((message) => this.#hear(message as ToPage));
    port.onDisconnect.addListener(() => {
      if (this.#port === port) this.#port = null;
      for (const id of this.#open) this.#fail(id);
    });
    return port;
  }

  #hear(message: ToPage): void {
    if (message.type === "answer" && !this.#open.delete(message.id)) return;
    this.#deliver(message);
  }

  #fail(id: number): void {
    this.#open.delete(id);
    this.#deliver({ type: "answer", id, how: "network-error" });
  }
}

// Which extensions are here, what they said of themselves, and where a yes for them counts.
// Must never take a browser that is driven, unseen or silent about itself for one in which a person presses the buttons.
import type { Channel } from "../../shared/decision.ts";
import type { Push } from "../../shared/protocol.ts";
import type { Clock } from "./clock.ts";
import type { BrowserLook, Peer } from "../door/peer.ts";

/** A dropped line is picked up again within seconds; after this the extension, and the bytes it held, are gone. */
const GRACE = 10_000;

export interface Hello {
  readonly build: string;
  readonly browser: string;
  readonly webdriver: boolean;
}

export interface PeersParts {
  readonly clock: Clock;
  /** Where the system lets us see processes, one that cannot be seen is not trusted. */
  readonly seesProcesses: boolean;
  readonly lives: (pid: number) => boolean;
  /** An extension is gone for good. */
  readonly lost: (id: string, why: string, browser: Left) => void;
}

/** What became of the browser an extension was in. */
export type Left = "ended" | "runs on" | "not seen";

interface Known {
  peer: Peer | null;
  hello: Hello | null;
  pid: number | null;
  /** Stops the wait for its return. */
  cancel: () => void;
  /** Since when its browser has run without it; 0 when it did not. */
  darkSince: number;
  lost: boolean;
}

export class Peers {
  readonly #parts: PeersParts;
  #known = new Map<string, Known>();

  constructor(parts: PeersParts) {
    this.#parts = parts;
  }

  /** The newest connection of an extension is the one that counts; it has to say hello again. */
  connected(peer: Peer): void {
    const before = this.#known.get(peer.id);
    before?.cancel();
    const fresh = { pid: null, cancel: () => undefined, darkSince: 0, lost: true };
    this.#known.set(peer.id, { ...(before ?? fresh), peer, hello: null });
  }

  gone(peer: Peer, why: string): void {
    const known = this.#known.get(peer.id);
    // An older connection of the same extension ends when a newer one took its place.
    if (known?.peer !== peer) return;
    const since = this.#parts.clock.now();
    known.peer = null;
    known.hello = null;
    if (known.lost) return;
    known.cancel = this.#parts.clock.after(GRACE, () => {
      const left = known.pid === null ? "not seen" : this.#parts.lives(known.pid) ? "runs on" : "ended";
      known.lost = true;
      known.darkSince = left === "ended" ? 0 : since;
      this.#parts.lost(peer.id, why, left);
    });
  }

  /** Takes the hello in. Answers whether it was away before, and since when its browser ran on without it (0: it did not). */
  greet(peer: Peer, hello: Hello, look: BrowserLook): { readonly returned: boolean; readonly darkSince: number } {
    const known = this.#known.get(peer.id);
    if (known?.peer !== peer) return { returned: false, darkSince: 0 };
    const { lost, darkSince } = known;
    Object.assign(known, { hello, pid: look.pid, lost: false, darkSince: 0 });
    return { returned: lost, darkSince };
  }

  hello(peer: Peer): Hello | null {
    const known = this.#known.get(peer.id);
    return known?.peer === peer ? known.hello : null;
  }

  /** Where a yes about this extension's requests counts, as its browser stands now. */
  async channel(peer: Peer): Promise<{ readonly channel: Channel; readonly why: string }> {
    const why = this.#whyNotPopup(await seen(peer), this.hello(peer));
    return { channel: why === "" ? "popup" : "terminal", why };
  }

  push(id: string, message: Push): void {
    this.#known.get(id)?.peer?.push(message);
  }

  pushAll(message: Push): void {
    for (const { peer, hello } of this.#known.values()) if (hello !== null) peer?.push(message);
  }

  here(): { readonly peer: Peer; readonly hello: Hello }[] {
    return [...this.#known.values()].flatMap(({ peer, hello }) => (peer && hello ? [{ peer, hello }] : []));
  }

  #whyNotPopup(look: BrowserLook | null, hello: Hello | null): string {
    if (look === null || hello === null) return "The companion cannot see which browser this is.";
    if (look.debugging !== "") return look.debugging;
    if (hello.webdriver) return "This browser is driven by a program (WebDriver), which could press its buttons.";
    if (look.headless) return "This browser shows no window, so no person can be looking at it.";
    if (look.pid === null && this.#parts.seesProcesses) return "The companion cannot see which browser this is.";
    return "";
  }
}

/** What can be seen of a browser; null when looking failed. */
export async function seen(peer: Peer): Promise<BrowserLook | null> {
  try {
    return await peer.look();
  } catch {
    return null;
  }
}

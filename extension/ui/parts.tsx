// What every page shows in the same way: other people's words, addresses, the state of the link, the switch that stops agents.
// Must never render page or agent text as anything but quoted plain text.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { scriptsOf, splitAddress } from "./address.ts";
import { ask } from "./guard.ts";
import type { Bit } from "./headline.ts";
import { Icon } from "./icons.tsx";
import { keyed } from "./keyed.ts";
import { pieces, type Mode } from "./visible.ts";

/** Somebody else's text with everything unseen named. */
export function Said({ text, mode = "line" }: { text: string; mode?: Mode }) {
  return (
    <bdi>
      {keyed(pieces(text, mode)).map(({ key, item: piece }) =>
        piece.named ? (
          <span class="unseen" key={key}>
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
    </bdi>
  );
}

/** Part of an address; where alphabets are mixed, the letters that are not Latin are marked. */
function Letters({ text }: { text: string }) {
  if (scriptsOf(text).length < 2) return <Said text={text} />;
  return (
    <bdi>
      {keyed(Array.from(text)).map(({ key, item: letter }) =>
        scriptsOf(letter).every((script) => script === "Latin") ? (
          <Said key={key} text={letter} />
        ) : (
          <mark class="foreign" key={key}>
            {letter}
          </mark>
        ),
      )}
    </bdi>
  );
}

/** An address, the domain heaviest: that is the part that says who gets it. */
export function Address({ address }: { address: string }) {
  const { local, domain } = splitAddress(address);
  return (
    <span class="addr">
      {local !== "" && (
        <>
          <Letters text={local} />@<wbr />
        </>
      )}
      <b>
        <Letters text={domain} />
      </b>
    </span>
  );
}

export function Finding({ bits }: { bits: readonly Bit[] }) {
  return (
    <>
      {keyed(bits).map(({ key, item: bit }) => {
        if (typeof bit === "string") return bit;
        return "address" in bit ? (
          <Address address={bit.address} key={key} />
        ) : (
          <cite key={key}>
            <Said text={bit.quote} />
          </cite>
        );
      })}
    </>
  );
}

interface ScrollerProps {
  readonly name: string;
  readonly class: string;
  readonly children: ComponentChildren;
  /** When it changes, the scroller begins at the top again. */
  readonly top: string;
}

/** A part of the page that scrolls by itself, and can be reached and scrolled by keyboard. */
export function Scroller({ name, class: classes, children, top }: ScrollerProps) {
  const ownRef = useRef<HTMLElement>(null);
  useEffect(() => {
    const own = ownRef.current;
    if (!own) return undefined;
    own.setAttribute("tabindex", "0");
    // Says to the style sheet that there is more to read below.
    const measure = () => own.toggleAttribute("data-more", own.scrollHeight - own.scrollTop - own.clientHeight > 4);
    const watch = new ResizeObserver(measure);
    watch.observe(own);
    for (const child of own.children) watch.observe(child);
    own.addEventListener("scroll", measure, { passive: true });
    return () => {
      watch.disconnect();
      own.removeEventListener("scroll", measure);
    };
  }, [top]);
  useEffect(() => {
    if (ownRef.current) ownRef.current.scrollTop = 0;
  }, [top]);
  return (
    <section class={classes} ref={ownRef} aria-label={name}>
      {children}
    </section>
  );
}

/** A command to type, which the person can select in one click. */
export function Command({ children }: { children: string }) {
  return (
    <code class="command">
      {children.startsWith("countersign ") && <span class="runner">npm run </span>}
      {children}
    </code>
  );
}

/** One line of a list of facts. */
export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Stops every agent, in two steps; starting again is for the terminal, because a page must not widen. */
export function StopAgents({ stopped }: { stopped: boolean }) {
  const [asked, setAsked] = useState(false);
  const [trouble, setTrouble] = useState("");
  if (stopped) {
    return (
      <span class="state">
        <Icon name="stop" size={16} tone="stop" />
        Agents are stopped
      </span>
    );
  }
  const stop = async () => {
    const reply = await ask({ name: "stopAgents" });
    setAsked(false);
    setTrouble(reply.ok ? "" : reply.say);
  };
  return (
    <span class="stopper">
      {asked ? (
        <>
          <span class="stopper-ask">Block everything agents try, until you lift it in the terminal?</span>
          <button type="button" class="pill danger" onClick={() => void stop()}>
            Stop now
          </button>
          <button type="button" class="pill" onClick={() => setAsked(false)}>
            Keep going
          </button>
        </>
      ) : (
        <button type="button" class="pill" onClick={() => setAsked(true)}>
          Stop agents
        </button>
      )}
      {trouble !== "" && (
        <span class="trouble" role="alert">
          {trouble}
        </span>
      )}
    </span>
  );
}

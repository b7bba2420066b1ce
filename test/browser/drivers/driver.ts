// What every agent of the tests can do with a tab, whatever it drives the browser with.
// Must never know about Countersign: a driver behaves the same with the guard off and on.

/** A control as different agents name it: by selector, or by what an accessibility tree calls it. */
export interface Named {
  readonly selector: string;
  /** Accessible role and name, for agents that only see a snapshot. */
  readonly role: string;
  readonly name: string | RegExp;
  /** Selector of the frame the control lives in; undefined = the page itself. */
  readonly frame?: string;
}

export interface Driver {
  readonly name: string;
  goto(url: string): Promise<void>;
  /** Value of a JavaScript expression (may be a promise) in the page; must be JSON. */
  evaluate<T>(expression: string): Promise<T>;
  /** Press a control the way this agent presses things. */
  click(control: Named): Promise<void>;
  close(): Promise<void>;
}

/** Where the tab is and what it shows: for the words of a failure. */
export async function look(driver: Driver): Promise<string> {
  const words = "(document.body?.innerText ?? document.documentElement?.outerHTML ?? '').slice(-400)";
  return driver.evaluate<string>(`[location.href, document.readyState, ${words}].join(" ")`).catch(String);
}

/** Polls an expression in the page until it is truthy. */
export async function until(driver: Driver, expression: string, what: string, ms = 20_000): Promise<void> {
  const end = Date.now() + ms;
  let last: unknown;
  for (;;) {
    try {
      last = await driver.evaluate<unknown>(`Boolean(${expression})`);
      if (last === true) return;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      throw new Error(`${driver.name} waited in vain until ${what} (${String(last)}) at ${await look(driver)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 120));
  }
}

/** Expression that finds a control, inside its frame when it has one. */
export function find(control: Named): string {
  const document =
    control.frame === undefined
      ? "document"
      : `document.querySelector(${JSON.stringify(control.frame)}).contentDocument`;
  return `[...${document}.querySelectorAll(${JSON.stringify(control.selector)})].find((e) => e.getClientRects().length > 0)`;
}

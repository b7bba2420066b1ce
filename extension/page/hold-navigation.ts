// Holds navigations of this frame to guarded reads: asks first, then makes them itself while one rule lets exactly that address pass.
// Must never make one the background did not answer with "go".
import { isHeld, isOwn, ownReferrer, resolve } from "./held.ts";
import { doc, getter, listen, method, preventDefault, win } from "./natives.ts";
import { ask, cancel } from "./port.ts";

/** The navigation API as far as it is used here (not in every DOM library). */
interface NavigateEvent extends Event {
  readonly navigationType: "push" | "replace" | "reload" | "traverse";
  readonly destination: { readonly url: string; readonly sameDocument: boolean };
  readonly hashChange: boolean;
  readonly formData: FormData | null;
  readonly downloadRequest: string | null;
}

const createElement = method(Document.prototype, "createElement");
const setAttribute = method(Element.prototype, "setAttribute");
const click = method(HTMLElement.prototype, "click");
const isCancelable = getter(Event.prototype, "cancelable");
const assign = win.location.assign.bind(win.location);
const replace = win.location.replace.bind(win.location);
const reload = win.location.reload.bind(win.location);
let pending: { readonly url: string; readonly id: number } | null = null;
let passing: string | null = null;

function go(url: string, event: NavigateEvent): void {
  passing = url;
  if (event.downloadRequest !== null) {
    const link = createElement(doc, "a");
    setAttribute(link, "href", url);
    setAttribute(link, "download", event.downloadRequest);
    click(link);
  } else if (event.navigationType === "reload") reload();
  else if (event.navigationType === "replace") replace(url);
  else assign(url);
}

function onNavigate(event: NavigateEvent): void {
  const url = resolve(event.destination.url);
  if (url === null || event.destination.sameDocument || event.hashChange || event.formData) return;
  if (!isHeld("GET", url) || !isCancelable(event) || event.navigationType === "traverse") return;
  if (passing === url) {
    passing = null;
    return;
  }
  preventDefault(event);
  if (pending?.url === url) return;
  if (pending) cancel(pending.id);
  const id = ask(
    {
      kind: "navigate",
      method: "GET",
      url,
      headers: [],
      body: null,
      mode: "navigate",
      credentials: "include",
      redirect: "follow",
      referrer: ownReferrer(),
      referrerPolicy: "",
      keepalive: false,
    },
    (answer) => {
      pending = null;
      if (answer.how === "go" && isOwn(answer.url)) go(answer.url, event);
    },
  );
  pending = { url, id };
}

export function installNavigation(): void {
  const navigation = (win as Window & { navigation?: EventTarget }).navigation;
  if (navigation) listen(navigation, "navigate", (event) => onNavigate(event as NavigateEvent));
}

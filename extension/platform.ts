// The only door to the browser's API; webextension-polyfill lives behind it (a no-op where `browser` exists natively).
// Must never be imported by a page script in the MAIN world.
import browser, { type DeclarativeNetRequest, type WebRequest } from "webextension-polyfill";

export { browser };

/** Host part of this extension's own origin: what declarativeNetRequest calls our initiator domain. */
export const ownDomain = (): string => new URL(browser.runtime.getURL("")).hostname;

/** Origin of our own pages and worker, as senders and WebSocket handshakes show it. */
export const ownOrigin = (): string => new URL(browser.runtime.getURL("")).origin;

/** Build named in handshakes: version of the manifest. */
export const buildName = (): string => browser.runtime.getManifest().version;

/** True in Firefox; the few real differences between the browsers branch on this. */
export const isFirefox = (): boolean => browser.runtime.getURL("").startsWith("moz-extension:");

/** Origin of a sender as the browser stamps it ("null" for opaque ones); undefined where it stamps none. Typings lag behind. */
export const senderOrigin = (sender: object): string | undefined =>
  "origin" in sender && typeof sender.origin === "string" ? sender.origin : undefined;

/** Match pattern for every page of an origin. Firefox knows no ports in patterns: there it means the host. */
export function originPattern(origin: string): string {
  const url = new URL(origin);
  return `${url.protocol}//${isFirefox() ? url.hostname : url.host}/*`;
}

/** What the person is asked for: the host with all its ports, because cookies know no ports and the wall knows none either. */
export function hostPattern(origin: string): string {
  const { protocol, hostname } = new URL(origin);
  return `${protocol}//${hostname}/*`;
}

/** Every kind of request this browser's rules know; leaving out the list would leave out `main_frame`. */
export function ruleResourceTypes(): DeclarativeNetRequest.ResourceType[] {
  const known = (browser.declarativeNetRequest as { ResourceType?: Record<string, DeclarativeNetRequest.ResourceType> })
    .ResourceType;
  const listed = [
    "main_frame,sub_frame,stylesheet,script,image,font,object,xmlhttprequest,ping,csp_report,media,websocket,other",
    isFirefox() ? "beacon,xslt" : "webtransport,webbundle",
  ].flatMap((names) => names.split(",")) as DeclarativeNetRequest.ResourceType[];
  return known ? Object.values(known) : listed;
}

/** Chromium shows Referer, Origin and cookies to webRequest only when asked by this name. */
export const headerOptions = (): WebRequest.OnSendHeadersOptions[] =>
  isFirefox() ? ["requestHeaders"] : ["requestHeaders", "extraHeaders"];

/** Origin that started a request, as webRequest stamps it: Chromium says `initiator`, Firefox `originUrl`. */
export function requestInitiator(details: object): string | null {
  if ("initiator" in details && typeof details.initiator === "string") return details.initiator;
  if ("originUrl" in details && typeof details.originUrl === "string") return new URL(details.originUrl).origin;
  return null;
}

/** Our own id, as senders show it. */
export const ownId = (): string => browser.runtime.id;

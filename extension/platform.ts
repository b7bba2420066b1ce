// The only door to the browser's API; webextension-polyfill lives behind it (a no-op where `browser` exists natively).
// Must never be imported by a page script in the MAIN world.
import browser from "webextension-polyfill";

export { browser };

/** Host part of this extension's own origin: what declarativeNetRequest calls our initiator domain. */
export const ownDomain = (): string => new URL(browser.runtime.getURL("")).hostname;

/** Origin of our own pages and worker, as senders and WebSocket handshakes show it. */
export const ownOrigin = (): string => new URL(browser.runtime.getURL("")).origin;

/** Build named in handshakes: version of the manifest. */
export const buildName = (): string => browser.runtime.getManifest().version;

/** True in Firefox; the few real differences between the browsers branch on this. */
export const isFirefox = (): boolean => browser.runtime.getURL("").startsWith("moz-extension:");

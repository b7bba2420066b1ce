// Reads one recipient address strictly, for rules about people and domains.
// Must never guess: what is not a plain address stays raw text, counts as new, and may only be asked about.

export type Recipient =
  | { readonly readable: true; readonly person: string; readonly domain: string }
  | { readonly readable: false; readonly raw: string };

/** The domain an unreadable recipient gets; no real domain can be called that, so no rule lets it through by name. */
export const NO_DOMAIN = "?";

const LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * ASCII only and no quoting, routes or IP literals: two programs must not be able to read it differently. The whole is
 * lower-cased, so that a rule naming `boss@firm.example` also stops `Boss@firm.example`.
 */
export function readRecipient(raw: string): Recipient {
  const unreadable: Recipient = { readable: false, raw };
  const address = raw.toLowerCase();
  // Some characters become ASCII when lower-cased (the Kelvin sign becomes k); what they are is decided before that.
  if (address.length > 254 || !/^[\u0021-\u007e]+$/.test(raw)) return unreadable;
  const at = address.indexOf("@");
  if (at < 1 || at !== address.lastIndexOf("@")) return unreadable;
  const local = address.slice(0, at);
  const domain = address.slice(at + 1);
  const labels = domain.split(".");
  if (local.length > 64 || !LOCAL.test(local)) return unreadable;
  if (!labels.every((label) => LABEL.test(label)) || /^\d+$/.test(labels.at(-1) ?? "")) return unreadable;
  return { readable: true, person: address, domain };
}

// Reads the address a person typed for their mail into the origin to be guarded.
// Must never guess a host: what is not plainly an address gets a sentence.

export type TypedOrigin = { readonly ok: true; readonly origin: string } | { readonly ok: false; readonly say: string };

const no = (say: string): TypedOrigin => ({ ok: false, say });

/** "mail.acme.example/roundcube/" -> https://mail.acme.example; http only where it is written. */
export function readOrigin(typed: string): TypedOrigin {
  const text = typed.trim();
  if (text === "") return no("Type the address of your mail as it stands in the address bar.");
  if (/^[^/\s]+@[^/\s]+$/.test(text)) {
    return no("This is a mail address. Type the web address at which you read your mail.");
  }
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  if (/\s/.test(text) || !URL.canParse(withScheme)) {
    return no("This is not a web address. Copy it from the address bar, for example https://mail.acme.example");
  }
  const url = new URL(withScheme);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return no("Only addresses that begin with https:// or http:// can be guarded.");
  }
  if (url.username !== "" || url.password !== "") return no("Leave out the name and password before the @.");
  if (!/[.[]/.test(url.hostname) && url.hostname !== "localhost") {
    return no("The name of the server is not complete, for example https://mail.acme.example");
  }
  return { ok: true, origin: url.origin };
}

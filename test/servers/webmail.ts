// Talks to Roundcube over plain HTTP as a browser would: log in, keep cookies, post. For tests without a browser.
// Must never follow a redirect by itself: a test wants to see it.
import type { MailUser } from "./people.ts";

export interface WebmailSession {
  /** Roundcube's request token, which every write must carry. */
  readonly token: string;
  get(query: string, headers?: Record<string, string>): Promise<Response>;
  post(query: string, fields: Iterable<readonly [string, string]>, headers?: Record<string, string>): Promise<Response>;
  /** Opens a compose page and resolves to its id. */
  compose(query?: string): Promise<string>;
  /** The session's cookies as a header. */
  cookies(): string;
}

export async function logIn(base: string, user: MailUser): Promise<WebmailSession> {
  const cookies = new Map<string, string>();
  const ask = async (path: string, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const answer = await fetch(`${base}/${path}`, { ...init, headers, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (name !== undefined && value !== undefined) cookies.set(name, value);
    }
    return answer;
  };
  const post = (query: string, fields: Iterable<readonly [string, string]>, headers = {}): Promise<Response> =>
    ask(query, {
      method: "POST",
      body: new URLSearchParams([...fields].map(([name, value]) => [name, value])),
      headers,
    });
  const get = (query: string, headers = {}): Promise<Response> => ask(query, { headers });

  const door = await (await get("?_task=login")).text();
  const answer = await post("?_task=login", [
    ["_token", /name="_token" value="([^"]+)"/.exec(door)?.[1] ?? ""],
    ["_task", "login"],
    ["_action", "login"],
    ["_timezone", "UTC"],
    ["_user", user.name],
    ["_pass", user.password],
  ]);
  if (answer.status !== 302) throw new Error(`Roundcube refused the login of ${user.name} (status ${answer.status}).`);
  const page = await (await get("?_task=mail")).text();
  const token = /"request_token":"([^"]+)"/.exec(page)?.[1];
  if (token === undefined) throw new Error("Roundcube's mail page carries no request token.");
  return {
    token,
    cookies: () => [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
    get,
    post,
    compose: async (query = "") => {
      const opened = await get(`?_task=mail&_action=compose${query}`);
      const id = /_id=([^&]+)/.exec(opened.headers.get("location") ?? "")?.[1];
      if (id === undefined) throw new Error(`Roundcube opened no compose page (status ${opened.status}).`);
      await (await get(`?_task=mail&_action=compose&_id=${id}`)).text();
      return id;
    },
  };
}

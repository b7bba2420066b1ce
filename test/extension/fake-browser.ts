// An in-memory stand-in for extension/platform.ts: rules, storage, tabs, listeners, as far as the background uses them.
// Must never be more forgiving than a browser: what is not here throws.
export const OWN_ID = "abcdefghabcdefghabcdefghabcdefgh";
const OWN = `chrome-extension://${OWN_ID}`;

interface Rule {
  readonly id: number;
  readonly priority?: number;
  readonly action: unknown;
  readonly condition: Readonly<Record<string, unknown>>;
}

function rules() {
  let standing: Rule[] = [];
  return {
    get: async (): Promise<Rule[]> => structuredClone(standing),
    update: async (change: { removeRuleIds?: number[]; addRules?: Rule[] }): Promise<void> => {
      const kept = standing.filter(({ id }) => !change.removeRuleIds?.includes(id));
      const ids = new Set(kept.map(({ id }) => id));
      for (const { id } of change.addRules ?? []) {
        if (ids.has(id)) throw new Error(`Rule with id ${id} does not have a unique ID.`);
        ids.add(id);
      }
      standing = [...kept, ...(change.addRules ?? [])];
    },
  };
}

function area() {
  const held = new Map<string, unknown>();
  return {
    get: async (key: string) => (held.has(key) ? { [key]: structuredClone(held.get(key)) } : {}),
    set: async (values: Record<string, unknown>) => {
      for (const [key, value] of Object.entries(values)) held.set(key, structuredClone(value));
    },
  };
}

function event() {
  const heard: ((...args: unknown[]) => unknown)[] = [];
  return { addListener: (hear: (...args: unknown[]) => unknown) => void heard.push(hear), heard };
}

export function fakeBrowser() {
  const dynamic = rules();
  const session = rules();
  let scripts: { id: string }[] = [];
  return {
    granted: new Set<string>(),
    shown: [] as { tab: number; message: { words?: string } }[],
    cookies: { getAll: async () => [] as { name: string; value: string }[] },
    declarativeNetRequest: {
      getDynamicRules: dynamic.get,
      updateDynamicRules: dynamic.update,
      getSessionRules: session.get,
      updateSessionRules: session.update,
    },
    permissions: {
      remove: ({ origins }: { origins: string[] }) => {
        for (const origin of origins) fake.granted.delete(origin);
        return Promise.resolve(true);
      },
      contains: async ({ origins }: { origins: string[] }) => origins.every((each) => fake.granted.has(each)),
    },
    scripting: {
      getRegisteredContentScripts: async () => structuredClone(scripts),
      registerContentScripts: async (added: { id: string }[]) => void (scripts = [...scripts, ...added]),
      unregisterContentScripts: async ({ ids }: { ids: string[] }) =>
        void (scripts = scripts.filter(({ id }) => !ids.includes(id))),
    },
    storage: { local: area(), session: area() },
    tabs: {
      query: async () => [],
      get: async (id: number) => ({ id, url: "https://mail.acme.example/" }),
      sendMessage: async (tab: number, message: { words?: string }) => void fake.shown.push({ tab, message }),
    },
    webRequest: {
      onBeforeRequest: event(),
      onSendHeaders: event(),
      onErrorOccurred: event(),
      onCompleted: event(),
    },
    runtime: { id: OWN_ID, getURL: (path: string) => `${OWN}/${path}` },
  };
}

let fake = fakeBrowser();
/** A browser with nothing in it; the one the mocked platform gives from now on. */
export function freshBrowser(): ReturnType<typeof fakeBrowser> {
  fake = fakeBrowser();
  return fake;
}

/** What `vi.mock("…/platform.ts")` gives. */
export const platform = {
  get browser() {
    return fake;
  },
  ownId: () => OWN_ID,
  ownDomain: () => OWN_ID,
  ownOrigin: () => OWN,
  isFirefox: () => false,
  senderOrigin: (sender: { origin?: string }) => sender.origin,
  originPattern: (origin: string) => `${origin}/*`,
  hostPattern: (origin: string) => `${new URL(origin).protocol}//${new URL(origin).hostname}/*`,
  ruleResourceTypes: () => ["main_frame", "sub_frame", "xmlhttprequest", "websocket", "webtransport", "ping", "other"],
  headerOptions: () => ["requestHeaders", "extraHeaders"],
  requestInitiator: (details: { initiator?: string }) => details.initiator ?? null,
};

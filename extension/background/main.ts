// Wires the background. Every listener is registered in the first turn: a worker woken for an event must have it by then.
// Must never decide anything itself.
import { UI_PORT } from "../messages.ts";
import { PAGE_PORT } from "../page/bridge.ts";
import { browser, buildName, isFirefox, ownOrigin } from "../platform.ts";
import type { Push } from "../../shared/protocol.ts";
import { createGestures } from "./actor.ts";
import { createAsked } from "./asked.ts";
import { send } from "./courier/courier.ts";
import { createClosedTabs } from "./wall/closed-tabs.ts";
import { createCookieFence } from "./wall/cookie-fence.ts";
import { createDesk, tellTop } from "./desk.ts";
import { createGuard } from "./guard.ts";
import { createGuarded } from "./wall/guarded.ts";
import { createHistory } from "./history.ts";
import { createHub } from "./hub.ts";
import { createIncidents } from "./incidents.ts";
import { openKeys } from "./link/keys.ts";
import { createLink, type Link } from "./link/link.ts";
import { createPresence } from "./link/presence.ts";
import { openPassage, watchPassages } from "./wall/passage.ts";
import { applyPreset } from "./preset.ts";
import { readsFor } from "./courier/reads.ts";
import { sweepSessionRules } from "./wall/rules.ts";
import { createServe, isOwnPage } from "./serve.ts";
import { withdrawStale, withdrawUnheard } from "./link/stale.ts";
import { createStead } from "./wall/stead.ts";
import { startWatch } from "./wall/watch.ts";
import { CLOSED_TAB } from "./words.ts";

const ALARM = "companion";

const link: Link = createLink({
  keys: openKeys(),
  origin: ownOrigin(),
  build: buildName(),
  browser: isFirefox() ? "Firefox" : "Chromium",
  webdriver: () => "webdriver" in navigator && navigator.webdriver,
  onPush: heard,
  onState: () => presence.moved(),
  onWelcome: ({ debugging, stopped }) => {
    hub.debugging(debugging);
    hub.stopped(stopped);
  },
});
const incidents = createIncidents(link);
const guarded = createGuarded({
  incident: incidents.report,
  changed: () => {
    hub.changed();
    void fence.renew();
  },
  linked: () => link.state().state === "connected",
});
const fence = createCookieFence({
  ready: guarded.ready,
  guarded: () => guarded.all(),
  incident: incidents.report,
});
const hub = createHub({ door: link, link: () => link.state(), sites: () => guarded.all() });
const history = createHistory();
const asked = createAsked();
const closed = createClosedTabs();
const gestures = createGestures();
const guard = createGuard({
  door: link,
  hands: {
    // The answer may have set cookies; the page may ask with them the moment it has the answer.
    send: async (wire, orders) => {
      const delivery = await send(wire, orders);
      await fence.renew().catch(() => undefined);
      return delivery;
    },
    openPassage,
  },
  siteOf: guarded.siteOf,
  reads: readsFor,
  closed: closed.why,
  linked: () => presence.wait(),
});
const desk = createDesk({
  ready: guarded.ready,
  gestures,
  isGuarded: (origin) => guarded.siteOf(origin) !== undefined,
  handle: guard.handle,
  loaded: closed.loaded,
});
const presence = createPresence({
  link,
  guarding: () => guarded.all().length > 0,
  lost: (words) => {
    guard.linkLost(words);
    hub.questions([]);
    asked.questions([]);
  },
  back: async () => {
    await incidents.flush();
    const fresh = async () => {
      await hub.refresh();
      return hub.state().questions;
    };
    await withdrawStale({ door: link, isLive: guard.isLive, fresh });
    asked.questions(await fresh());
    await history.catchUp(link);
  },
  changed: () => hub.changed(),
  gap: history.gap,
});
const stead = createStead({
  handle: guard.handle,
  hasGate: (tab) => tellTop(tab, { type: "there" }),
  notice: desk.notice,
  incident: incidents.report,
});
const serve = createServe({ door: link, guarded, history, hub });

function heard(push: Push): void {
  switch (push.type) {
    case "questions":
      hub.questions(push.questions);
      asked.questions(push.questions);
      return;
    case "resolved":
      guard.resolved(push);
      if (push.state === "approved") void withdrawUnheard({ door: link, isLive: guard.isLive }, push.actionIds);
      if (push.state === "refused") void hub.refresh().catch(() => undefined);
      return;
    case "record":
      hub.heardClock(push.record.at);
      void history.heard(push.record, link).catch(() => undefined);
      return;
    case "stopped":
      hub.stopped(push.stopped);
  }
}

browser.runtime.onConnect.addListener((port) => {
  if (port.name === PAGE_PORT) return desk.connect(port);
  if (port.name !== UI_PORT || !isOwnPage(port.sender)) return port.disconnect();
  const stop = hub.listen(port);
  const asks = port.sender?.url?.includes("/ui/approve/") === true;
  const where = port.sender?.tab?.windowId ?? null;
  if (asks) asked.surface(where, true);
  port.onDisconnect.addListener(() => {
    stop();
    if (asks) asked.surface(where, false);
  });
});
browser.runtime.onMessage.addListener((message: unknown, sender, reply: (value: unknown) => void) => {
  void serve(message, sender).then(reply);
  return true;
});
browser.alarms.onAlarm.addListener(() => void link.ensure());
browser.permissions.onRemoved.addListener(() => void guarded.verify());
browser.runtime.onInstalled.addListener(({ reason }) => {
  if (reason === "install") void started.then(welcome);
});
// A listener is what makes the browser start us with itself.
browser.runtime.onStartup.addListener(() => undefined);
watchPassages();
startWatch({
  ready: guarded.ready,
  isGuarded: (origin) => guarded.siteOf(origin) !== undefined,
  isGuardedHost: guarded.isHost,
  barredCookies: (origin) => guarded.siteOf(origin)?.barredCookies,
  incident: incidents.report,
  stranger: incidents.stranger,
  closeTab: (tab) => {
    closed.close(tab);
    desk.notice(tab, { key: "closed", tone: "trouble", words: CLOSED_TAB, seconds: 0 });
  },
  stead: (attempt) => void stead(attempt),
});

async function start(): Promise<void> {
  await sweepSessionRules();
  await guarded.ready;
  await guarded.verify();
  await fence.renew();
  await browser.alarms.create(ALARM, { periodInMinutes: 0.5 });
  await link.ensure();
  await applyPreset({ unpaired: () => link.state().state === "unpaired", pair: (code) => link.pair(code), guarded });
}
/** A first install that nothing has set up yet begins on the welcome page. */
async function welcome(): Promise<void> {
  if (link.state().state !== "unpaired") return;
  await browser.tabs.create({ url: browser.runtime.getURL("extension/ui/welcome/index.html") });
}
const started = start().catch((error: unknown) =>
  console.error("Countersign did not start whole; what is walled stays walled:", error),
);

// Every state of every page, by the name of its picture: what the tests walk through and what the pictures show.
import type { Page } from "playwright-core";
import type { GuardState } from "../../../extension/messages.ts";
import { aDay } from "./history-rows.ts";
import { guard, popupStates, question } from "./questions.ts";

export interface Screen {
  readonly page: "approve" | "welcome" | "history";
  readonly name: string;
  readonly state: GuardState | null;
  readonly replies?: Record<string, unknown>;
  readonly seeded?: boolean;
  /** Hands on the page before it is looked at. */
  readonly act?: (page: Page) => Promise<void>;
}

const PROFILE = {
  ok: true,
  value: {
    name: "Assistant",
    proposal: null,
    rules: [
      { id: "reading", effect: "allow", say: "Your agent may read, search and download mail, and read the calendar." },
      { id: "drafting", effect: "allow", say: "Your agent may write drafts and upload attachments to them." },
      { id: "tidying", effect: "allow", say: "Your agent may mark, label, move and archive messages." },
      { id: "ask-sending", effect: "ask", say: "You are asked before anything is sent to anyone." },
      { id: "ask-delete", effect: "ask", say: "You are asked before anything is deleted or reported as spam." },
      {
        id: "never-lasting",
        effect: "deny",
        say: "Filters, forwarding, sharing, settings and other changes that last are never made by an agent.",
      },
    ],
  },
};

export async function screens(): Promise<Screen[]> {
  const popups = Object.entries(await popupStates()).map(([name, state]): Screen => ({ page: "approve", name, state }));
  const whole = guard();
  const [site] = whole.sites;
  const tabs = {
    what: "tabs",
    ok: false,
    say: "2 tabs of this site were open before: reload them. Until then everything they send is blocked.",
  };
  const broken = guard({ sites: site ? [{ ...site, checks: [...site.checks, tabs] }] : [] });
  const welcome = (name: string, state: GuardState, more: Partial<Screen> = {}): Screen => ({
    page: "welcome",
    name,
    state,
    replies: { profile: PROFILE },
    ...more,
  });
  const history = (name: string, more: Partial<Screen> = {}): Screen => ({
    page: "history",
    name,
    state: guard(),
    seeded: true,
    ...more,
  });
  const openRow = (words: string) => async (page: Page) => page.getByRole("button", { name: words }).first().click();
  return [
    ...popups,
    { page: "approve", name: "asking", state: null },
    {
      page: "approve",
      name: "stop-agents",
      state: guard(),
      act: async (page) => page.getByRole("button", { name: "Stop agents" }).click(),
    },
    welcome(
      "1-start",
      guard({ link: { state: "away", since: new Date().toISOString(), why: "the connection was refused" }, sites: [] }),
    ),
    welcome("2-pair", guard({ link: { state: "unpaired" }, sites: [] }), {
      replies: { pair: { ok: false, say: "This code has expired. Type `countersign pair` again for a new one." } },
      act: async (page) => {
        await page.getByLabel("Pairing code").fill("wrong-code");
        await page.getByRole("button", { name: "Pair", exact: true }).click();
        await page.getByRole("alert").waitFor();
      },
    }),
    welcome("3-switch-on", guard({ sites: [] })),
    welcome("3-not-whole", broken),
    welcome("4-profile", guard(), { act: async (page) => page.getByText("Change it").click() }),
    welcome("5-done", guard()),
    history("empty", { seeded: false }),
    history("full", { state: guard({ questions: [await question("new-people")] }) }),
    history("opened", { act: openRow("Minutes") }),
    history("refused", { act: openRow("Q3 salaries") }),
    history("gap", { act: async (page) => void (await page.getByLabel("How it came out").selectOption("kind:gap")) }),
    history("filtered", {
      act: async (page) => {
        await page.getByLabel("Person").fill("maria");
        await page.getByText("nobody new").first().waitFor({ state: "detached" });
      },
    }),
    history("away", { state: guard({ link: { state: "away", since: new Date().toISOString(), why: "" } }) }),
  ];
}

/** The rows to be put into the tables first. */
export const rowsFor = (screen: Screen) => (screen.seeded === true ? aDay(new Date()) : []);

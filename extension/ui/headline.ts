// The finding of a question in people: who would receive, lose or gain what.
// Must never use a display name: people are their addresses here.
import type { Verb } from "../../shared/action.ts";
import type { Person } from "../../shared/meaning.ts";
import type { Question } from "../../shared/protocol.ts";
import { plural } from "./words.ts";

/** Our own words, an address, or somebody else's words (shown as a quotation). */
export type Bit = string | { readonly address: string } | { readonly quote: string };
type Asked = Pick<Question, "meaning" | "newPeople">;

const SEEN: ReadonlySet<Person["field"]> = new Set(["to", "cc", "bcc", "redirect", "forwardTo", "guest", "grantee"]);
const SHOWN: ReadonlySet<Person["field"]> = new Set([...SEEN, "replyTo"]);

export interface Audience {
  /** Never written to from here; shown first, in the band. */
  readonly fresh: readonly Person[];
  readonly known: readonly Person[];
}

/** Everyone who would receive something or take replies. An address the companion calls new is never lost, even if no field names it. */
export function audience(question: Asked): Audience {
  const unknown = new Set(question.newPeople.map((address) => address.toLowerCase()));
  const shown = question.meaning.people.filter((person) => SHOWN.has(person.field));
  const fresh = shown.filter((person) => unknown.has(person.address.toLowerCase()));
  const named = new Set(fresh.map((person) => person.address.toLowerCase()));
  const lost = question.newPeople
    .filter((address) => !named.has(address.toLowerCase()))
    .map((address): Person => ({ field: "mentioned", address, name: "" }));
  return { fresh: [...fresh, ...lost], known: shown.filter((person) => !fresh.includes(person)) };
}

const addresses = (people: readonly Person[]): string[] => [
  ...new Set(people.filter((person) => SEEN.has(person.field)).map((person) => person.address)),
];

function receivers(question: Asked): Bit[] {
  const { fresh, known } = audience(question);
  const strangers = addresses(fresh);
  const others = addresses(known).filter((address) => !strangers.includes(address));
  const [first] = strangers;
  const [only] = others;
  if (strangers.length === 0) {
    if (only === undefined) return ["Nobody can be read from this request, and somebody"];
    return others.length === 1 ? [{ address: only }] : [`${others.length} people you have written to before`];
  }
  const and = others.length > 0 ? ` and ${plural(others.length, "other")}` : "";
  if (strangers.length === 1 && first !== undefined) {
    return and === ""
      ? [{ address: first }, ", whom you never wrote to,"]
      : [{ address: first }, `, whom you never wrote to,${and}`];
  }
  return [`${strangers.length} people you never wrote to${and}`];
}

/** "", " with 2 files", so that nobody overlooks what travels along. */
const withFiles = (files: number): string => (files === 0 ? "" : ` and ${plural(files, "file")}`);

const many = (question: Asked, one: string): string =>
  plural(question.meaning.items.length + question.meaning.more, one);

interface Found {
  readonly asked: Asked;
  readonly meaning: Question["meaning"];
  /** Who would receive it, as words. */
  readonly who: readonly Bit[];
  readonly targets: readonly string[];
}

const would =
  (one: string, what: string) =>
  (found: Found): Bit[] => [`${many(found.asked, one)} would be ${what}`];
const says = (words: string) => (): Bit[] => [words];
const receive =
  (what: string) =>
  ({ who, meaning }: Found): Bit[] => [...who, ` would receive ${what}${withFiles(meaning.attachments.length)}`];
const actAsYou = ({ targets }: Found): Bit[] => [
  ...(targets.length === 0 ? ["Somebody"] : joined(targets)),
  " could read and act as you",
];
const settings = ({ meaning: { changes } }: Found): Bit[] => {
  const [first] = changes;
  if (first === undefined) return ["A setting would change"];
  if (changes.length > 1) return [`${plural(changes.length, "setting")} would change`];
  return ["The setting ", { quote: first.label }, " would change"];
};

const FINDINGS: Partial<Record<Verb, (found: Found) => Bit[]>> = {
  "mail.send": receive("this"),
  "mail.reply": receive("this"),
  "mail.forward": receive("this"),
  "mail.schedule-send": receive("this later"),
  "mail.redirect": ({ who, meaning }) => [
    ...who,
    " would receive ",
    meaning.title === "" ? "a message" : { quote: meaning.title },
    " unchanged, as if from its author",
  ],
  "mail.set-forwarding": ({ targets }) =>
    targets.length === 0
      ? ["Where your new mail goes would change"]
      : ["All new mail would also go to ", ...joined(targets)],
  "mail.set-filter": ({ targets, meaning }) => {
    if (targets.length > 0) return ["A filter would pass incoming mail on to ", ...joined(targets)];
    if (meaning.title === "") return ["What happens to incoming mail would change"];
    return ["The filter ", { quote: meaning.title }, " would act on incoming mail"];
  },
  "mail.delete": would("message", "deleted"),
  "mail.purge": would("message", "gone for good"),
  "mail.move": (found) => [
    ...would("message", "moved")(found),
    ...(found.meaning.place === null ? [] : [" to ", { quote: found.meaning.place }]),
  ],
  "mail.archive": would("message", "archived"),
  "mail.label": would("message", "labelled"),
  "mail.mark": would("message", "marked"),
  "mail.report-spam": would("message", "reported as junk"),
  "mail.download": ({ asked, meaning: { attachments } }) => [
    attachments.length > 0 ? plural(attachments.length, "file") : many(asked, "message"),
    " would leave the mailbox as a download",
  ],
  "mail.delegate": actAsYou,
  "mail.change-settings": settings,
  "calendar.delete": would("event", "deleted"),
  "calendar.delegate": actAsYou,
  "calendar.invite": ({ who, meaning }) => [
    ...who,
    " would be invited",
    ...(meaning.title === "" ? [] : [" to ", { quote: meaning.title }]),
  ],
  "calendar.share": ({ who }) => [...who, " would see your calendar"],
  "calendar.publish": says("Anybody with the link would see your calendar"),
  "calendar.change-settings": settings,
  "account.consent": says("Another program could use this account"),
  "account.app-password": says("A new password for this account would exist"),
  "account.recovery": says("How this account is recovered would change"),
  "account.export": says("Everything in this account would be copied out"),
  "account.sending-address": settings,
  "account.protocol-access": says("Mail programs could reach this account without the browser"),
  "site.sign-in": ({ meaning: { title } }) =>
    title === "" ? ["An agent would be signed in here"] : ["An agent would be signed in here as ", { quote: title }],
  "site.unknown": says("Something would change, and Countersign cannot say what"),
};

export function headline(asked: Asked): Bit[] {
  const { meaning } = asked;
  const finding = FINDINGS[meaning.verb];
  if (finding) return finding({ asked, meaning, who: receivers(asked), targets: addresses(meaning.people) });
  return meaning.title === "" ? ["This needs your permission"] : [{ quote: meaning.title }, " needs your permission"];
}

function joined(list: readonly string[]): Bit[] {
  const [first] = list;
  if (first === undefined) return [];
  return list.length === 1
    ? [{ address: first }]
    : [{ address: first }, ` and ${plural(list.length - 1, "other address", "other addresses")}`];
}

/** The headline as plain text. */
export function headlineText(question: Asked): string {
  return headline(question)
    .map((bit) => (typeof bit === "string" ? bit : "address" in bit ? bit.address : `“${bit.quote}”`))
    .join("");
}

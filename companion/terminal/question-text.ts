// A question as the terminal shows it: addresses first, new people marked, everything whole, everything quoted.
// Must never leave out a part of the meaning: what is approved is what stood here.
import { TEXT_LIMIT } from "../../shared/meaning.ts";
import type { Meaning, Person } from "../../shared/meaning.ts";
import type { Question } from "../../shared/protocol.ts";
import { quoteBlock, quoteForTerminal } from "./quote.ts";
import { verbWords } from "./verb-words.ts";

/** The longest single line a meaning may hold: nothing of it is cut. */
const WHOLE = 4_000;
const q = (text: string) => quoteForTerminal(text, WHOLE);

const FIELD_WORDS: Readonly<Record<Person["field"], string>> = {
  from: "From",
  to: "To",
  cc: "Cc",
  bcc: "Bcc (hidden from the others)",
  replyTo: "Answers go to",
  redirect: "Redirected to",
  forwardTo: "Forwarded to",
  guest: "Guest",
  grantee: "Gets access",
  mentioned: "Mentioned",
};

function people(meaning: Meaning, fresh: ReadonlySet<string>): string[] {
  const line = (person: Person) => {
    const mark = fresh.has(person.address) ? "  NEW, never written to from here" : "";
    const name = person.name === "" ? "" : `  (calls itself ${q(person.name)})`;
    return `  ${FIELD_WORDS[person.field]}: ${q(person.address)}${mark}${name}`;
  };
  const isNew = (person: Person) => fresh.has(person.address);
  const order = [...meaning.people.filter(isNew), ...meaning.people.filter((person) => !isNew(person))];
  return order.length === 0 ? ["  Nobody is named."] : order.map(line);
}

function size(bytes: number | null): string {
  return bytes === null ? "size not known" : `${bytes} bytes`;
}

function part(head: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [head, ...lines];
}

export function questionText(question: Question): string {
  const { meaning } = question;
  const more = meaning.more > 0 ? [`  and ${meaning.more} more that are not listed`] : [];
  const title = meaning.title === "" ? [] : [`Title: ${q(meaning.title)}`];
  const thread = meaning.thread === null ? [] : [`In answer to: ${q(meaning.thread)}`];
  const place = meaning.place === null ? [] : [`To: ${q(meaning.place)}`];
  return [
    `${verbWords(question.verb)}, in ${q(meaning.account)} on ${q(question.origin)}`,
    ...people(meaning, new Set(question.newPeople)),
    ...part(
      "You are asked because",
      question.rules.map((rule) => `  ${q(rule.say)} [${q(rule.id)}]`),
    ),
    ...part(
      "Not read with certainty; this is the worst of it:",
      meaning.doubts.map((doubt) => `  ${q(doubt)}`),
    ),
    ...title,
    ...thread,
    ...place,
    ...(meaning.text === "" ? [] : ["Text (from the page):", quoteBlock(meaning.text, TEXT_LIMIT)]),
    ...(meaning.hidden === "" ? [] : ["Text that travels but is not seen:", quoteBlock(meaning.hidden, TEXT_LIMIT)]),
    ...part(
      "Links:",
      meaning.links.map((link) => `  ${q(link.host)}  ${q(link.href)}`),
    ),
    ...part(
      "Images loaded from elsewhere:",
      meaning.images.map((image) => `  ${q(image.host)}  ${q(image.src)}`),
    ),
    ...part(
      "Attachments:",
      meaning.attachments.map(
        (file) =>
          `  ${q(file.name)}, ${size(file.size)}, ${file.sha256 === null ? "content not seen" : `SHA-256 ${q(file.sha256)}`}`,
      ),
    ),
    ...part("Items:", [...meaning.items.map((item) => `  ${q(item.label)}  ${q(item.detail)}`), ...more]),
    ...part(
      "Changes:",
      meaning.changes.map(
        (change) =>
          `  ${q(change.label)}: ${change.before === null ? "not known" : q(change.before)} -> ${q(change.after)}`,
      ),
    ),
    `Acting: ${question.actor.kind}${question.actor.name === null ? "" : `, calls itself ${q(question.actor.name)}`}`,
    ...question.actor.evidence.map((evidence) => `  ${q(evidence.say)}`),
    ...(question.joined > 0 ? [`${question.joined} more requests, equal to this one, wait for the same answer.`] : []),
    ...(question.channelWhy === "" ? [] : [`The popup cannot approve this: ${q(question.channelWhy)}`]),
    `Digest ${question.digest.slice(0, 16)}, waits until ${q(question.until)}.`,
  ].join("\n");
}

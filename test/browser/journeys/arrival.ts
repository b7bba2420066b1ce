// Reads again, from the server, what an approved action did, and compares it with what the question had shown.
// Must never take a value from the question where the server has its own, and allow no difference but the line folding
// of text/plain (format=flowed, blanks at line ends) and of HTML (runs of white space).
import { parseFragment, type DefaultTreeAdapterTypes } from "parse5";
import type { Meaning, PersonField } from "../../../shared/meaning.ts";
import type { SunkMail } from "../../servers/sunk.ts";
import type { MailStack } from "../../servers/stack.ts";
import { VERBS, type VerbName } from "./verbs.ts";

type Pair = readonly [what: string, shown: unknown, arrived: unknown];

const people = (meaning: Meaning, ...fields: PersonField[]): string[] =>
  meaning.people.filter((person) => fields.includes(person.field)).map((person) => person.address);

const sorted = (list: readonly string[]): string[] => [...list].toSorted();
const unpadded = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .join("\n")
    .trimEnd();
const inOneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

/** The words a reader of an HTML part sees: text in order, nothing of scripts, styles and comments. */
export function visibleText(html: string): string {
  const words: string[] = [];
  const read = (node: DefaultTreeAdapterTypes.ChildNode): void => {
    if (node.nodeName === "#text" && "value" in node) words.push(node.value);
    else if ("childNodes" in node && !/^(script|style|title|template)$/.test(node.nodeName)) {
      const block = !/^(a|b|i|em|strong|span|u|font|img)$/.test(node.nodeName);
      if (block) words.push(" ");
      for (const child of node.childNodes) read(child);
      if (block) words.push(" ");
    }
  };
  for (const node of parseFragment(html).childNodes) read(node);
  return inOneLine(words.join(""));
}

function mailPairs(meaning: Meaning, mail: SunkMail): Pair[] {
  const text: Pair =
    mail.html === ""
      ? ["text", unpadded(meaning.text), unpadded(mail.text)]
      : ["visible text of the HTML part", inOneLine(meaning.text), visibleText(mail.html)];
  return [
    ["recipients", sorted(people(meaning, "to", "cc", "bcc")), sorted(mail.envelopeTo)],
    ["to", people(meaning, "to"), mail.to],
    ["cc", people(meaning, "cc"), mail.cc],
    ["reply-to", people(meaning, "replyTo"), mail.replyTo],
    ["account", meaning.account, mail.from],
    ["subject", meaning.title, mail.subject],
    text,
    [
      "attachments",
      sorted(meaning.attachments.map((file) => `${file.name} ${file.size} ${file.sha256}`)),
      sorted(mail.attachments.map((file) => `${file.name} ${file.size} ${file.sha256}`)),
    ],
    ["doubts", meaning.doubts, []],
  ];
}

async function pairsOf(verb: VerbName, meaning: Meaning, mark: string, stack: MailStack): Promise<Pair[]> {
  if (verb === "delete") {
    const trash = await stack.mailbox("alice", "Trash");
    const inbox = await stack.mailbox("alice", "INBOX");
    return [
      ["subjects", meaning.items.map((item) => item.label), trash.map((row) => row.subject)],
      [
        "senders",
        meaning.items.map((item) => /<([^>]+)>/.exec(item.detail)?.[1] ?? item.detail),
        trash.map((row) => /<([^>]+)>/.exec(row.from)?.[1]),
      ],
      ["how many more", meaning.more, 0],
      ["still in the inbox", false, inbox.some((row) => row.subject.includes(mark))],
      ["doubts", meaning.doubts, []],
    ];
  }
  if (verb === "filter") {
    const script = await stack.sieveScript("alice");
    return [
      ["name", meaning.title, /# rule:\[(.*)\]/.exec(script)?.[1]],
      [
        "redirected to",
        people(meaning, "forwardTo", "redirect"),
        [...script.matchAll(/redirect "([^"]+)"/g)].map((m) => m[1]),
      ],
      [
        "condition",
        true,
        script.includes("bob@example.test") && JSON.stringify(meaning.changes).includes("bob@example.test"),
      ],
      ["doubts", meaning.doubts, []],
    ];
  }
  const mails = stack.sink.messages().filter((mail) => mail.subject === VERBS[verb].draft);
  const mail = mails[0];
  if (!mail || mails.length !== 1) return [["mails", 1, mails.length]];
  const answers = mail.headers["in-reply-to"] !== undefined;
  return [
    ...mailPairs(meaning, mail),
    ["names its original", verb !== "send", answers],
    ["names what it answers", verb !== "send", meaning.thread !== null],
  ];
}

/** One sentence for each thing that is not as it was shown. */
export async function differences(verb: VerbName, meaning: Meaning, mark: string, stack: MailStack): Promise<string[]> {
  const pairs = await pairsOf(verb, meaning, mark, stack);
  return pairs
    .filter(([, shown, arrived]) => JSON.stringify(shown) !== JSON.stringify(arrived))
    .map(([what, shown, arrived]) => `${what}: shown ${JSON.stringify(shown)}, arrived ${JSON.stringify(arrived)}`);
}

// What stands behind the question: account, rule, evidence, what a yes would mean.
import type { Question } from "../../../shared/protocol.ts";
import { splitAddress } from "../address.ts";
import { keyed } from "../keyed.ts";
import { Address, Fact, Said } from "../parts.tsx";
import { MAILS, ifAllowed, siteName } from "../words.ts";

const ACTORS: Readonly<Record<Question["actor"]["kind"], string>> = {
  agent: "An agent.",
  "presumed person": "Probably you; nobody can prove that.",
  unknown: "Not known; treated as an agent.",
};

/** "ab12 cd34 ef56 7890": enough to compare with what the terminal shows. */
const fingerprint = (digest: string): string => digest.slice(0, 16).replaceAll(/(.{4})(?=.)/g, "$1 ");

/** Says what is not in it, so that its absence was looked for and not overlooked. */
function absent({ meaning }: Question): string {
  const none = [
    meaning.attachments.length === 0 ? "no files" : "",
    meaning.links.length === 0 ? "no links" : "",
    meaning.images.length === 0 ? "no outside pictures" : "",
    meaning.hidden === "" ? "no hidden text" : "",
  ].filter((words) => words !== "");
  const words = none.join(", ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function Details({ question }: { question: Question }) {
  const { meaning, actor } = question;
  const senders = meaning.people.filter((person) => person.field === "from");
  const mentioned = meaning.people.filter((person) => person.field === "mentioned");
  const mail = MAILS.has(meaning.verb);
  return (
    <section class="sec" aria-label="Details">
      <dl>
        {mail && absent(question) !== "" && <Fact name="Not in it">{absent(question)}</Fact>}
        {keyed(senders).map(({ key, item: person }) => (
          <Fact name="From" key={key}>
            <Address address={person.address} />
            {meaning.account.includes("@") && person.address.toLowerCase() !== meaning.account.toLowerCase() && (
              <span class="flagged-tag"> not the address of this account</span>
            )}
          </Fact>
        ))}
        {meaning.thread !== null && (
          <Fact name="Answers">
            <cite>
              <Said text={meaning.thread} />
            </cite>
          </Fact>
        )}
        {!mail && meaning.text === "" && meaning.title !== "" && (
          <Fact name="Name">
            <cite>
              <Said text={meaning.title} />
            </cite>
          </Fact>
        )}
        {meaning.place !== null && (
          <Fact name="Goes to">
            <Said text={meaning.place} />
          </Fact>
        )}
        {keyed(mentioned).map(({ key, item: person }) => (
          <Fact name="Names" key={key}>
            <Address address={person.address} />
          </Fact>
        ))}
        <Fact name="Account">
          <Said text={meaning.account} /> in {siteName(meaning.site)}
          {splitAddress(meaning.account).local !== "" && (
            <span class="quiet">
              {" "}
              at <Said text={question.origin.replace(/^https?:\/\//, "")} />
            </span>
          )}
        </Fact>
        <Fact name="Asked by">
          {question.rules.length === 0 ? (
            "No rule: what no rule allows is asked."
          ) : (
            <ul>
              {question.rules.map((rule) => (
                <li key={rule.id}>
                  Your rule “<Said text={rule.say} />”
                </li>
              ))}
            </ul>
          )}
        </Fact>
        <Fact name="Who acted">
          {ACTORS[actor.kind]}{" "}
          {keyed(actor.evidence).map(({ key, item: evidence }) => (
            <span key={key}>
              <Said text={evidence.say} />{" "}
            </span>
          ))}
        </Fact>
        {question.joined > 1 && (
          <Fact name="Repeated">
            The page asked {question.joined} times; this answer is for all of them, and at most one goes.
          </Fact>
        )}
        <Fact name="If you allow">{ifAllowed(meaning.verb)}</Fact>
        <Fact name="Fingerprint">
          <span class="num">{fingerprint(question.digest)}</span>
        </Fact>
      </dl>
    </section>
  );
}

// One entry in full: what was wanted, by whom, why it came out as it did, and where it stands in the record.
// Must never claim more than the record: "may have been sent" says what to look at.
import type { StoredRow } from "../../history-store.ts";
import { exactTime } from "../clock.ts";
import { Icon } from "../icons.tsx";
import { keyed } from "../keyed.ts";
import { Address, Fact, Said } from "../parts.tsx";
import { FIELD_WORDS, siteName, sizeWords, wants } from "../words.ts";
import "./entry.css";
import { happenings, howItWent, timeOf, verdictLine } from "./row-words.ts";

const UNSURE =
  "The connection was lost, or Countersign ended, between releasing it and hearing back. It was not tried again. Look into the account's Sent folder, or the place it was meant for, to know.";

type Decided = NonNullable<StoredRow["decided"]>;

function List({ items }: { items: readonly string[] }) {
  return (
    <ul>
      {keyed(items).map(({ key, item }) => (
        <li key={key}>
          <Said text={item} />
        </li>
      ))}
    </ul>
  );
}

function People({ decided }: { decided: Decided }) {
  const fresh = new Set(decided.newPeople.map((address) => address.toLowerCase()));
  const people = decided.summary.people.filter((person) => person.field !== "from");
  if (people.length === 0) return null;
  return (
    <Fact name="People">
      <ul>
        {keyed(people).map(({ key, item: person }) => (
          <li key={key}>
            <span class="quiet">{FIELD_WORDS[person.field]}</span> <Address address={person.address} />
            {fresh.has(person.address.toLowerCase()) && <span class="fresh">new to you then</span>}
          </li>
        ))}
      </ul>
    </Fact>
  );
}

function What({ decided: { summary } }: { decided: Decided }) {
  return (
    <>
      {summary.doubts.length > 0 && (
        <Fact name="Doubts">
          <List items={summary.doubts} />
        </Fact>
      )}
      {summary.changes.length > 0 && (
        <Fact name="Changes">
          <List items={summary.changes} />
        </Fact>
      )}
      {summary.count > 0 && (
        <Fact name="About">
          <List items={summary.items} />
          {summary.count > summary.items.length && (
            <span class="quiet">and {summary.count - summary.items.length} more</span>
          )}
        </Fact>
      )}
      {summary.place !== null && (
        <Fact name="Goes to">
          <Said text={summary.place} />
        </Fact>
      )}
      {summary.attachments.length > 0 && (
        <Fact name="Files">
          <List
            items={summary.attachments.map(
              (file) => `${file.name}, ${sizeWords(file.size)}${file.sha256 === null ? ", content not seen" : ""}`,
            )}
          />
        </Fact>
      )}
      {summary.links.length > 0 && (
        <Fact name="Links">
          <List items={summary.links} />
        </Fact>
      )}
      {summary.text !== null && (
        <Fact name="Text">
          <blockquote class="quote kept">
            <Said text={summary.text} mode="text" />
          </blockquote>
        </Fact>
      )}
    </>
  );
}

export function Entry({ row, onClose }: { row: StoredRow; onClose: () => void }) {
  const { decided } = row;
  const how = howItWent(row);
  if (!decided) return null;
  const { summary, actor, rules } = decided;
  return (
    <article class="entry" aria-label="Opened entry">
      <p class={`verdict is-${how.tone}`}>
        <Icon name={how.icon} />
        {verdictLine(row)}
        <button type="button" class="linkish" onClick={onClose}>
          Close
        </button>
      </p>
      <h2>
        {actor.kind === "agent"
          ? "An agent"
          : actor.kind === "unknown"
            ? "Somebody, perhaps an agent,"
            : "Somebody, presumably you,"}{" "}
        wanted to {wants(summary.verb)}
        {summary.title !== "" && (
          <>
            {": "}
            <cite>
              <Said text={summary.title} />
            </cite>
          </>
        )}
      </h2>
      {row.state === "may have been sent" && <p class="quote unsure">{UNSURE}</p>}
      <ol class="chain">
        {happenings(row).map((each) => (
          <li key={each.at + each.words}>
            <time class="num">{timeOf(each)}</time>
            <Said text={each.words} />
          </li>
        ))}
      </ol>
      <dl>
        <People decided={decided} />
        <What decided={decided} />
        {decided.because !== null && decided.because !== "" && (
          <Fact name="Because">
            <Said text={decided.because} />
          </Fact>
        )}
        <Fact name={rules.length === 1 ? "Rule" : "Rules"}>
          {rules.length === 0 ? "No rule spoke." : <List items={rules.map((rule) => `“${rule.say}”`)} />}
        </Fact>
        <Fact name="Who acted">
          {actor.name !== null && <Said text={`${actor.name}. `} />}
          <Said text={actor.evidence.join(" ")} />
        </Fact>
        <Fact name="Where">
          <Said text={summary.account} /> in {siteName(summary.site)}, <Said text={decided.origin} />
          <span class="quiet">
            {" "}
            (<Said text={decided.browser} />)
          </span>
        </Fact>
        {summary.text === null && <Fact name="Text">Not kept; only its fingerprint.</Fact>}
        <Fact name="On record">
          Entry <span class="num">{row.seq.toLocaleString("en")}</span>, {exactTime(row.at)}
          <br />
          <span class="num digest">{decided.digest}</span>
        </Fact>
      </dl>
    </article>
  );
}

// What would travel or change, whole: text, hidden text, links, pictures, files, items, settings.
// Must never leave out a part of the meaning, nor render any of it as markup.
import type { Meaning } from "../../../shared/meaning.ts";
import type { Question } from "../../../shared/protocol.ts";
import { Icon } from "../icons.tsx";
import { keyed } from "../keyed.ts";
import { Said } from "../parts.tsx";
import { MAILS, plural, sizeWords } from "../words.ts";

/** Verbs whose text nobody wrote as a message. */
const RAW: ReadonlySet<Meaning["verb"]> = new Set(["site.unknown", "mail.set-filter", "mail.change-settings"]);

function writer(verb: Meaning["verb"], actor: Question["actor"]): string {
  if (RAW.has(verb)) return "As the request carries it";
  return actor.kind === "agent" ? "Written by the agent" : "Written in the page; by whom is not certain";
}

function Host({ host, url }: { host: string; url: string }) {
  return (
    <>
      <span>
        <b>
          <Said text={host === "" ? "no host" : host} />
        </b>
      </span>
      <small>
        <Said text={url} />
      </small>
    </>
  );
}

function Text({ meaning, actor }: { meaning: Meaning; actor: Question["actor"] }) {
  const empty = meaning.text === "" && !MAILS.has(meaning.verb);
  if (empty && meaning.hidden === "") return null;
  return (
    <section class="sec" aria-labelledby="text">
      <h2 class="label" id="text">
        {RAW.has(meaning.verb) ? "The whole request" : "The whole message"}
      </h2>
      {!empty && (
        <blockquote class="quote">
          <p class="from">{writer(meaning.verb, actor)}</p>
          {meaning.title !== "" && (
            <p class="subject">
              <Said text={meaning.title} />
            </p>
          )}
          <p class="body">
            {meaning.text === "" ? <i class="quiet">No text</i> : <Said text={meaning.text} mode="text" />}
          </p>
        </blockquote>
      )}
      {meaning.hidden !== "" && (
        <blockquote class="quote flagged">
          <p class="from">Hidden: this travels too, and the reader would not see it</p>
          <p class="body">
            <Said text={meaning.hidden} mode="text" />
          </p>
        </blockquote>
      )}
    </section>
  );
}

function Files({ meaning }: { meaning: Meaning }) {
  if (meaning.attachments.length === 0) return null;
  return (
    <section class="sec" aria-labelledby="files">
      <h2 class="label" id="files">
        {plural(meaning.attachments.length, "file")} attached
      </h2>
      <ul class="things">
        {keyed(meaning.attachments).map(({ key, item: file }) => (
          <li key={key}>
            <Icon name="file" size={16} />
            <span>
              <b>
                <Said text={file.name} />
              </b>
              , {sizeWords(file.size)}
            </span>
            {file.sha256 === null ? (
              <small class="flagged-tag">Content not seen: Countersign cannot say what is in it</small>
            ) : (
              <small>content seen, fingerprint {file.sha256.slice(0, 12)}</small>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Addresses({ meaning }: { meaning: Meaning }) {
  return (
    <>
      {meaning.links.length > 0 && (
        <section class="sec" aria-labelledby="links">
          <h2 class="label" id="links">
            {plural(meaning.links.length, "link")}, where they really lead
          </h2>
          <ul class="things">
            {keyed(meaning.links).map(({ key, item: link }) => (
              <li key={key}>
                <Icon name="link" size={16} />
                <Host host={link.host} url={link.href} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {meaning.images.length > 0 && (
        <section class="sec" aria-labelledby="images">
          <h2 class="label" id="images">
            {plural(meaning.images.length, "picture")} fetched from elsewhere when the mail is read
          </h2>
          <ul class="things">
            {keyed(meaning.images).map(({ key, item: image }) => (
              <li key={key}>
                <Icon name="eye" size={16} />
                <Host host={image.host} url={image.src} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Items({ meaning }: { meaning: Meaning }) {
  const count = meaning.items.length + meaning.more;
  if (count === 0) return null;
  return (
    <section class="sec" aria-labelledby="items">
      <h2 class="label" id="items">
        {count === 1 ? "This one" : `All ${count.toLocaleString("en")}`}
      </h2>
      <ul class="things items quote">
        {keyed(meaning.items).map(({ key, item }) => (
          <li key={key}>
            <span>
              <Said text={item.label === "" ? "no subject" : item.label} />
            </span>
            {item.detail !== "" && (
              <small>
                <Said text={item.detail} />
              </small>
            )}
          </li>
        ))}
        {meaning.more > 0 && (
          <li class="flagged-tag">and {meaning.more.toLocaleString("en")} more that are not named here</li>
        )}
      </ul>
    </section>
  );
}

function Changes({ meaning }: { meaning: Meaning }) {
  if (meaning.changes.length === 0) return null;
  return (
    <section class="sec" aria-labelledby="changes">
      <h2 class="label" id="changes">
        What would change
      </h2>
      <ul>
        {keyed(meaning.changes).map(({ key, item: change }) => (
          <li class="change" key={key}>
            <b>
              <Said text={change.label} />
            </b>
            <del>
              <span>now</span>
              {change.before === null ? <span>not known</span> : <Value text={change.before} />}
            </del>
            <ins>
              <span>then</span>
              <Value text={change.after} />
            </ins>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Value({ text }: { text: string }) {
  return <span class="body">{text === "" ? <i>nothing</i> : <Said text={text} mode="text" />}</span>;
}

export function Message({ question }: { question: Question }) {
  const { meaning, actor } = question;
  return (
    <>
      <Changes meaning={meaning} />
      <Items meaning={meaning} />
      <Text meaning={meaning} actor={actor} />
      <Files meaning={meaning} />
      <Addresses meaning={meaning} />
    </>
  );
}

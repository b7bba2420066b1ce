// Who would receive it: new people first, in the one warm band, each address in full.
// Must never fold a person away, nor put a name before an address.
import type { Person } from "../../../shared/meaning.ts";
import { addressFlags, splitAddress } from "../address.ts";
import { Icon } from "../icons.tsx";
import { keyed } from "../keyed.ts";
import { Address, Said } from "../parts.tsx";
import { FIELD_WORDS } from "../words.ts";

function PersonRow({ person, known }: { person: Person; known: readonly string[] }) {
  const field = FIELD_WORDS[person.field];
  return (
    <li class={field.length > 4 ? "person wide" : "person"}>
      <span class="field">{field}</span>
      <Address address={person.address} />
      {person.name !== "" && (
        <span class="note">
          the page calls it “<Said text={person.name} />”
        </span>
      )}
      {addressFlags(person.address, person.name, known).map((flag) => (
        <span class="flag" key={flag}>
          <Icon name="odd" size={16} />
          <span>{flag}</span>
        </span>
      ))}
    </li>
  );
}

/** Domains the person already deals with: those of known people and of the account. */
function familiar(known: readonly Person[], account: string): string[] {
  const domains = [...known.map((person) => person.address), account]
    .filter((address) => address.includes("@"))
    .map((address) => splitAddress(address).domain);
  return [...new Set(domains)];
}

/** "You never wrote to these, all outside acme.example" */
const title = (fresh: readonly Person[], account: string): string => {
  const home = splitAddress(account).domain.toLowerCase();
  const outside = fresh.every((person) => splitAddress(person.address).domain.toLowerCase() !== home);
  const [them, all] = fresh.length > 1 ? ["these", "all "] : ["this address", ""];
  return `You never wrote to ${them}${account.includes("@") && outside ? `, ${all}outside ${home}` : ""}`;
};

export function People({
  fresh,
  known,
  account,
}: {
  fresh: readonly Person[];
  known: readonly Person[];
  account: string;
}) {
  const domains = familiar(known, account);
  return (
    <>
      {fresh.length > 0 && (
        <section class="band" aria-labelledby="fresh">
          <h2 class="label" id="fresh">
            {title(fresh, account)}
          </h2>
          <ul>
            {keyed(fresh).map(({ key, item: person }) => (
              <PersonRow key={key} person={person} known={domains} />
            ))}
          </ul>
        </section>
      )}
      {known.length > 0 && (
        <section class="known" aria-labelledby="known">
          <h2 class="label" id="known">
            {fresh.length > 0 ? "Also" : "You have written to"}{" "}
            {fresh.length > 0 && <span class="quiet">(you have written to them before)</span>}
          </h2>
          <ul>
            {keyed(known).map(({ key, item: person }) => (
              <PersonRow key={key} person={person} known={domains} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

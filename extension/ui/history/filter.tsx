// Narrows the history down: words, a person, how it came out, what was wanted.
import { VERBS, type Verb } from "../../../shared/action.ts";
import { ROW_STATES, type Row, type RowState } from "../../../shared/audit.ts";
import { Icon } from "../icons.tsx";
import { sentence, STATE_WORDS, wants } from "../words.ts";

export interface Wanted {
  readonly text: string;
  readonly person: string;
  readonly verb: Verb | "";
  readonly state: RowState | "";
  readonly kind: Row["kind"] | "";
  /** Hour of today, from the timeline. */
  readonly hour: number | null;
}
export const EVERYTHING: Wanted = { text: "", person: "", verb: "", state: "", kind: "", hour: null };

const KINDS: readonly (readonly [Row["kind"], string])[] = [
  ["gap", "gaps of the guard"],
  ["incident", "incidents"],
  ["guard", "the guard itself"],
  ["profile", "changes of the profile"],
];

/** Verbs a person looks for; what runs a site by itself is not among them. */
const LISTED = VERBS.filter((verb) => !verb.startsWith("site.") || verb === "site.unknown");

interface Props {
  readonly wanted: Wanted;
  readonly onChange: (wanted: Wanted) => void;
}

export function Filter({ wanted, onChange }: Props) {
  const chosen = wanted.kind === "" ? wanted.state : `kind:${wanted.kind}`;
  const choose = (value: string) => {
    const kind = KINDS.find(([name]) => `kind:${name}` === value)?.[0] ?? "";
    const state = ROW_STATES.find((name) => name === value) ?? "";
    onChange({ ...wanted, kind, state });
  };
  const narrowed = JSON.stringify(wanted) !== JSON.stringify(EVERYTHING);
  return (
    <search class="find">
      <label class="words">
        <span class="label">Words</span>
        <Icon name="find" />
        <input
          type="search"
          value={wanted.text}
          placeholder="subject, reason, place"
          onInput={(event) => onChange({ ...wanted, text: event.currentTarget.value })}
        />
      </label>
      <label>
        <span class="label">Person</span>
        <input
          type="search"
          value={wanted.person}
          placeholder="address begins with"
          onInput={(event) => onChange({ ...wanted, person: event.currentTarget.value })}
        />
      </label>
      <label>
        <span class="label">How it came out</span>
        <select value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
          <option value="">all</option>
          {ROW_STATES.map((state) => (
            <option key={state} value={state}>
              {STATE_WORDS[state].words}
            </option>
          ))}
          {KINDS.map(([kind, words]) => (
            <option key={kind} value={`kind:${kind}`}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="label">What was wanted</span>
        <select
          value={wanted.verb}
          onChange={(event) => {
            const { value } = event.currentTarget;
            onChange({ ...wanted, verb: LISTED.find((verb) => verb === value) ?? "" });
          }}
        >
          <option value="">anything</option>
          {LISTED.map((verb) => (
            <option key={verb} value={verb}>
              {sentence(wants(verb))}
            </option>
          ))}
        </select>
      </label>
      {narrowed && (
        <button type="button" class="linkish" onClick={() => onChange(EVERYTHING)}>
          Show everything
        </button>
      )}
    </search>
  );
}

// The rows, newest first, under their days. A gap is a row, not a footnote.
import type { ComponentChildren } from "preact";
import type { StoredRow } from "../../history-store.ts";
import { clockTime, dayName } from "../clock.ts";
import { Icon } from "../icons.tsx";
import { Address, Said } from "../parts.tsx";
import { rowTitle } from "../words.ts";
import { howItWent, mattersMost, runs, toWhom } from "./row-words.ts";

const GUARD_WORDS: Readonly<Record<StoredRow["kind"], string>> = {
  action: "",
  gap: "The guard was away.",
  incident: "Incident.",
  guard: "The guard.",
  profile: "The profile.",
};

function GuardRow({ row }: { row: StoredRow }) {
  const odd = row.kind === "gap" || row.kind === "incident";
  return (
    <div class={odd ? "gap" : "gap calm"}>
      <time class="num" dateTime={row.at}>
        {clockTime(row.at)}
      </time>
      <Icon
        name={row.kind === "incident" ? "stop" : odd ? "odd" : "rule"}
        tone={row.kind === "incident" ? "stop" : odd ? "odd" : "rule"}
      />
      <span>
        <b>{GUARD_WORDS[row.kind]}</b> <Said text={row.words} />
        {row.kind === "gap" && " Countersign cannot say what agents did in that time."}
      </span>
    </div>
  );
}

function ActionRow({ row, open, onOpen }: { row: StoredRow; open: boolean; onOpen: () => void }) {
  const { decided } = row;
  const how = howItWent(row);
  const matter = mattersMost(row);
  const whom = toWhom(row);
  return (
    <button type="button" class="row" aria-expanded={open} onClick={onOpen}>
      <time class="num" dateTime={row.at}>
        {clockTime(row.at)}
      </time>
      <Icon name={how.icon} tone={how.tone} />
      <span class="what">
        <b>{decided ? rowTitle(decided.summary.verb, row.state) : "An action"}</b>
        {decided !== null && decided.summary.title !== "" && (
          <>
            {" "}
            <cite>
              <Said text={decided.summary.title} />
            </cite>
          </>
        )}
        {whom && (
          <>
            {" to "}
            <Address address={whom.first} />
            {whom.rest}
          </>
        )}
        {matter && (
          <span class={matter.hot ? "sub hot" : "sub"}>
            <Said text={matter.words} />
          </span>
        )}
      </span>
      <span class={`how is-${how.tone}`}>{how.words}</span>
    </button>
  );
}

interface Props {
  readonly rows: readonly StoredRow[];
  readonly opened: string;
  readonly now: number;
  readonly onOpen: (id: string) => void;
  /** The opened entry, where there is no room beside the list. */
  readonly inline: ComponentChildren;
}

function Item({ row, opened, onOpen, inline }: Pick<Props, "opened" | "onOpen" | "inline"> & { row: StoredRow }) {
  return (
    <li>
      {row.kind === "action" ? (
        <ActionRow row={row} open={row.id === opened} onOpen={() => onOpen(row.id === opened ? "" : row.id)} />
      ) : (
        <GuardRow row={row} />
      )}
      {row.id === opened && inline}
    </li>
  );
}

/** Many alike, let through by rule: one line, newest first when opened. */
function Run({ rows, ...rest }: Props) {
  const [first] = rows;
  const last = rows.at(-1);
  if (!first?.decided || !last) return null;
  return (
    <li>
      <details class="run">
        <summary class="row">
          <time class="num" dateTime={first.at}>
            {clockTime(first.at)}
          </time>
          <Icon name="rule" tone="rule" />
          <span class="what">
            <b>{rowTitle(first.decided.summary.verb, first.state)}</b>, {rows.length} times since {clockTime(last.at)}
          </span>
          <span class="how is-rule">let through by rule</span>
        </summary>
        <ol>
          {rows.map((row) => (
            <Item key={row.id} row={row} opened={rest.opened} onOpen={rest.onOpen} inline={rest.inline} />
          ))}
        </ol>
      </details>
    </li>
  );
}

export function List(props: Props) {
  const days: { readonly name: string; readonly rows: StoredRow[] }[] = [];
  for (const row of props.rows) {
    const name = dayName(row.at, props.now);
    const last = days.at(-1);
    if (last?.name === name) last.rows.push(row);
    else days.push({ name, rows: [row] });
  }
  return (
    <>
      {days.map((day) => (
        <section key={day.name} aria-label={day.name}>
          <h2 class="day">
            <b>{day.name}</b>
          </h2>
          <ol>
            {runs(day.rows).map((run) => {
              const [row] = run;
              if (!row) return null;
              // Named by its oldest row: newer ones join it without closing it.
              if (run.length > 1) return <Run key={`run ${run.at(-1)?.id}`} {...props} rows={run} />;
              return <Item key={row.id} row={row} opened={props.opened} onOpen={props.onOpen} inline={props.inline} />;
            })}
          </ol>
        </section>
      ))}
    </>
  );
}

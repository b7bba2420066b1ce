// The history page: what agents did, newest first, with gaps. Reads the tables the background writes.
// Must never change a record; it asks the background only to fetch what is missing.
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ask, useGuard, useNow } from "../guard.ts";
import { linkWords } from "../link-words.ts";
import "../style.css";
import "../pages.css";
import "./history.css";
import { TopBar } from "../top-bar.tsx";
import { plural } from "../words.ts";
import { Entry } from "./entry.tsx";
import { EVERYTHING, Filter, type Wanted } from "./filter.tsx";
import { List } from "./list.tsx";
import { byHour, tally, type Tally } from "./row-words.ts";
import { useRows } from "./rows.ts";
import { Timeline } from "./timeline.tsx";

const WIDE = "(min-width: 960px)";

function useWide(): boolean {
  const [wide, setWide] = useState(() => matchMedia(WIDE).matches);
  useEffect(() => {
    const query = matchMedia(WIDE);
    const heard = () => setWide(query.matches);
    query.addEventListener("change", heard);
    return () => query.removeEventListener("change", heard);
  }, []);
  return wide;
}

function Count({ n, words }: { n: number; words: string }) {
  return (
    <>
      <b class="num">{n.toLocaleString("en")}</b> {words}
    </>
  );
}

function Counts({ counts }: { counts: Tally }) {
  if (counts.all === 0) return <p>Nothing yet today.</p>;
  return (
    <p>
      <Count n={counts.all} words={counts.all === 1 ? "action" : "actions"} />:{" "}
      <Count n={counts.rule} words="let through by your rules" />, <Count n={counts.approved} words="approved by you" />
      , <Count n={counts.stopped} words="stopped" />
      {counts.waiting > 0 && (
        <>
          , <Count n={counts.waiting} words="waiting" />
        </>
      )}
      .{counts.gaps > 0 && ` ${plural(counts.gaps, "gap")}.`}
      {counts.incidents > 0 && <b class="is-stop"> {plural(counts.incidents, "incident")}.</b>}
    </p>
  );
}

function HistoryPage() {
  const guard = useGuard();
  const [wanted, setWanted] = useState<Wanted>(EVERYTHING);
  const [pages, setPages] = useState(1);
  const [opened, setOpened] = useState("");
  const found = useRows(wanted, pages);
  const wide = useWide();
  const now = useNow(60_000);
  const connected = guard?.link.state === "connected";
  useEffect(() => {
    if (connected) void ask({ name: "syncHistory" });
  }, [connected]);

  const change = (next: Wanted) => {
    setWanted(next);
    setPages(1);
  };
  const row = found?.rows.find((each) => each.id === opened);
  const entry = row && <Entry row={row} onClose={() => setOpened("")} />;
  const narrowed = wanted !== EVERYTHING && JSON.stringify(wanted) !== JSON.stringify(EVERYTHING);
  const link = guard && linkWords(guard);
  const bars = byHour(found?.today ?? []);
  return (
    <div class="page">
      <TopBar page="history" guard={guard} />
      <main class="wide">
        <header class="lead">
          <h1>What agents did today</h1>
          {found && <Counts counts={tally(found.today)} />}
          {link && link.tone !== "yes" && (
            <p class={`is-${link.tone} linkline`}>{link.say} What is listed here is what this browser heard before.</p>
          )}
        </header>
        {bars.length > 1 && (
          <Timeline bars={bars} picked={wanted.hour} onPick={(hour) => change({ ...wanted, hour })} />
        )}
        <Filter wanted={wanted} onChange={change} />
        <section class="entries" aria-label="Entries">
          {found && found.rows.length > 0 && (
            <List rows={found.rows} opened={opened} now={now} onOpen={setOpened} inline={wide ? null : entry} />
          )}
          {found && found.rows.length === 0 && (
            <div class="empty">
              <h2>{narrowed ? "Nothing fits" : "Nothing on record yet"}</h2>
              <p>
                {narrowed
                  ? "No entry has all of this. Take something away, or show everything."
                  : "As soon as an agent reads, writes or tries to send on a site you guard, it stands here, with what came of it."}
              </p>
            </div>
          )}
          {found?.more && (
            <button type="button" class="pill older" onClick={() => setPages(pages + 1)}>
              Show older
            </button>
          )}
          {!found && <output>Reading the record…</output>}
        </section>
        {wide && <aside>{entry ?? <p class="pick">Pick an entry to see all of it.</p>}</aside>}
      </main>
    </div>
  );
}

const root = document.getElementById("page");
if (root) render(<HistoryPage />, root);

// One waiting question, from what is new to what stands behind it.
// Must never show a part of the finding later than the text it is about.
import { useEffect, useRef } from "preact/hooks";
import type { Question } from "../../../shared/protocol.ts";
import { countdown, leftMs, share } from "../clock.ts";
import { useNow } from "../guard.ts";
import { audience, headline } from "../headline.ts";
import { Icon } from "../icons.tsx";
import { keyed } from "../keyed.ts";
import { Finding, Said, Scroller } from "../parts.tsx";
import { wants } from "../words.ts";
import "./asked.css";
import { Answer } from "./answer.tsx";
import { Details } from "./details.tsx";
import { Message } from "./message.tsx";
import { People } from "./people.tsx";

interface Props {
  readonly questions: readonly Question[];
  readonly at: number;
  readonly skewMs: number;
  readonly debugging: string;
  readonly hint: string;
  readonly onGo: (step: 1 | -1) => void;
  readonly onAnswered: (words: string) => void;
}

function Who({ question: { actor, verb } }: { question: Question }) {
  return (
    <p class="who">
      <Icon name={actor.kind === "agent" ? "agent" : "odd"} size={16} />
      <span>
        <b>
          {actor.kind === "agent" && (actor.name === null ? "An agent" : <Said text={actor.name} />)}
          {actor.kind === "presumed person" && "Somebody, presumably you,"}
          {actor.kind === "unknown" && "Somebody, perhaps an agent,"}
        </b>{" "}
        wants to {wants(verb)}
      </span>
    </p>
  );
}

function Bar({ questions, at, left, onGo }: Pick<Props, "questions" | "at" | "onGo"> & { left: number }) {
  const question = questions[at];
  const hurry = left < 20_000 ? "hurry" : "";
  return (
    <header class="bar">
      <b>Held</b>
      <span class="num">{questions.length === 1 ? "1 waiting" : `${at + 1} of ${questions.length} waiting`}</span>
      {questions.length > 1 && (
        <nav aria-label="Waiting requests">
          <button type="button" aria-label="Previous" onClick={() => onGo(-1)}>
            <Icon name="left" size={16} />
          </button>
          <button type="button" aria-label="Next" onClick={() => onGo(1)}>
            <Icon name="right" size={16} />
          </button>
        </nav>
      )}
      <span role="timer" class={`num ${hurry}`}>
        {left > 0 ? `refused in ${countdown(left)}` : "time is up"}
      </span>
      <span class={`hairline ${hurry}`} aria-hidden="true">
        <i style={{ transform: `scaleX(${share(left, question?.askedAt ?? "", question?.until ?? "")})` }} />
      </span>
    </header>
  );
}

export function Asked(props: Props) {
  const { questions, at } = props;
  const question = questions[at];
  const now = useNow(500);
  const topRef = useRef<HTMLHeadingElement>(null);
  const id = question?.approvalId;
  useEffect(() => {
    // Away from the buttons, so that a key still being pressed answers nothing.
    topRef.current?.focus({ preventScroll: true });
  }, [id]);
  if (!question) return null;
  const { fresh, known } = audience(question);
  const left = leftMs(question.until, props.skewMs, now);
  const raised =
    question.channel === "terminal"
      ? question.channelWhy || props.debugging || "A yes does not count here."
      : props.debugging;
  return (
    <main class="popup">
      <Bar questions={questions} at={at} left={left} onGo={props.onGo} />
      <Scroller class="read" name="What is asked" top={question.approvalId}>
        <Who question={question} />
        <h1 ref={topRef} tabIndex={-1}>
          <Finding bits={headline(question)} />
        </h1>
        {question.meaning.doubts.length > 0 && (
          <section class="band doubt" aria-labelledby="doubts">
            <h2 class="label" id="doubts">
              Cannot be read with certainty; the worst reading is shown
            </h2>
            <ul>
              {keyed(question.meaning.doubts).map(({ key, item: doubt }) => (
                <li key={key}>
                  <Said text={doubt} />
                </li>
              ))}
            </ul>
          </section>
        )}
        <People fresh={fresh} known={known} account={question.meaning.account} />
        <Message question={question} />
        <Details question={question} />
      </Scroller>
      <Answer
        question={question}
        waiting={questions.map((each) => each.approvalId)}
        raised={raised}
        over={left === 0}
        hint={props.hint}
        onAnswered={props.onAnswered}
      />
    </main>
  );
}

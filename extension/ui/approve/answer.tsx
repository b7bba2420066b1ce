// The fixed foot of the popup: Refuse, the narrowest yes, Refuse all. The buttons never move and count only when armed.
// Must never offer a yes where it would not count, nor one for more than is shown.
import { useState } from "preact/hooks";
import type { Question } from "../../../shared/protocol.ts";
import { useArmed, usePress } from "../arm.ts";
import { ask } from "../guard.ts";
import { Icon } from "../icons.tsx";
import { refuseSub, yesWords } from "../words.ts";
import { shownKey, useShownDigest } from "./shown.ts";

interface Props {
  readonly question: Question;
  /** Ids of all that waits; "Refuse all" is for exactly these. */
  readonly waiting: readonly string[];
  /** Why a yes does not count in this browser; "" when it does. */
  readonly raised: string;
  readonly over: boolean;
  /** What became of the last answer, or a hint. */
  readonly hint: string;
  readonly onAnswered: (words: string) => void;
}

export function Answer({ question, waiting, raised, over, hint, onAnswered }: Props) {
  const [busy, setBusy] = useState("");
  const [trouble, setTrouble] = useState("");
  const shown = useShownDigest(question);
  const key = shownKey(question) + raised;
  const armed = useArmed(key) && busy !== question.approvalId && !over;
  const allArmed = useArmed(key + waiting.join(" ")) && busy === "" && !over;
  const mayYes = raised === "" && shown.state === "same";

  const send = async (how: "approve" | "refuse") => {
    // A no is for the question whatever it shows; a yes is only for the digest of what is on the screen.
    const digest = how === "approve" && shown.state === "same" ? shown.digest : question.digest;
    setBusy(question.approvalId);
    setTrouble("");
    const reply = await ask({ name: "answer", approvalId: question.approvalId, answer: how, digest });
    setBusy("");
    if (!reply.ok) setTrouble(reply.say);
    else onAnswered(how === "approve" ? "Allowed, this once." : `Refused: ${refuseSub(question.verb)}.`);
  };
  const refuseAll = async () => {
    setTrouble("");
    const reply = await ask({ name: "refuseAll" });
    if (!reply.ok) setTrouble(reply.say);
    else onAnswered(`Refused all ${waiting.length}.`);
  };

  const refuse = usePress(armed, () => void send("refuse"));
  const yes = usePress(armed && mayYes, () => void send("approve"));
  const all = usePress(allArmed, () => void refuseAll());
  const words = yesWords(question.meaning);
  return (
    <footer class="answer">
      {raised !== "" && (
        <p class="why-not">
          <Icon name="key" />
          <span>{raised}</span>
        </p>
      )}
      {shown.state === "differs" && (
        <p class="why-not is-stop" role="alert">
          <Icon name="odd" />
          <span>What is shown here is not what the companion asks about. You can only refuse.</span>
        </p>
      )}
      {trouble !== "" && (
        <p class="trouble" role="alert">
          {trouble}
        </p>
      )}
      <div class="two">
        <button type="button" class="btn" aria-disabled={!armed} {...refuse}>
          Refuse
          <small>{refuseSub(question.verb)}</small>
        </button>
        {raised !== "" ? (
          <p class="elsewhere">
            Say yes in the terminal:
            <b>countersign approve</b>
          </p>
        ) : shown.state === "differs" ? (
          <p class="elsewhere">
            <b>No yes here</b>
            refuse, and try again
          </p>
        ) : (
          <button type="button" class="btn main" aria-disabled={!(armed && mayYes)} {...yes}>
            {words.main}
            <small>{words.sub}</small>
          </button>
        )}
      </div>
      <div class="more">
        <output>{over ? "Time is up: refused, this once." : hint}</output>
        {waiting.length > 1 && (
          <button type="button" class="linkish" aria-disabled={!allArmed} {...all}>
            Refuse all {waiting.length}
          </button>
        )}
      </div>
    </footer>
  );
}

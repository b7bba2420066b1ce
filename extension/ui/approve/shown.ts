// What is on the screen, as one string and as the digest that an answer carries.
// Must never take the digest that came with a question for the digest of what is shown.
import { useEffect, useMemo, useState } from "preact/hooks";
import { canonicalMeaning, meaningDigest } from "../../../shared/meaning.ts";
import type { Question } from "../../../shared/protocol.ts";

/** Everything shown of a question except its deadline, which runs by itself. */
export const shownKey = (question: Question): string => JSON.stringify({ ...question, until: "" });

/** pending: not computed yet; differs: what is shown is not what the companion asks about, so no yes. */
export type ShownDigest =
  | { readonly state: "pending" | "differs" }
  | { readonly state: "same"; readonly digest: string };

function canonical(meaning: Question["meaning"]): string | null {
  try {
    return canonicalMeaning(meaning);
  } catch {
    return null;
  }
}

/** The page's own digest over the meaning it displays. */
export function useShownDigest(question: Question): ShownDigest {
  const { meaning } = question;
  const text = useMemo(() => canonical(meaning), [meaning]);
  const [own, setOwn] = useState<{ readonly text: string; readonly digest: string } | null>(null);
  useEffect(() => {
    if (text === null) return undefined;
    let current = true;
    const settle = async () => {
      const digest = await meaningDigest(meaning);
      if (current) setOwn({ text, digest });
    };
    void settle();
    return () => {
      current = false;
    };
  }, [text, meaning]);
  if (text === null) return { state: "differs" };
  if (own === null || own.text !== text) return { state: "pending" };
  return own.digest === question.digest ? { state: "same", digest: own.digest } : { state: "differs" };
}

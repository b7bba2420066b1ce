// How deep the brackets of a rule text go, found without parsing it.
// A first net that gives a clear line number; must never be the only one: text that hides brackets from it ends in the
// thread of profile-reader.ts, which may die of it.

export interface Nesting {
  readonly depth: number;
  /** Line of the deepest place, from 1. */
  readonly line: number;
}

/** Brackets outside comments; those inside strings are not counted unless the string does not end on its line. */
export function deepestNesting(text: string): Nesting {
  let deepest: Nesting = { depth: 0, line: 1 };
  let depth = 0;
  for (const [index, line] of text.split("\n").entries()) {
    const bare = line.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').replace(/\/\/.*$/, "");
    for (const sign of bare) {
      if ("([{".includes(sign)) depth += 1;
      if (")]}".includes(sign)) depth = Math.max(0, depth - 1);
      if (depth > deepest.depth) deepest = { depth, line: index + 1 };
    }
  }
  return deepest;
}

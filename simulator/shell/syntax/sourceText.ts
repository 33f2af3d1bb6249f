// A text that is being read: which line a place in it is, and what was noticed on the way.
// Not here: reading it (parse.ts).

import type { Parsed } from "./syntax.ts";
import type { ScriptNode } from "./tree.ts";

/** What lowering needs to know of the text it reads. */
export type SourceText = {
  readonly text: string;
  lineAt(position: number): number;
  /** Offsets and words of faults that the parser did not see. */
  readonly faults: {
    readonly position: number;
    readonly token: string;
    readonly nested?: boolean;
    readonly message?: string;
  }[];
  /** Where extended patterns stand in words. */
  readonly extended: number[];
  /** Where `[[` stand. */
  readonly tests: number[];
  readonly warnings: { readonly line: number; readonly text: string }[];
  /** True when a here-document lacks its end. */
  openDocument: boolean;
  /** The commands of a substitution, whose tree the parser has made with its surroundings. */
  script(script: ScriptNode): Parsed;
  /** The commands of a text of its own. */
  parse(text: string, line: number): Parsed;
};

/** Where lines begin in a text; the answer to `lineAt` when the first line is `line`. */
export function lineFinder(text: string, line: number): (position: number) => number {
  let starts: number[] | undefined;
  return (position) => {
    starts ??= lineStarts(text);
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= position) low = middle;
      else high = middle;
    }
    return line + low;
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The number of the line in which reading ends. */
export function lastLine(source: SourceText): number {
  return source.lineAt(source.text.length) + (source.text.endsWith("\n") ? 0 : 1);
}

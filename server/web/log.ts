// What the server says about itself while it runs: one short line each, to standard error. No line
// can be made long or multi-line by what came from outside, and no line holds a token.
//
// Not here: what the reader is told; that is in the page.

const LONGEST = 300;

/** Takes one line for whoever runs the server. */
export type Report = (line: string) => void;

/** Writes lines to standard error. */
export const reportToConsole: Report = (line) => {
  process.stderr.write(`${shortLine(line, LONGEST)}\n`);
};

/** At most `longest` characters on one line, without control characters. */
export function shortLine(text: string, longest: number): string {
  const line = text.slice(0, longest + 1).replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, " ");
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

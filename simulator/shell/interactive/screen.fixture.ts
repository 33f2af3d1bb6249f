// A screen for tests: what a reader sees after these bytes, as an xterm shows it.
// Source: console_codes(4), ctlseqs of xterm.
// Not simulated: colours, scrolling regions, modes.

/** Lines that are not empty at their end, and the cursor. */
export type Seen = {
  readonly lines: readonly string[];
  readonly cursor: readonly [number, number];
};

const ESCAPE = "\x1b";
const PATTERN = new RegExp(
  `${ESCAPE}\\[([?\\d;]*)([@-~])|[\\xc2-\\xf4][\\x80-\\xbf]+|[\\s\\S]`,
  "g",
);

/** Shows bytes on a screen that never scrolls anything away. */
export function seenAfter(bytes: string, columns: number): Seen {
  const lines: string[][] = [[]];
  let row = 0;
  let column = 0;
  let top = 0;
  const lineAt = (at: number): string[] => {
    while (lines.length <= at) lines.push([]);
    return lines[at] ?? [];
  };
  const put = (char: string) => {
    if (column >= columns) {
      row += 1;
      column = 0;
    }
    const line = lineAt(row);
    while (line.length < column) line.push(" ");
    line[column] = char;
    column += 1;
  };
  const control = (parameters: string, final: string) => {
    const count = Math.max(1, Number(parameters.split(";")[0]) || 1);
    if (column >= columns && final !== "m") column = columns - 1;
    if (final === "A") row = Math.max(top, row - count);
    if (final === "B") row += count;
    if (final === "C") column = Math.min(columns - 1, column + count);
    if (final === "D") column = Math.max(0, column - count);
    if (final === "K") lineAt(row).length = Math.min(lineAt(row).length, column);
    if (final === "P") lineAt(row).splice(column, count);
    if (final === "@") {
      lineAt(row).splice(column, 0, ...new Array<string>(count).fill(" "));
      lineAt(row).length = Math.min(lineAt(row).length, columns);
    }
    if (final === "J" && parameters === "") {
      lineAt(row).length = Math.min(lineAt(row).length, column);
      lines.length = row + 1;
    }
    if (final === "H") {
      top = lines.length;
      row = top;
      column = 0;
    }
  };
  for (const [text, parameters, final] of bytes.matchAll(PATTERN)) {
    if (final !== undefined) control(parameters ?? "", final);
    else if (text === "\r") column = 0;
    else if (text === "\n") row += 1;
    else if (text === "\b") column = Math.max(0, Math.min(column, columns - 1) - 1);
    else if (text >= " ") put(text);
    lineAt(row);
  }
  const shown = lines.map((line) => line.join("").trimEnd());
  while (shown.at(-1) === "" && shown.length > row + 1) shown.pop();
  return { lines: shown, cursor: [row, column] };
}

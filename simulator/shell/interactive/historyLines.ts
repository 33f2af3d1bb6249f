// How entered lines become lines of the history: a command over several lines is one, joined by
// semicolons where they may stand.
// Source: bash(1) HISTORY, shopt cmdhist; experiments with bash 5.2.
// Not simulated: HISTIGNORE, history files.

import { parseText } from "../syntax/parse.ts";

const LONGEST_HISTORY = 500;

/** Notes a line; `before` is what the command has so far. */
export function noteLine(history: string[], before: string, line: string): void {
  if (before === "") {
    if (line.trim() === "") return;
    history.push(line);
    if (history.length > LONGEST_HISTORY) history.shift();
    return;
  }
  const last = history.pop() ?? "";
  history.push(joined(last, before, line));
}

function joined(last: string, before: string, line: string): string {
  if (last.endsWith("\\")) return last.slice(0, -1) + line;
  if (insideText(before)) return `${last}\n${line}${endsDocument(before, line) ? "\n" : ""}`;
  const start = line.trimStart();
  if (start === "" || start.startsWith("#")) return last;
  const opens =
    /(?:^|[\s;&|(])(?:then|do|else|elif|if|while|until|in|!|\{|case|time)$|(?:[;&|({]|\(\)|;;)$/.test(
      last.trimEnd(),
    );
  return `${last.trimEnd()}${opens ? " " : "; "}${start}`;
}

/** The line end behind a here-document is a part of it. */
function endsDocument(before: string, line: string): boolean {
  return /<</.test(before) && parseText(`${before}${line}\n`).problem === undefined;
}

/** True inside quotes or a here-document, where a line end is a part of the text. */
function insideText(before: string): boolean {
  const { problem } = parseText(before);
  if (problem === undefined) return false;
  if (problem.messages.some((message) => /matching `["'`]'/.test(message))) return true;
  return problem.messages.length === 0 && /<<-?\s*['"\\]?\w/.test(before);
}

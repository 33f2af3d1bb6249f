// Tab: completes the word before the cursor as far as all that fits agrees, and lists what fits when Tab
// is pressed again.
// Source: readline(3) Completing; what bash 5.2 shows.
// Not here: what fits (completions.ts). Not simulated: colours, paging of long lists.

import type { Steps } from "../../process/wait.ts";
import { characters } from "../utf8.ts";
import { type Completions, completionsFor } from "./completions.ts";
import { insert } from "./editedLine.ts";
import type { Reading } from "./reading.ts";

/** More than these are listed only after a question. */
const MANY = 100;

/** Tab; what is to be printed. */
export function* completeWord(reading: Reading): Steps<string> {
  const { line } = reading;
  const found = yield* find(reading);
  const [first] = found.words;
  if (first === undefined) return "";
  const common = found.words.reduce(commonStart);
  const more = common.slice(found.part.length);
  if (found.words.length > 1) {
    if (more !== "") insert(line, characters(quoted(more, found)));
    else if (reading.tabbed) return yield* listCompletions(reading);
    reading.tabbed = more === "";
    return "";
  }
  const isFolder = first.endsWith("/");
  const next = line.chars[line.point];
  const tail = isFolder ? "" : found.quote + (next === " " ? "" : found.tail);
  const text = `${quoted(more, found)}${tail}`;
  if (text !== "") insert(line, characters(text));
  return "";
}

/** Lists what fits, or asks first when it is much. */
export function* listCompletions(reading: Reading): Steps<string> {
  const found = yield* find(reading);
  if (found.words.length === 0) return "";
  const shown = found.words.map(lastPart(found));
  if (shown.length <= MANY) return list(reading, shown);
  reading.question = shown;
  const { line, screen } = reading;
  return `${screen.show(line.chars, line.chars.length)}\nDisplay all ${shown.length} possibilities? (y or n)`;
}

/** The answer to that question. */
export function answerQuestion(reading: Reading, key: string): string {
  const { question } = reading;
  if (question === undefined || !"yYnN \x7f\x07".includes(key)) return "";
  reading.question = undefined;
  return /^[yY ]$/.test(key) ? list(reading, question) : `\n${reading.screen.again()}`;
}

function* find({ state, line }: Reading): Steps<Completions> {
  yield* [];
  const before = line.chars.slice(0, line.point).join("");
  return completionsFor(state, before);
}

/** Of files only the last part of the path is listed. */
function lastPart({ files }: Completions): (word: string) => string {
  return (word) => (files ? word.replace(/^.*\/(?=[^/])/s, "") : word);
}

function commonStart(left: string, right: string): string {
  let length = 0;
  while (length < left.length && left[length] === right[length]) length += 1;
  return left.slice(0, length);
}

function quoted(text: string, { quote, part }: Completions): string {
  if (quote === "'" || part.startsWith("$")) return text;
  return text.replace(quote === '"' ? /["\\$`]/g : /[\s'"\\$`&;|<>(){}*?[\]!#]/g, "\\$&");
}

/** In columns, downwards. */
function list({ state, screen, line }: Reading, words: readonly string[]): string {
  const width = state.process.tty?.columns ?? 80;
  const longest = words.reduce((most, word) => Math.max(most, word.length), 0) + 2;
  let columns = Math.max(1, Math.floor(width / longest));
  if (columns > 1 && columns * longest === width) columns -= 1;
  const rows = Math.ceil(words.length / columns);
  let text = `${screen.show(line.chars, line.chars.length)}\n`;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const word = words[row + column * rows];
      if (word === undefined) break;
      text += column === columns - 1 ? word : word.padEnd(longest);
    }
    text += "\n";
  }
  return text + screen.again();
}

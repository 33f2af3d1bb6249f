// What a key does to the line that is being read.
// Source: readline(3) EDITING COMMANDS.
// Not here: the commands that only change the line (editedLine.ts), completion (complete.ts).

import { write } from "../../process/io.ts";
import type { Steps } from "../../process/wait.ts";
import { characters } from "../utf8.ts";
import { completeWord, listCompletions } from "./complete.ts";
import { EDITING, insert, kindOf, replaceLine } from "./editedLine.ts";
import type { Key } from "./keys.ts";
import type { Entered, Reading } from "./reading.ts";
import { foundLine, searchKey, searchPrompt, startSearch } from "./searchHistory.ts";

/** Does what the key says; the line when it is complete. */
export function* pressKey(reading: Reading, key: Key): Steps<Entered | undefined> {
  const { line, state } = reading;
  if (reading.search !== undefined && (yield* takesSearch(reading, key))) return undefined;
  const name = key.type === "command" ? key.name : key.type;
  if (name !== "complete") reading.tabbed = false;
  if (key.type === "text") insert(line, [key.text]);
  else if (key.type === "paste") insert(line, characters(key.text));
  else if (name === "accept-line" || name === "operate-and-get-next") {
    return { type: "text", text: line.chars.join("") };
  } else if (name === "insert-comment") {
    replaceLine(line, ["#", ...line.chars]);
    return { type: "text", text: line.chars.join("") };
  } else if (name === "delete-char-or-eof") {
    if (line.chars.length === 0) return { type: "end" };
    EDITING["delete-char"]?.(line);
  } else {
    const text = yield* otherCommand(reading, name);
    if (text !== "") yield* write(state.process, 2, text);
  }
  line.before = kindOf(name);
  return undefined;
}

/** Commands that need more than the line; what is to be printed. */
function* otherCommand(reading: Reading, name: string): Steps<string> {
  const { line, screen, history } = reading;
  const edit = Object.hasOwn(EDITING, name) ? EDITING[name] : undefined;
  if (edit !== undefined) {
    edit(line);
    return "";
  }
  switch (name) {
    case "previous-history":
      return recall(reading, history.step(-1, line.chars));
    case "next-history":
      return recall(reading, history.step(1, line.chars));
    case "beginning-of-history":
      return recall(reading, history.toEnd("first", line.chars));
    case "end-of-history":
      return recall(reading, history.toEnd("last", line.chars));
    case "clear-screen":
    case "clear-display":
      return `\x1b[H\x1b[2J${name === "clear-display" ? "\x1b[3J" : ""}${screen.again()}`;
    case "quoted-insert":
      reading.keyboard.keys.quoteNext();
      return "";
    case "reverse-search-history":
    case "forward-search-history":
      reading.search = startSearch(line.chars, history.index, name.startsWith("reverse"));
      return showSearch(reading);
    case "yank-last-arg":
      return yankLastArgument(reading);
    case "complete":
      return yield* completeWord(reading);
    case "possible-completions":
      return yield* listCompletions(reading);
    default:
      return "";
  }
}

function recall({ line }: Reading, chars: readonly string[] | undefined): string {
  if (chars !== undefined) {
    replaceLine(line, chars);
    line.undo.length = 0;
  }
  return "";
}

function showSearch(reading: Reading): string {
  const { search, screen, state } = reading;
  if (search === undefined) return "";
  const chars = foundLine(search, state.history);
  const found = state.history[search.index] !== undefined;
  const point = found
    ? characters((state.history[search.index] ?? "").slice(0, search.at)).length
    : 0;
  return screen.reprompt(searchPrompt(search)) + screen.show(chars, point);
}

/** True when the key was for the search alone. */
function* takesSearch(reading: Reading, key: Key): Steps<boolean> {
  const { search, state, line, screen, history } = reading;
  if (search === undefined) return false;
  const does = searchKey(search, state.history, key);
  if (does === "search") {
    yield* write(state.process, 2, showSearch(reading));
    return true;
  }
  reading.search = undefined;
  if (does === "end") {
    const text = state.history[search.index];
    if (text !== undefined) {
      history.goTo(search.index, search.typed);
      replaceLine(line, characters(text));
      line.point = characters(text.slice(0, search.at)).length;
    }
  }
  yield* write(
    state.process,
    2,
    screen.reprompt(reading.prompt) + screen.show(line.chars, line.point),
  );
  return does === "abort";
}

function yankLastArgument({ line, state }: Reading): string {
  const last = state.history.at(-1)?.trimEnd().match(/\S+$/)?.[0];
  if (last !== undefined) insert(line, characters(last));
  return "";
}

// `!!`, `!12`, `!ping`, `^old^new`: what a line takes from lines before it. Only lines that were typed
// are expanded, and the result is shown before it runs.
// Source: bash(1) HISTORY EXPANSION; experiments with bash 5.2.
// Not simulated: the modifiers other than h t r e p s g, histverify, histreedit.

import { write } from "../../process/io.ts";
import type { Steps } from "../../process/wait.ts";
import type { ShellState } from "../shellState.ts";

/** The line as it is to be run; undefined after saying what is wrong, or when it was only shown. */
export function* expandHistory(state: ShellState, line: string): Steps<string | undefined> {
  if (!state.options.has("histexpand") || !/[!^]/.test(line)) return line;
  const result = expand(state.history, line);
  if (result.problem !== undefined) {
    const name = state.name.replace(/^.*\//, "");
    yield* write(state.process, 2, `${name}: ${result.problem}\n`);
    state.status = 1;
    return undefined;
  }
  if (result.text === line) return line;
  yield* write(state.process, 2, `${result.text}\n`);
  if (!result.printOnly) return result.text;
  state.history.push(result.text);
  return undefined;
}

type Result = { text: string; printOnly: boolean; problem?: string };

function expand(history: readonly string[], line: string): Result {
  const quick = /^\^([^^]*)\^([^^]*)(?:\^(.*))?$/s.exec(line);
  if (quick !== null) {
    const [, old = "", fresh = "", rest = ""] = quick;
    const last = history.at(-1);
    if (last === undefined || !last.includes(old)) {
      return { text: line, printOnly: false, problem: `:s${line}: substitution failed` };
    }
    return { text: last.replace(old, () => fresh) + rest, printOnly: false };
  }
  const result: Result = { text: "", printOnly: false };
  let quote = "";
  for (let at = 0; at < line.length; ) {
    const char = line.charAt(at);
    if (char === "\\" && quote !== "'") {
      result.text += line.slice(at, at + 2);
      at += 2;
      continue;
    }
    if (quote === "'" ? char === "'" : char === '"' || (char === "'" && quote === "")) {
      quote = quote === "" ? char : quote === char ? "" : quote;
    }
    const next = line.charAt(at + 1);
    const plain =
      char !== "!" || quote === "'" || /^[\s=(]?$/.test(next) || (next === '"' && quote === '"');
    if (plain || /\$\{?$/.test(line.slice(0, at))) {
      result.text += char;
      at += 1;
      continue;
    }
    const event = takeEvent(history, line, at);
    if (typeof event === "string") return { ...result, problem: event };
    result.text += event.text;
    result.printOnly ||= event.printOnly;
    at = event.end;
  }
  return result;
}

type Event = { readonly text: string; readonly printOnly: boolean; readonly end: number };

const EVENT = /!(?:(!)|(-?\d+)|\?([^?]*)\??|(?=[$^*])|([^\s:;&|()<>"'$^*]+))/y;
const DESIGNATOR = /:?([$^*]|-\$|(?<=:)(?:\d+(?:-(?:\d+|\$)?|\*)?|-\d+))/y;

function takeEvent(history: readonly string[], line: string, at: number): Event | string {
  EVENT.lastIndex = at;
  const match = EVENT.exec(line);
  if (match === null) return { text: "!", printOnly: false, end: at + 1 };
  const [whole, last, number, part, start] = match;
  let found: string | undefined;
  if (number !== undefined)
    found = history.at(Number(number) < 0 ? Number(number) : Number(number) - 1);
  else if (part !== undefined) found = history.findLast((one) => one.includes(part));
  else if (start !== undefined) found = history.findLast((one) => one.startsWith(start));
  else found = history.at(-1);
  if (number === "0" || found === undefined) return `${whole}: event not found`;
  let end = at + whole.length;
  let text = found;
  DESIGNATOR.lastIndex = end;
  const designator = DESIGNATOR.exec(line);
  if (designator !== null && !(last !== undefined && line.charAt(end) === "^")) {
    const words = wordsOf(found, designator[1] ?? "");
    if (words === undefined)
      return `${line.slice(end, end + designator[0].length)}: bad word specifier`;
    text = words;
    end += designator[0].length;
  }
  return modify(line, text, end);
}

function wordsOf(line: string, designator: string): string | undefined {
  const words = line.match(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])+/gs) ?? [];
  const last = words.length - 1;
  if (designator === "^") return words[1];
  if (designator === "$") return words[last];
  if (designator === "*") return words.slice(1).join(" ");
  const range = /^(\d*)(-|\*)?(\d+|\$)?$/.exec(designator);
  if (range === null) return undefined;
  const from = Number(range[1] === "" ? 0 : range[1]);
  const to =
    range[2] === undefined
      ? from
      : range[2] === "*" || range[3] === "$"
        ? last
        : range[3] === undefined
          ? last - 1
          : Number(range[3]);
  if (from > last || to > last) return undefined;
  return words.slice(from, to + 1).join(" ");
}

function modify(line: string, text: string, from: number): Event | string {
  let end = from;
  let changed = text;
  let printOnly = false;
  for (;;) {
    const match = /^:(g?)(?:s(.)(.*?)\2(.*?)(?:\2|$)|([htrep]))/s.exec(line.slice(end));
    if (match === null) return { text: changed, printOnly, end };
    const [whole, all, , old = "", fresh = "", letter] = match;
    end += whole.length;
    if (letter === "p") printOnly = true;
    else if (letter === "h") changed = changed.replace(/\/[^/]*$/, "");
    else if (letter === "t") changed = changed.replace(/^.*\//s, "");
    else if (letter === "r") changed = changed.replace(/\.[^./]*$/, "");
    else if (letter === "e") changed = /\.[^./]*$/.exec(changed)?.[0] ?? "";
    else if (!changed.includes(old)) return `${whole}: substitution failed`;
    else
      changed =
        all === "" ? changed.replace(old, () => fresh) : changed.replaceAll(old, () => fresh);
  }
}

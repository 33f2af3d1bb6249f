// Expansion of words: what the pieces of a word become, and the word as fields, as one text, or as a
// pattern. All of it may run commands, so all of it may wait.
// Source: bash(1) EXPANSION.
// Not here: ${…} (parameters.ts), braces, splitting and file names (their own files).

import type { Steps } from "../../process/wait.ts";
import { discard } from "../messages.ts";
import type { ShellState } from "../shellState.ts";
import { parseWords } from "../syntax/parse.ts";
import type { Word, WordPart } from "../syntax/syntax.ts";
import { readVariable } from "../values.ts";
import { expandBraces } from "./braces.ts";
import { expandArithmetic, giveUp } from "./calculate.ts";
import { type Field, type Piece, piecesToFields, piecesToPattern, piecesToText } from "./fields.ts";
import { expandParameter } from "./parameters.ts";
import { matchingPaths } from "./paths.ts";
import { quickField, quickText } from "./quick.ts";

/** Words as the arguments of a command. */
export function* expandWords(state: ShellState, words: readonly Word[]): Steps<string[]> {
  const fields: string[] = [];
  for (const word of words) {
    const quick = quickField(state, word);
    if (typeof quick === "string") fields.push(quick);
    else if (quick === undefined) yield* expandWord(state, word, fields);
    else yield* giveUp(state, quick);
  }
  return fields;
}

/** One word; its fields are added to `into`. */
export function* expandWord(state: ShellState, word: Word, into: string[]): Steps<void> {
  if (word.braces && state.options.has("braceexpand")) {
    const texts = expandBraces(word.source);
    if (texts === undefined) {
      yield* discard(state, "brace expansion: cannot allocate memory");
      return;
    }
    if (texts.length !== 1 || texts[0] !== word.source) {
      for (const text of texts) {
        if (plainText.test(text)) into.push(text);
        else
          for (const part of parseWords(text, state.line))
            yield* expandWithoutBraces(state, part, into);
      }
      return;
    }
  }
  yield* expandWithoutBraces(state, word, into);
}

const plainText = /^[\w./:%@+=,-]+$/;

function* expandWithoutBraces(state: ShellState, word: Word, into: string[]): Steps<void> {
  if (word.literal !== undefined) {
    into.push(word.literal);
    return;
  }
  const pieces = yield* expandParts(state, word.parts, "word");
  for (const field of piecesToFields(pieces, separators(state))) {
    yield* addPaths(state, field, into);
  }
}

/** The characters at which words are split. */
export function separators(state: ShellState): string {
  return readVariable(state, "IFS") ?? " \t\n";
}

function* addPaths(state: ShellState, field: Field, into: string[]): Steps<void> {
  if (field.pattern === undefined || state.options.has("noglob")) {
    into.push(field.text);
    return;
  }
  const paths = matchingPaths(state, field.pattern);
  if (paths.length > 0) for (const path of paths) into.push(path);
  else if (state.shopts.has("failglob")) yield* discard(state, `no match: ${field.text}`);
  else if (!state.shopts.has("nullglob")) into.push(field.text);
}

/** A word as one text: no splitting, no file names. */
export function* expandText(
  state: ShellState,
  word: Word,
  tilde: "word" | "assignment" | "none" = "word",
): Steps<string> {
  const quick = quickText(state, word);
  if (typeof quick === "string") return quick;
  if (quick !== undefined) return yield* giveUp(state, quick);
  return piecesToText(yield* expandParts(state, word.parts, tilde));
}

/** A word as a pattern: what was quoted stands for itself. */
export function* expandPattern(state: ShellState, word: Word): Steps<string> {
  return piecesToPattern(yield* expandParts(state, word.parts, "word"));
}

/** The pieces of a word. */
export function* expandParts(
  state: ShellState,
  parts: readonly WordPart[],
  tilde: "word" | "assignment" | "none",
): Steps<Piece[]> {
  const pieces: Piece[] = [];
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at];
    if (part === undefined) break;
    switch (part.type) {
      case "text": {
        const last = at === parts.length - 1;
        if (!part.quoted && tilde !== "none" && part.text.includes("~")) {
          pieces.push(...expandTilde(state, part.text, { first: at === 0, last, tilde }));
        } else pieces.push({ text: part.text, quoted: part.quoted, split: false });
        break;
      }
      case "parameter":
        yield* expandParameter(state, part, pieces);
        break;
      case "command": {
        const text = yield* state.interpreter.substitute(state, part.body);
        pieces.push({ text, quoted: part.quoted, split: !part.quoted });
        break;
      }
      case "arithmetic": {
        const value = yield* expandArithmetic(state, part.expression);
        pieces.push({ text: `${value}`, quoted: part.quoted, split: !part.quoted });
        break;
      }
      default: {
        const text = yield* state.interpreter.processPath(state, part.direction, part.body);
        pieces.push({ text, quoted: true, split: false });
      }
    }
  }
  return pieces;
}

type TildePlace = {
  readonly first: boolean;
  readonly last: boolean;
  readonly tilde: "word" | "assignment" | "none";
};

/** `~`, `~user`, `~+`, `~-` at the start of a word, and behind `:` in an assignment. */
function expandTilde(state: ShellState, text: string, place: TildePlace): Piece[] {
  const pieces: Piece[] = [];
  const plain = (part: string) => {
    if (part !== "") pieces.push({ text: part, quoted: false, split: false });
  };
  const pattern = place.tilde === "assignment" ? /(^|[:])~([^/:]*)/g : /^()~([^/]*)/g;
  const assigned =
    place.tilde === "word" && place.first ? /^([A-Za-z_]\w*=)~([^/:]*)/.exec(text) : null;
  let from = 0;
  const found = assigned === null ? [...text.matchAll(pattern)] : [assigned];
  for (const match of found) {
    const [whole, before = "", name = ""] = match;
    const start = match.index + before.length;
    const end = match.index + whole.length;
    if (start === 0 && !place.first) continue;
    if (end === text.length && !place.last) continue;
    const home = homeOf(state, name);
    if (home === undefined) continue;
    plain(text.slice(from, start));
    pieces.push({ text: home, quoted: true, split: false });
    from = end;
  }
  plain(text.slice(from));
  return pieces;
}

function homeOf(state: ShellState, name: string): string | undefined {
  switch (name) {
    case "":
      return readVariable(state, "HOME") ?? "/root";
    case "+":
      return readVariable(state, "PWD");
    case "-":
      return readVariable(state, "OLDPWD");
    default:
      return homes[name];
  }
}

const homes: Readonly<Record<string, string>> = {
  root: "/root",
  daemon: "/usr/sbin",
  bin: "/bin",
  nobody: "/nonexistent",
};

// `s` and `y` of `sed`: reading them, and replacing (sed(1)).
// Not here: other commands (sedParse.ts), matching (regex.ts).
// Not simulated: the flag e.

import { characters, mapCharacters } from "../../shell/utf8.ts";
import { characterLength, compileRegex, type Match, type Regex } from "./regex.ts";
import { type Cursor, endOfCommand, Mistake, peek, take } from "./sedCursor.ts";
import type { SedPart, SedSubstitution } from "./sedScript.ts";

/** Reads up to a delimiter, which a backslash takes out of the count; undefined when it never comes. */
export function readUntil(cursor: Cursor, delimiter: string, isRegex: boolean): string | undefined {
  let out = "";
  for (;;) {
    const char = take(cursor);
    if (char === "" || (char === "\n" && isRegex)) {
      if (char === "\n") cursor.at -= 1;
      return undefined;
    }
    if (char === delimiter) return out;
    if (char === "[" && isRegex) {
      const length = bracketLength(cursor.text, cursor.at);
      out += char + cursor.text.slice(cursor.at, cursor.at + length);
      cursor.at += length;
    } else if (char === "\\") {
      const next = take(cursor);
      if (next === "") return undefined;
      const plain = next === delimiter && !(delimiter === "&" && !isRegex);
      out += plain ? next : char + next;
    } else out += char;
  }
}

/** How long a bracket expression is from behind its "[" to its "]". */
function bracketLength(text: string, from: number): number {
  const match = /^\^?\]?(?:\[:[^\]]*:\]|\[=[^\]]*=\]|\[\.[^\]]*\.\]|[^\]\n])*\]/.exec(
    text.slice(from),
  );
  return match?.[0].length ?? text.length - from;
}

/** Reads `s/…/…/…` behind the letter. */
export function readSubstitution(
  cursor: Cursor,
  readFileName: (cursor: Cursor) => string,
): SedSubstitution {
  const delimiter = take(cursor);
  const bad = delimiter === "" || delimiter === "\n" || delimiter === "\\";
  const source = bad ? undefined : readUntil(cursor, delimiter, true);
  const replacement = source === undefined ? undefined : readUntil(cursor, delimiter, false);
  if (source === undefined || replacement === undefined) {
    throw new Mistake("unterminated `s' command");
  }
  const flags = readFlags(cursor, readFileName);
  const { ignoreCase, multiline, global, print, number, file } = flags;
  const style = cursor.extended ? "extended" : "basic";
  const syntax = { style, escapes: true, ignoreCase, multiline } as const;
  const regex = source === "" ? undefined : compileRegex(source, syntax);
  if (typeof regex === "string") throw new Mistake(regex);
  const parts = readReplacement(replacement);
  const most = Math.max(0, ...parts.map((part) => (part.type === "group" ? part.number : 0)));
  if (regex !== undefined && most > regex.groups) {
    throw new Mistake(`invalid reference \\${most} on \`s' command's RHS`);
  }
  return { regex, parts, global, print, number: number ?? 1, file };
}

type Flags = {
  ignoreCase: boolean;
  multiline: boolean;
  global: boolean;
  print: boolean;
  number: number | undefined;
  file: string | undefined;
};

function readFlags(cursor: Cursor, readFileName: (cursor: Cursor) => string): Flags {
  const flags: Flags = {
    ignoreCase: false,
    multiline: false,
    global: false,
    print: false,
    number: undefined,
    file: undefined,
  };
  for (;;) {
    const char = peek(cursor);
    if (/[ \t;\n}#]/.test(char) || char === "") {
      if (/^[ \t]+[gpw\dIMime]/.test(cursor.text.slice(cursor.at))) {
        take(cursor);
        continue;
      }
      endOfCommand(cursor);
      return flags;
    }
    take(cursor);
    if (char === "g" || char === "p") {
      const name = char === "g" ? "global" : "print";
      if (flags[name]) throw new Mistake(`multiple \`${char}' options to \`s' command`);
      flags[name] = true;
    } else if (/\d/.test(char)) {
      if (flags.number !== undefined) throw new Mistake("multiple number options to `s' command");
      let digits = char;
      while (/\d/.test(peek(cursor))) digits += take(cursor);
      if (Number(digits) === 0) throw new Mistake("number option to `s' command may not be zero");
      flags.number = Number(digits);
    } else if (char === "i" || char === "I") flags.ignoreCase = true;
    else if (char === "m" || char === "M") flags.multiline = true;
    else if (char === "w") {
      flags.file = readFileName(cursor);
      return flags;
    } else if (char === "e") throw new Mistake("vethbook simulator: the flag e is not simulated");
    else throw new Mistake("unknown option to `s'");
  }
}

const LETTERS: Readonly<Record<string, string>> = {
  a: "\x07",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

function readReplacement(source: string): SedPart[] {
  const parts: SedPart[] = [];
  let text = "";
  const put = (part: SedPart) => {
    if (text !== "") parts.push({ type: "text", text });
    text = "";
    parts.push(part);
  };
  for (let at = 0; at < source.length; at++) {
    const char = source.charAt(at);
    if (char === "&") put({ type: "group", number: 0 });
    if (char === "&") continue;
    if (char !== "\\") {
      text += char;
      continue;
    }
    const next = source.charAt(++at);
    const number = /^(?:x([0-9A-Fa-f]{1,2})|o([0-7]{1,3})|d(\d{1,3}))/.exec(
      source.slice(at, at + 4),
    );
    if (/\d/.test(next)) put({ type: "group", number: Number(next) });
    else if (/[LUElu]/.test(next)) put({ type: "case", letter: next });
    else if (number !== null) {
      const [whole, hexadecimal, octal, decimal] = number;
      const code = hexadecimal
        ? Number.parseInt(hexadecimal, 16)
        : octal
          ? Number.parseInt(octal, 8)
          : Number(decimal);
      text += String.fromCharCode(code & 255);
      at += whole.length - 1;
    } else if (next === "c" && at + 1 < source.length) {
      text += String.fromCharCode(source.charAt(++at).toUpperCase().charCodeAt(0) ^ 64);
    } else text += LETTERS[next] ?? next;
  }
  if (text !== "") parts.push({ type: "text", text });
  return parts;
}

/** Reads `y/…/…/` behind the letter. */
export function readTransliteration(cursor: Cursor): ReadonlyMap<string, string> {
  const delimiter = take(cursor);
  const bad = delimiter === "" || delimiter === "\n" || delimiter === "\\";
  const from = bad ? undefined : readUntil(cursor, delimiter, false);
  const to = from === undefined ? undefined : readUntil(cursor, delimiter, false);
  if (from === undefined || to === undefined) throw new Mistake("unterminated `y' command");
  const [source, target] = [from, to].map((text) =>
    characters(
      text.replace(/\\([\s\S])/g, (all, next: string) =>
        next === "\\" ? next : (LETTERS[next] ?? all),
      ),
    ),
  );
  if (source?.length !== target?.length) {
    throw new Mistake("strings for `y' command are different lengths");
  }
  const map = new Map<string, string>();
  source?.forEach((char, index) => {
    if (!map.has(char)) map.set(char, target?.[index] ?? "");
  });
  endOfCommand(cursor);
  return map;
}

/** Replaces in a text; undefined when nothing was replaced. */
export function substitute(
  text: string,
  regex: Regex,
  { parts, global, number }: SedSubstitution,
): string | undefined {
  let out = "";
  let start = 0;
  let count = 0;
  let replaced = false;
  let previous = -1;
  while (start <= text.length) {
    const match = regex.match(text, start);
    const [from = -1, to = -1] = match ?? [];
    if (match === undefined || from < 0) break;
    out += text.slice(start, from);
    const empty = from === to;
    if (!(empty && from === previous)) {
      count += 1;
      if (count < number) out += text.slice(from, to);
      else {
        replaced = true;
        out += expand(parts, match, text);
      }
    }
    start = to;
    previous = to;
    if (empty) {
      const length = start < text.length ? characterLength(text, start) : 1;
      out += text.slice(start, start + length);
      start += length;
    }
    if (replaced && !global) break;
  }
  return replaced ? out + text.slice(start) : undefined;
}

function expand(parts: readonly SedPart[], match: Match, text: string): string {
  let out = "";
  let all = "";
  let once = "";
  for (const part of parts) {
    if (part.type === "case") {
      if (/[LUE]/.test(part.letter)) all = part.letter === "E" ? "" : part.letter;
      if (/[LUE]/.test(part.letter)) once = "";
      else once = part.letter;
      continue;
    }
    const piece = part.type === "text" ? part.text : groupOf(match, text, part.number);
    if (all === "" && once === "") {
      out += piece;
      continue;
    }
    if (piece === "") continue;
    out += changeCase(piece, all, once);
    once = "";
  }
  return out;
}

function groupOf(match: Match, text: string, number: number): string {
  const from = match[2 * number] ?? -1;
  return from < 0 ? "" : text.slice(from, match[2 * number + 1] ?? from);
}

function changeCase(text: string, all: string, once: string): string {
  let first = true;
  return mapCharacters(text, (char) => {
    const how = first && once !== "" ? once.toUpperCase() : all;
    first = false;
    return how === "U" ? char.toUpperCase() : how === "L" ? char.toLowerCase() : char;
  });
}

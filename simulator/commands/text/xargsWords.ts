// The words that `xargs` reads: between blanks, with quotes and backslashes; or lines; or whatever
// stands between two separators.
// Not here: what is run with them (xargs.ts).

import type { Steps } from "../../process/wait.ts";
import type { Lines } from "./lines.ts";

/** A word, and whether its line ends with it. */
export type XargsWord = { readonly text: string; readonly endsLine: boolean };

/** Reads words. */
export type WordReader = {
  next(): Steps<XargsWord | undefined>;
  /** What is wrong with the input; reading ends there. */
  readonly problem: string | undefined;
};

type Rules = {
  readonly separated: boolean;
  /** -I: a word is a line without the blanks at its start. */
  readonly byLines: boolean;
  readonly endWord: string | undefined;
};

/** The words of some lines. */
export function wordReader(lines: Lines, { separated, byLines, endWord }: Rules): WordReader {
  let waiting: XargsWord[] = [];
  let problem: string | undefined;
  let ended = false;
  function* fill(): Steps<boolean> {
    const line = lines.ready() ?? (yield* lines.next());
    if (line === undefined) return false;
    if (separated) {
      waiting = [{ text: line, endsLine: true }];
      return true;
    }
    let text = line;
    // A backslash takes the end of a line into a word.
    while (/(?:^|[^\\])(?:\\\\)*\\$/.test(text) && !byLines) {
      const more = lines.ready() ?? (yield* lines.next());
      if (more === undefined) break;
      text += `\n${more}`;
    }
    const words = byLines ? lineWord(text) : wordsOf(text);
    problem = words.problem;
    waiting = words.list.map((word, index) => ({
      text: word,
      // A blank at its end lets a line go on in the next one.
      endsLine: index === words.list.length - 1 && !/[ \t]$/.test(text),
    }));
    return problem === undefined;
  }
  return {
    *next() {
      while (waiting.length === 0 && !ended) ended = !(yield* fill());
      const word = waiting.shift();
      if (word === undefined || word.text !== endWord) return word;
      ended = true;
      waiting = [];
      return undefined;
    },
    get problem() {
      return problem;
    },
  };
}

/** Words up to the first mistake. */
type Words = { readonly list: readonly string[]; readonly problem: string | undefined };

function lineWord(line: string): Words {
  const text = line.replace(/^[ \t]+/, "");
  return text === "" ? { list: [], problem: undefined } : plainWords([text]);
}

function wordsOf(line: string): Words {
  const pattern = /(?:[^ \t\n'"\\]|\\[\s\S]|'[^'\n]*'|"[^"\n]*")+|['"][\s\S]*|\\$/g;
  return plainWords(line.match(pattern) ?? []);
}

function plainWords(parts: readonly string[]): Words {
  const list: string[] = [];
  for (const part of parts) {
    const plain = unquoted(part);
    if (typeof plain !== "string") return { list, problem: plain.problem };
    list.push(plain);
  }
  return { list, problem: undefined };
}

function unquoted(text: string): string | { readonly problem: string } {
  let out = "";
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "\\") {
      out += text.charAt(++at);
      continue;
    }
    if (char !== "'" && char !== '"') {
      out += char;
      continue;
    }
    const end = text.indexOf(char, at + 1);
    if (end < 0) {
      const kind = char === "'" ? "single" : "double";
      const rule = "by default quotes are special to xargs unless you use the -0 option";
      return { problem: `unmatched ${kind} quote; ${rule}` };
    }
    out += text.slice(at + 1, end);
    at = end;
  }
  return out;
}

// Lines of plain words, as most lines of a script are: they need no grammar, and reading them by the
// grammar is a good part of what a new page spends on its first commands. They become what the
// long way makes of them.
// Source: bash(1) DEFINITIONS, RESERVED WORDS.
// Not here: every other line (parse.ts).

import type { ListItem, ParsedList, Redirect, Word } from "./syntax.ts";

/** The lines at the beginning of a text that are plain, and where the rest begins. */
export type PlainLines = {
  readonly lists: ParsedList[];
  readonly end: number;
  /** How many lines they are, blank ones included. */
  readonly lines: number;
};

const word = String.raw`(?:[\w./:+=@%,-]+|'[^'\n{]*'|"[^"$\\\x60!\n{]*")`;
const command = String.raw`[ \t]*[\w./:+-]+(?:[ \t]+${word})*(?:[ \t]+>[ \t]*[\w./-]+)?[ \t]*`;

/** Command words without "=", words, and where output goes; nothing in them is special anywhere. */
const plain = new RegExp(`^(?:[ \\t]*|${command}(?:;${command})*(?:;[ \\t]*)?)$`);

/** Longer lines are none that somebody has written. */
const longestLine = 4096;

/** Words that begin something else than a command with arguments. */
const reserved = new Set(
  (
    "case coproc do done elif else esac fi for function if in select then time until while " +
    "alias declare eval export let local readonly typeset"
  ).split(" "),
);

/** Reads plain lines as long as there are some; the first line has the number `line`. */
export function plainLines(text: string, line: number): PlainLines {
  const lists: ParsedList[] = [];
  let end = 0;
  let lines = 0;
  while (end < text.length) {
    const newLine = text.indexOf("\n", end);
    const stop = newLine < 0 ? text.length : newLine;
    const source = text.slice(end, stop);
    if (source.length > longestLine || !plain.test(source)) break;
    const list = listOf(source, line + lines);
    if (list === undefined) break;
    end = Math.min(text.length, stop + 1);
    if (list.length > 0) {
      const at = line + lines;
      lists.push({ list, warnings: [], end, line: at, extended: undefined, spoiled: undefined });
    }
    lines += 1;
  }
  return { lists, end, lines };
}

/** The commands of a line; undefined when one begins with a word that makes it something else. */
function listOf(source: string, line: number): ListItem[] | undefined {
  const list: ListItem[] = [];
  let words: Word[] = [];
  let redirects: Redirect[] = [];
  let isTarget = false;
  for (const token of [...(source.match(tokens) ?? []), ";"]) {
    if (token === ";") {
      if (words.length === 0) continue;
      const command = { type: "simple", line, assignments: [], words, redirects } as const;
      list.push({ command, background: false });
      words = [];
      redirects = [];
    } else if (token === ">") isTarget = true;
    else if (isTarget) {
      redirects.push({ operator: ">", descriptor: undefined, target: wordOf(token) });
      isTarget = false;
    } else if (words.length === 0 && reserved.has(token)) return undefined;
    else words.push(wordOf(token));
  }
  return list;
}

const tokens = /'[^']*'|"[^"]*"|[;>]|[^ \t;>]+/g;

function wordOf(source: string): Word {
  const quoted = source.startsWith("'") || source.startsWith('"');
  const text = quoted ? source.slice(1, -1) : source;
  return {
    source,
    parts: [{ type: "text", quoted, text }],
    literal: text,
    quick: true,
    braces: false,
  };
}

// Colours for shell source: comments, strings, variables, keywords and the words that are commands.
// Only decoration: it reads far less of the shell than bash does, and the text stays what it was.
// Quotes that are not closed run to the end: no text makes it look ahead twice.
// Not here: here-documents, which are coloured as if they were commands.

import { escapeHtml } from "./html.ts";

const TOKEN = new RegExp(
  [
    /(?<comment>(?<=^|[\s;|&()])#[^\n]*)/,
    /(?<string>\$?'[^']*'?|"(?:[^"\\]|\\[\s\S]?)*"?)/,
    /(?<variable>\$\{[^}\n]*\}?|\$[A-Za-z_]\w*|\$[\d?!$#@*-])/,
    /(?<blank>[ \t]+|\\\n)/,
    /(?<operator>\n|[;|&(){}<>]|\$\()/,
    /(?<word>(?:[^\s;|&(){}<>$'"\\]|\\[^\n])+)/,
    /(?<other>[\s\S])/,
  ]
    .map((part) => part.source)
    .join("|"),
  "gy",
);

const KEYWORDS = new Set(
  "if then elif else fi for while until do done case esac in function time !".split(" "),
);

/** Keywords after which a command follows; after the others comes a word. */
const LEADING = new Set("if then elif else while until do time !".split(" "));

/** HTML of shell source with spans of the classes sh-comment, -string, -variable, -keyword, -command. */
export function colourShell(source: string): string {
  let html = "";
  let atCommand = true;
  for (const { 0: text, groups } of source.matchAll(TOKEN)) {
    const kind = Object.entries(groups ?? {}).find(([, found]) => found !== undefined)?.[0];
    let colour = kind;
    if (kind === "word") {
      colour = wordColour(text, atCommand);
      // An assignment may stand before a command.
      if (colour !== "assignment") atCommand = LEADING.has(text) && colour === "keyword";
    } else if (kind === "operator") atCommand = !/[<>})]/.test(text);
    else if (kind !== "blank" && kind !== "comment") atCommand = false;
    html += span(colour, text);
  }
  return html;
}

function wordColour(word: string, atCommand: boolean): string | undefined {
  if (!atCommand) return word === "in" || word === "do" || word === "then" ? "keyword" : undefined;
  if (/^[A-Za-z_]\w*\+?=/.test(word)) return "assignment";
  return KEYWORDS.has(word) ? "keyword" : "command";
}

const COLOURS = new Set(["comment", "string", "variable", "keyword", "command"]);

function span(colour: string | undefined, text: string): string {
  const escaped = escapeHtml(text);
  if (colour === undefined || !COLOURS.has(colour)) return escaped;
  return `<span class="sh-${colour}">${escaped}</span>`;
}

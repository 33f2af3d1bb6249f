// Aliases: a command's name that is one is replaced by its text before the command is read. The text
// is parsed, the names are found in the tree, and the text changed.
// Source: bash(1) ALIASES.
// Not simulated: aliases that open a construct which ends outside of them.

import { parseText } from "./parse.ts";
import type { Parsed } from "./syntax.ts";
import { type CommandNode, childrenOf, treeOf, type WordNode } from "./tree.ts";

/** Reads a text as a shell with these aliases does. */
export function parseWithAliases(
  state: { readonly shopts: ReadonlySet<string>; readonly aliases: ReadonlyMap<string, string> },
  text: string,
  line = 1,
): Parsed {
  const expanded = state.shopts.has("expand_aliases") ? expandAliases(text, state.aliases) : text;
  return parseText(expanded, line);
}

type Change = { readonly start: number; readonly end: number; readonly text: string };

/** The text with its aliases replaced. An alias is not replaced again in its own text. */
export function expandAliases(text: string, aliases: ReadonlyMap<string, string>): string {
  if (aliases.size === 0) return text;
  const changes: Change[] = [];
  const visit = (node: Parameters<typeof childrenOf>[0]) => {
    if (node.type === "Command") findIn(node, { text, aliases, changes });
    for (const child of childrenOf(node)) visit(child);
  };
  visit(treeOf(text));
  changes.sort((a, b) => b.start - a.start);
  let out = text;
  for (const { start, end, text: by } of changes) out = out.slice(0, start) + by + out.slice(end);
  return out;
}

type Search = {
  readonly text: string;
  readonly aliases: ReadonlyMap<string, string>;
  readonly changes: Change[];
};

function findIn(command: Extract<CommandNode, { type: "Command" }>, search: Search): void {
  const words = [command.name, ...command.suffix.filter((one) => one.type === "Word")];
  for (const word of words) {
    const value = word === undefined ? undefined : aliasOf(word, search);
    if (word === undefined || value === undefined) return;
    search.changes.push({ start: word.pos, end: word.end, text: value });
    // An alias with a blank at its end lets the next word be one, too.
    if (!/[ \t]$/.test(value)) return;
  }
}

function aliasOf(word: WordNode, { text, aliases }: Search): string | undefined {
  const source = text.slice(word.pos, word.end);
  const value = aliases.get(source);
  if (value === undefined) return undefined;
  return expandAliases(value, new Map([...aliases].filter(([name]) => name !== source)));
}

// Ctrl-R: looks for a line of the history by any part of it, backwards or forwards, letter by letter.
// Source: readline(3) Searching; what bash 5.2 shows.
// Not simulated: a lone Escape that ends the search waits for the next key.

import { characters } from "../utf8.ts";
import type { Key } from "./keys.ts";

/** A search under way. */
export type Search = {
  text: string;
  /** The line of the history that matches; its length for the line that was being typed. */
  index: number;
  /** Where the match begins in that line. */
  at: number;
  failed: boolean;
  backward: boolean;
  /** What was being typed before. */
  readonly typed: readonly string[];
};

/** Begins at the newest line. */
export function startSearch(typed: readonly string[], index: number, backward: boolean): Search {
  return { text: "", index, at: 0, failed: false, backward, typed };
}

/** The line that is found, or was being typed. */
export function foundLine(search: Search, history: readonly string[]): readonly string[] {
  const line = history[search.index];
  return line === undefined ? search.typed : characters(line);
}

/** The prompt of a search. */
export function searchPrompt(search: Search): string {
  const { failed, backward, text } = search;
  return `(${failed ? "failed " : ""}${backward ? "reverse-" : ""}i-search)\`${text}': `;
}

/** Whether the key belongs to the search; any other key ends it and acts on the line. */
export function searchKey(
  search: Search,
  history: readonly string[],
  key: Key,
): "search" | "abort" | "end" {
  if (key.type === "text") {
    search.text += key.text;
    look(search, history, 0);
    return "search";
  }
  if (key.type === "paste") {
    search.text += key.text.replaceAll("\n", " ");
    look(search, history, 0);
    return "search";
  }
  if (key.name === "backward-delete-char") {
    search.text = characters(search.text).slice(0, -1).join("");
    look(search, history, 0);
    return "search";
  }
  if (key.name === "reverse-search-history" || key.name === "forward-search-history") {
    search.backward = key.name.startsWith("reverse");
    look(search, history, 1);
    return "search";
  }
  return key.name === "abort" ? "abort" : "end";
}

function look(search: Search, history: readonly string[], skip: 0 | 1): void {
  if (search.text === "") return;
  const step = search.backward ? -1 : 1;
  const here = Math.min(search.index, history.length - 1);
  // The line that matches already is looked through further first.
  if (skip === 1 && history[search.index] !== undefined) {
    const line = history[search.index] ?? "";
    const again = search.backward
      ? search.at > 0
        ? line.lastIndexOf(search.text, search.at - 1)
        : -1
      : line.indexOf(search.text, search.at + 1);
    if (again >= 0) {
      search.at = again;
      search.failed = false;
      return;
    }
  }
  const from = search.index >= history.length ? here : here + step * skip;
  for (let at = from; at >= 0 && at < history.length; at += step) {
    const line = history[at] ?? "";
    if (skip === 1 && line === history[search.index]) continue;
    const place = search.backward ? line.lastIndexOf(search.text) : line.indexOf(search.text);
    if (place < 0) continue;
    search.index = at;
    search.at = place;
    search.failed = false;
    return;
  }
  search.failed = true;
}

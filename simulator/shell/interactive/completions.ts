// What fits the word before the cursor: commands where a command stands, variables after a dollar, the
// words of networking commands where they stand, else files.
// Source: bash(1) Completing; the words of ip, bridge and others are those of their man pages.
// Not simulated: programmable completion, ~user, user@host.

import { builtinNames } from "../builtins/builtins.ts";
import type { ShellState } from "../shellState.ts";
import { readVariable } from "../values.ts";
import { isName } from "../variables.ts";
import { commandWords } from "./completionWords.ts";

/** All that fits. */
export type Completions = {
  readonly words: readonly string[];
  /** What of them is typed already. */
  readonly part: string;
  /** The quote that is open. */
  readonly quote: string;
  readonly files: boolean;
  /** What follows a word that is whole. */
  readonly tail: string;
};

/** The word under way, and those before it in the same command. */
type Place = {
  readonly before: readonly string[];
  readonly part: string;
  readonly quote: string;
  readonly command: boolean;
};

const RESERVED =
  "if then else elif fi case esac for select while until do done in function time { } ! [[ ]] coproc".split(
    " ",
  );

/** What fits at the end of this text. */
export function completionsFor(state: ShellState, text: string): Completions {
  const place = placeIn(text);
  const { part, quote } = place;
  const answer = (words: readonly string[], tail = " "): Completions => ({
    words: [...new Set(words)].filter((word) => word.startsWith(part)).sort(),
    ...{ part, quote, files: false, tail },
  });
  const variable = /^\$(\{?)\w*$/.exec(part);
  if (variable !== null && quote !== "'") {
    const end = variable[1] === "{" ? "}" : "";
    return answer(variableNames(state).map((name) => `$${variable[1]}${name}${end}`));
  }
  if (place.command && !part.includes("/")) return answer(commandNames(state));
  const known = place.command ? undefined : commandWords(state, place.before, part);
  if (known !== undefined) return answer(known.words, known.tail ?? " ");
  const onlyFolders = /^(?:cd|rmdir|pushd)$/.test(place.before[0] ?? "");
  const words = fileNames(state, part, { onlyFolders, onlyPrograms: place.command });
  return { words, part, quote, files: true, tail: " " };
}

const KEYWORD = /^(?:if|then|else|elif|while|until|do|!|\{|time|exec|command|builtin|sudo|env)$/;

/** Splits what stands before the cursor as the shell would. */
function placeIn(text: string): Place {
  let before: string[] = [];
  let part = "";
  let quote = "";
  let open = false;
  const endWord = () => {
    if (open && !(before.length === 0 && (KEYWORD.test(part) || /^\w+=/.test(part)))) {
      before.push(part);
    }
    part = "";
    open = false;
  };
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote === "" && char === "\\") {
      at += 1;
      part += text.charAt(at);
      open = true;
    } else if (quote !== "" ? char === quote : char === "'" || char === '"') {
      quote = quote === "" ? char : "";
      open = true;
    } else if (quote === "" && /\s/.test(char)) {
      endWord();
      if (char === "\n") before = [];
    } else if (quote === "" && /[;|&(`]/.test(char)) {
      endWord();
      before = [];
    } else if (quote === "" && /[<>]/.test(char)) {
      endWord();
      // What follows names a file.
      if (before.length === 0) before.push(">");
    } else {
      part += char;
      open = true;
    }
  }
  return { before, part, quote, command: before.length === 0 };
}

function variableNames(state: ShellState): string[] {
  return state.scopes.flatMap((scope) => [...scope.keys()]).filter(isName);
}

function commandNames(state: ShellState): string[] {
  const { process } = state;
  const names = [...RESERVED, ...builtinNames, ...state.functions.keys(), ...state.aliases.keys()];
  for (const folder of (readVariable(state, "PATH") ?? "").split(":")) {
    const list = process.machine.files.list(process, folder);
    if (!("errno" in list)) names.push(...list);
  }
  return names;
}

type FileWish = { readonly onlyFolders: boolean; readonly onlyPrograms: boolean };

/** Paths that begin like this; folders end in a slash. */
function fileNames(state: ShellState, part: string, wish: FileWish): string[] {
  const { process } = state;
  const { files } = process.machine;
  const slash = part.lastIndexOf("/") + 1;
  const folder = part.slice(0, slash);
  const start = part.slice(slash);
  const home = readVariable(state, "HOME") ?? "/root";
  const looked = folder.startsWith("~/") ? home + folder.slice(1) : folder;
  const list = files.list(process, looked === "" ? "." : looked);
  if ("errno" in list) return [];
  const found: string[] = [];
  for (const name of list) {
    if (!name.startsWith(start) || (name.startsWith(".") && !start.startsWith("."))) continue;
    const status = files.stat(process, `${looked}${name}`);
    if ("errno" in status) continue;
    if (status.type === "directory") found.push(`${folder}${name}/`);
    else if (wish.onlyFolders || (wish.onlyPrograms && (status.mode & 0o111) === 0)) continue;
    else found.push(`${folder}${name}`);
  }
  return found;
}

// getopts.
// Source: bash(1); messages by experiment with bash 5.2.

import { write } from "../../process/io.ts";
import type { Steps } from "../../process/wait.ts";
import { complain } from "../messages.ts";
import type { ShellState } from "../shellState.ts";
import { assign, readVariable } from "../values.ts";
import { findVariable, isName } from "../variables.ts";
import { type Builtin, showUsage } from "./builtin.ts";

/** getopts. */
export const getopts: Builtin = function* (state, { args }) {
  const [spec, name, ...given] = args[0] === "--" ? args.slice(1) : args;
  if (spec === undefined || name === undefined) {
    yield* showUsage(state, "getopts");
    return 2;
  }
  const words = given.length > 0 ? given : state.positional;
  const index = Math.max(1, Number(readVariable(state, "OPTIND")) || 1);
  const word = words[index - 1];
  const offset = state.getoptsOffset === 0 ? 1 : state.getoptsOffset;
  const found =
    word === undefined || !/^-./.test(word) || word === "--"
      ? undefined
      : step({ spec, words, index, offset });
  if (found === undefined) {
    const after = word === "--" ? index + 1 : index;
    put(state, { letter: "?", argument: undefined, index: after, offset: 0 });
    return (yield* nameIt(state, name, "?")) || 1;
  }
  put(state, found);
  if (found.fault !== undefined && !spec.startsWith(":") && readVariable(state, "OPTERR") !== "0") {
    const text = found.fault === "illegal" ? "illegal option" : "option requires an argument";
    yield* write(state.process, 2, `${state.name}: ${text} -- ${found.wrong}\n`);
  }
  return yield* nameIt(state, name, found.letter);
};

type Found = {
  readonly letter: string;
  readonly argument: string | undefined;
  readonly index: number;
  readonly offset: number;
  readonly fault?: "illegal" | "argument";
  readonly wrong?: string;
};

type Place = {
  readonly spec: string;
  readonly words: readonly string[];
  readonly index: number;
  readonly offset: number;
};

function step({ spec, words, index, offset }: Place): Found {
  const word = words[index - 1] ?? "";
  const letter = word[offset] ?? "";
  const last = offset + 1 >= word.length;
  const next = last ? { index: index + 1, offset: 0 } : { index, offset: offset + 1 };
  const silent = spec.startsWith(":");
  const place = letter === ":" ? -1 : spec.indexOf(letter);
  if (place < 0) {
    return {
      ...next,
      letter: "?",
      argument: silent ? letter : undefined,
      fault: "illegal",
      wrong: letter,
    };
  }
  if (spec[place + 1] !== ":") return { ...next, letter, argument: undefined };
  if (!last) return { letter, argument: word.slice(offset + 1), index: index + 1, offset: 0 };
  const argument = words[index];
  if (argument !== undefined) return { letter, argument, index: index + 2, offset: 0 };
  const missing = { index: index + 1, offset: 0, fault: "argument", wrong: letter } as const;
  return silent
    ? { ...missing, letter: ":", argument: letter }
    : { ...missing, letter: "?", argument: undefined };
}

function put(state: ShellState, found: Found): void {
  assign(state, { name: "OPTIND" }, `${found.index}`);
  state.getoptsOffset = found.offset;
  if (found.argument !== undefined) assign(state, { name: "OPTARG" }, found.argument);
  else if (findVariable(state.scopes, "OPTARG") !== undefined) {
    for (const scope of state.scopes) scope.delete("OPTARG");
  }
}

function* nameIt(state: ShellState, name: string, letter: string): Steps<number> {
  if (!isName(name)) {
    yield* complain(state, `getopts: \`${name}': not a valid identifier`);
    return 1;
  }
  const refusal = assign(state, { name }, letter);
  if (refusal === undefined) return 0;
  yield* complain(state, refusal.text);
  return 1;
}

// test and [: POSIX's rules by the number of words, then an expression with -a, -o and parentheses.
// Source: bash(1) test; messages by experiment with bash 5.2.
// Not here: operators on files (../testOperators.ts).

import type { Steps } from "../../process/wait.ts";
import { complain } from "../messages.ts";
import type { ShellState } from "../shellState.ts";
import {
  binaryOperators,
  compareNumbers,
  testFiles,
  testUnary,
  unaryOperators,
} from "../testOperators.ts";
import type { Builtin } from "./builtin.ts";

/** What is wrong with an expression. */
class TestFault extends Error {}

/** test and [. */
export const test: Builtin = function* (state, { name, args }) {
  let words = args;
  if (name === "[") {
    if (args.at(-1) !== "]") {
      yield* complain(state, "[: missing `]'");
      return 2;
    }
    words = args.slice(0, -1);
  }
  return yield* answer(state, name, words);
};

function* answer(state: ShellState, name: string, words: readonly string[]): Steps<number> {
  try {
    return evaluate({ state, words, at: 0, depth: 0 }) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestFault)) throw error;
    yield* complain(state, `${name}: ${error.message}`);
    return 2;
  }
}

type Reader = {
  readonly state: ShellState;
  readonly words: readonly string[];
  at: number;
  depth: number;
};

function evaluate(reader: Reader): boolean {
  const { words, state } = reader;
  const [a = "", b = "", c = "", d = ""] = words;
  switch (words.length) {
    case 0:
      return false;
    case 1:
      return a !== "";
    case 2:
      if (a === "!") return b === "";
      if (unaryOperators.test(a) || a === "-a") return testUnary(state, a === "-a" ? "-e" : a, b);
      throw new TestFault(`${a}: unary operator expected`);
    case 3:
      return three(reader, [a, b, c]);
    case 4:
      if (a === "!") return !three(reader, [b, c, d]);
      if (a === "(" && d === ")") return evaluate({ ...reader, words: [b, c] });
      break;
  }
  const value = either(reader);
  const extra = words[reader.at];
  if (extra === ")" || extra !== undefined) throw new TestFault("too many arguments");
  return value;
}

function three(reader: Reader, [a, b, c]: readonly [string, string, string]): boolean {
  if (binaryOperators.test(b)) return binary(reader.state, [a, b, c]);
  if (b === "-a") return a !== "" && c !== "";
  if (b === "-o") return a !== "" || c !== "";
  if (a === "!") return !evaluate({ ...reader, words: [b, c] });
  if (a === "(" && c === ")") return b !== "";
  throw new TestFault(`${b}: binary operator expected`);
}

function either(reader: Reader): boolean {
  let value = both(reader);
  while (reader.words[reader.at] === "-o") {
    reader.at += 1;
    const right = both(reader);
    value = value || right;
  }
  return value;
}

function both(reader: Reader): boolean {
  let value = primary(reader);
  while (reader.words[reader.at] === "-a") {
    reader.at += 1;
    const right = primary(reader);
    value = value && right;
  }
  return value;
}

function primary(reader: Reader): boolean {
  const { words, state } = reader;
  const word = words[reader.at];
  if (word === undefined) throw new TestFault("argument expected");
  if (++reader.depth > 1000) throw new TestFault("too many arguments");
  if (word === "!") {
    reader.at += 1;
    return !primary(reader);
  }
  if (word === "(") {
    reader.at += 1;
    const value = either(reader);
    const close = words[reader.at++];
    if (close === undefined) throw new TestFault("`)' expected");
    if (close !== ")") throw new TestFault(`\`)' expected, found ${close}`);
    return value;
  }
  const operator = words[reader.at + 1] ?? "";
  const right = words[reader.at + 2];
  if (binaryOperators.test(operator) && right !== undefined) {
    reader.at += 3;
    return binary(state, [word, operator, right]);
  }
  if (unaryOperators.test(word) && reader.at + 1 < words.length) {
    reader.at += 2;
    return testUnary(state, word, operator);
  }
  reader.at += 1;
  return word !== "";
}

function binary(state: ShellState, [a, operator, b]: readonly [string, string, string]): boolean {
  switch (operator) {
    case "=":
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case ">":
      return a > b;
    case "-nt":
    case "-ot":
    case "-ef":
      return testFiles(state, operator, [a, b]);
    default:
      return compareNumbers(operator, integer(a), integer(b));
  }
}

function integer(word: string): number | bigint {
  if (!/^\s*[-+]?\d+\s*$/.test(word)) throw new TestFault(`${word}: integer expression expected`);
  const value = Number(word);
  return Number.isSafeInteger(value) ? value : BigInt(word.trim().replace(/^\+/, ""));
}

// `expr` of coreutils 9.1 (expr(1)): arithmetic of whole numbers, comparisons, and texts.
// Not simulated: --help, --version.

import { print } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { characterCount, characters } from "../../shell/utf8.ts";
import { fail, notSimulated, tryHelp } from "../complain.ts";
import { quote } from "../quoteName.ts";
import { compileRegex } from "./regex.ts";

type Reader = { readonly words: readonly string[]; at: number; depth: number };

/** What is wrong; thrown and caught within this file. */
class Mistake extends Error {}

/** Evaluates an expression: 1 when it is empty or 0. */
export function* expr(self: Process): Execution {
  const words = self.argv.slice(1);
  if (words.length === 1 && /^--(help|version)$/.test(words[0] ?? "")) {
    return yield* notSimulated(self, `expr ${words[0]}`);
  }
  const list = words[0] === "--" ? words.slice(1) : words;
  if (list.length === 0) return yield* tryHelp(self, `${self.argv[0]}: missing operand`, 2);
  const reader: Reader = { words: list, at: 0, depth: 0 };
  try {
    const value = readOr(reader);
    const rest = reader.words[reader.at];
    if (rest !== undefined) throw new Mistake(`syntax error: unexpected argument ${quote(rest)}`);
    yield* print(self, `${value}\n`);
    return isNull(value) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    return yield* fail(self, error.message, 2);
  }
}

function isNull(value: string): boolean {
  return value === "" || /^-?0+$/.test(value);
}

function takes(reader: Reader, ...operators: readonly string[]): string | undefined {
  const word = reader.words[reader.at];
  if (word === undefined || !operators.includes(word)) return undefined;
  reader.at += 1;
  return word;
}

function readOr(reader: Reader): string {
  let left = readAnd(reader);
  while (takes(reader, "|") !== undefined) {
    const right = readAnd(reader);
    left = isNull(left) ? (isNull(right) ? "0" : right) : left;
  }
  return left;
}

function readAnd(reader: Reader): string {
  let left = readComparison(reader);
  while (takes(reader, "&") !== undefined) {
    const right = readComparison(reader);
    left = isNull(left) || isNull(right) ? "0" : left;
  }
  return left;
}

const INTEGER = /^-?\d+$/;

const ORDERS: Readonly<Record<string, readonly number[]>> = {
  "<": [-1],
  "<=": [-1, 0],
  "=": [0],
  "==": [0],
  "!=": [-1, 1],
  ">=": [0, 1],
  ">": [1],
};

function readComparison(reader: Reader): string {
  let left = readSum(reader);
  for (;;) {
    const operator = takes(reader, ...Object.keys(ORDERS));
    if (operator === undefined) return left;
    const right = readSum(reader);
    const numbers = INTEGER.test(left) && INTEGER.test(right);
    const [a, b] = numbers ? [BigInt(left), BigInt(right)] : [left, right];
    const order = a < b ? -1 : a > b ? 1 : 0;
    left = ORDERS[operator]?.includes(order) ? "1" : "0";
  }
}

function numberOf(text: string): bigint {
  if (!INTEGER.test(text)) throw new Mistake("non-integer argument");
  if (text.length > 4000) throw new Mistake("Numerical result out of range");
  return BigInt(text);
}

function readSum(reader: Reader): string {
  let left = readProduct(reader);
  for (;;) {
    const operator = takes(reader, "+", "-");
    if (operator === undefined) return left;
    const right = readProduct(reader);
    const [a, b] = [numberOf(left), numberOf(right)];
    left = `${operator === "+" ? a + b : a - b}`;
  }
}

function readProduct(reader: Reader): string {
  let left = readMatch(reader);
  for (;;) {
    const operator = takes(reader, "*", "/", "%");
    if (operator === undefined) return left;
    const right = readMatch(reader);
    const [a, b] = [numberOf(left), numberOf(right)];
    if (operator !== "*" && b === 0n) throw new Mistake("division by zero");
    left = `${operator === "*" ? a * b : operator === "/" ? a / b : a % b}`;
  }
}

function readMatch(reader: Reader): string {
  let left = readKeyword(reader);
  while (takes(reader, ":") !== undefined) left = matched(left, readKeyword(reader));
  return left;
}

/** The first group of an expression that begins at the start; or how much it matches. */
function matched(text: string, source: string): string {
  const anchored = source.startsWith("^") ? source : `^\\(${source}\\)`;
  const regex = compileRegex(anchored, { style: "basic" });
  if (typeof regex === "string") throw new Mistake(regex);
  // The group that was put around the expression is the first one.
  const own = source.startsWith("^") ? 1 : 2;
  const found = regex.match(text);
  const hasGroup = regex.groups >= own;
  if (found === undefined) return hasGroup ? "" : "0";
  if (!hasGroup) return `${characterCount(text.slice(found[0], found[1]))}`;
  const [from = -1, to = -1] = found.slice(2 * own, 2 * own + 2);
  return from < 0 ? "" : text.slice(from, to);
}

function operand(reader: Reader): string {
  const word = reader.words[reader.at];
  if (word !== undefined) return word;
  const last = reader.words[reader.at - 1] ?? "";
  throw new Mistake(`syntax error: missing argument after ${quote(last)}`);
}

function readKeyword(reader: Reader): string {
  const word = operand(reader);
  reader.at += 1;
  reader.depth += 1;
  if (reader.depth > 400) throw new Mistake("memory exhausted");
  const value = keywordValue(reader, word);
  reader.depth -= 1;
  return value;
}

function keywordValue(reader: Reader, word: string): string {
  switch (word) {
    case "(":
      return readParentheses(reader);
    case ")":
      throw new Mistake("syntax error: unexpected ')'");
    case "+": {
      const literal = operand(reader);
      reader.at += 1;
      return literal;
    }
    case "length":
      return `${characterCount(readKeyword(reader))}`;
    case "match": {
      const text = readKeyword(reader);
      return matched(text, readKeyword(reader));
    }
    case "index": {
      const text = characters(readKeyword(reader));
      const wanted = new Set(characters(readKeyword(reader)));
      return `${text.findIndex((char) => wanted.has(char)) + 1}`;
    }
    case "substr": {
      const text = characters(readKeyword(reader));
      const [from, count] = [readKeyword(reader), readKeyword(reader)];
      if (!INTEGER.test(from) || !INTEGER.test(count)) return "";
      const start = Number(from);
      if (start < 1 || Number(count) < 1) return "";
      return text.slice(start - 1, start - 1 + Number(count)).join("");
    }
    default:
      return word;
  }
}

function readParentheses(reader: Reader): string {
  const value = readOr(reader);
  if (takes(reader, ")") !== undefined) return value;
  const rest = reader.words[reader.at];
  const last = reader.words[reader.at - 1] ?? "";
  const place = rest === undefined ? `after ${quote(last)}` : `instead of ${quote(rest)}`;
  throw new Mistake(`syntax error: expecting ')' ${place}`);
}

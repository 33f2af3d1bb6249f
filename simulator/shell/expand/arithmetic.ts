// Arithmetic: evaluates the text of an expression while it reads it, as bash does, so that what stands
// before a fault has happened. Numbers are 64 bits wide: JavaScript numbers while they are exact.
// Source: bash(1) ARITHMETIC EVALUATION; messages by experiment with bash 5.2.
// Not here: reading the values of variables (ArithmeticHost), the numbers themselves (integers.ts).

import {
  ArithmeticFault,
  type ArithmeticHost,
  createReader,
  fail,
  type Reader,
  readToken,
  type Token,
} from "./arithmeticReader.ts";
import { add, combine, type Integer, multiply, raise } from "./integers.ts";

const deepest = 101;
const deepestGroup = 200;

/** The value of an expression; throws ArithmeticFault. */
export function evaluate(host: ArithmeticHost, text: string, depth = 0): Integer {
  if (simple.test(text)) return Number(text);
  const reader = createReader(host, text, depth);
  readToken(reader);
  if (atEnd(reader)) return 0;
  const value = comma(reader);
  if (!atEnd(reader)) fail(reader, "syntax error in expression");
  return value;
}

const simple = /^(?:0|[1-9]\d{0,14})$/;

/** What an operator makes of two numbers; the third operand is where the right one began. */
function apply(reader: Reader, operator: string, operands: [Integer, Integer, number]): Integer {
  const [left, right, from] = operands;
  if (right === 0 && (operator === "/" || operator === "%")) {
    if (reader.idle > 0) return 0;
    fail(reader, "division by 0", from);
  }
  return combine(operator, left, right);
}

const atEnd = (reader: Reader): boolean => reader.token.type === "end";

const is = (reader: Reader, operator: string): boolean =>
  reader.token.type === "operator" && reader.token.text === operator;

function comma(reader: Reader): Integer {
  let value = assignment(reader);
  while (is(reader, ",")) {
    readToken(reader);
    value = assignment(reader);
  }
  return value;
}

const assigning = /^(?:=|[-+*/%&|^]=|<<=|>>=)$/;

function assignment(reader: Reader): Integer {
  const value = conditional(reader);
  const { token } = reader;
  if (token.type !== "operator" || !assigning.test(token.text)) return value;
  const target = reader.lvalue;
  if (target === undefined) fail(reader, "attempted assignment to non-variable");
  const from = afterBlanks(reader);
  readToken(reader);
  const right = assignment(reader);
  const result =
    token.text === "=" ? right : apply(reader, token.text.slice(0, -1), [value, right, from]);
  store(reader, target, result);
  reader.lvalue = undefined;
  return result;
}

function conditional(reader: Reader): Integer {
  const test = binary(reader, 0);
  if (!is(reader, "?")) return test;
  readToken(reader);
  if (atEnd(reader) || is(reader, ":")) fail(reader, "expression expected");
  const chosen = idleUnless(reader, test !== 0, comma);
  if (!is(reader, ":")) fail(reader, "`:' expected for conditional expression");
  readToken(reader);
  if (atEnd(reader)) fail(reader, "expression expected");
  const other = idleUnless(reader, test === 0, conditional);
  reader.lvalue = undefined;
  return test !== 0 ? chosen : other;
}

function idleUnless(reader: Reader, active: boolean, parse: (reader: Reader) => Integer): Integer {
  if (active) return parse(reader);
  reader.idle += 1;
  const value = parse(reader);
  reader.idle -= 1;
  return value;
}

const levels: Readonly<Record<string, number>> = Object.fromEntries(
  ["||", "&&", "|", "^", "&", "== !=", "< > <= >=", "<< >>", "+ -", "* / %"].flatMap((row, level) =>
    row.split(" ").map((operator) => [operator, level + 1]),
  ),
);

/** Where the right operand of the operator that was just read begins, for messages. */
function afterBlanks(reader: Reader): number {
  let from = reader.at;
  while (reader.text[from] === " " || reader.text[from] === "\t") from += 1;
  return from;
}

/** Operators of one level and those that bind closer, from the left. */
function binary(reader: Reader, least: number): Integer {
  let left = powers(reader);
  for (;;) {
    const { token } = reader;
    const level = token.type === "operator" ? levels[token.text] : undefined;
    if (level === undefined || level <= least) return left;
    const from = afterBlanks(reader);
    readToken(reader);
    if (token.text === "&&" || token.text === "||") {
      const decided = (left !== 0) === (token.text === "||");
      const right = idleUnless(reader, !decided, (one) => binary(one, level));
      left =
        token.text === "||"
          ? left !== 0 || right !== 0
            ? 1
            : 0
          : left !== 0 && right !== 0
            ? 1
            : 0;
    } else left = apply(reader, token.text, [left, binary(reader, level), from]);
    reader.lvalue = undefined;
  }
}

function powers(reader: Reader): Integer {
  const base = unary(reader);
  if (!is(reader, "**")) return base;
  readToken(reader);
  const exponent = powers(reader);
  reader.lvalue = undefined;
  if (exponent < 0) fail(reader, "exponent less than 0");
  return raise(base, exponent);
}

function unary(reader: Reader): Integer {
  const { token } = reader;
  if (
    token.type !== "operator" ||
    !"!~+-".includes(token.text[0] ?? " ") ||
    token.text.endsWith("=")
  ) {
    return operand(reader);
  }
  if (++reader.groups > deepestGroup) fail(reader, "expression recursion level exceeded");
  readToken(reader);
  const value = unary(reader);
  reader.groups -= 1;
  const name = reader.lvalue;
  reader.lvalue = undefined;
  switch (token.text) {
    case "!":
      return value === 0 ? 1 : 0;
    case "~":
      return add(multiply(value, -1), -1);
    case "-":
      return multiply(value, -1);
    case "+":
      return value;
    default: {
      if (name === undefined) fail(reader, `${token.text}: assignment requires lvalue`);
      const result = add(value, token.text === "++" ? 1 : -1);
      store(reader, name, result);
      return result;
    }
  }
}

function operand(reader: Reader): Integer {
  const { token } = reader;
  reader.lvalue = undefined;
  if (token.type === "number") {
    readToken(reader);
    return token.value;
  }
  if (token.type === "name") {
    readToken(reader);
    const value = is(reader, "=") ? 0 : valueOfToken(reader, token);
    reader.lvalue = token;
    if (is(reader, "++") || is(reader, "--")) {
      const step = reader.token.text === "++" ? 1 : -1;
      readToken(reader);
      store(reader, token, add(value, step));
      reader.lvalue = undefined;
    }
    return value;
  }
  if (!is(reader, "(")) fail(reader, "syntax error: operand expected");
  if (++reader.groups > deepestGroup) fail(reader, "expression recursion level exceeded");
  readToken(reader);
  const value = comma(reader);
  if (!is(reader, ")")) fail(reader, "missing `)'");
  readToken(reader);
  reader.groups -= 1;
  reader.lvalue = undefined;
  return value;
}

function valueOfToken(reader: Reader, token: Token): Integer {
  if (reader.idle > 0) return 0;
  const text = reader.host.read(token.text, token.subscript);
  if (text === undefined || text === "") return 0;
  if (simple.test(text)) return Number(text);
  if (reader.depth >= deepest) {
    const name = token.text;
    throw new ArithmeticFault(
      `${name}: expression recursion level exceeded (error token is "${name}")`,
    );
  }
  return evaluate(reader.host, text, reader.depth + 1);
}

function store(reader: Reader, token: Token, value: Integer): void {
  if (reader.idle === 0) reader.host.write(token.text, token.subscript, `${value}`);
}

// Arithmetic: evaluates the text of an expression while it reads it, as bash does, so that what stands
// before a fault has happened. Numbers are 64 bits wide: JavaScript numbers while they are exact.
// Source: bash(1) ARITHMETIC EVALUATION; messages by experiment with bash 5.2.
// Not here: reading the values of variables (ArithmeticHost), the numbers themselves (integers.ts).

import { add, combine, type Integer, multiply, raise } from "./integers.ts";

/** How an expression reads and writes variables. */
export type ArithmeticHost = {
  read(name: string, subscript: string | undefined): string | undefined;
  write(name: string, subscript: string | undefined, value: string): void;
};

/** What bash says of a faulty expression; `exit` when it ends the shell (an unbound variable). */
export class ArithmeticFault extends Error {
  readonly exit: boolean;
  constructor(message: string, exit = false) {
    super(message);
    this.exit = exit;
  }
}

const deepest = 1024;
const deepestGroup = 256;

/** The value of an expression; throws ArithmeticFault. */
export function evaluate(host: ArithmeticHost, text: string, depth = 0): Integer {
  if (simple.test(text)) return Number(text);
  const reader = createReader(host, text, depth);
  reader.next();
  if (atEnd(reader)) return 0;
  const value = comma(reader);
  if (!atEnd(reader)) fail(reader, "syntax error in expression");
  return value;
}

const simple = /^(?:0|[1-9]\d{0,14})$/;

type Token = {
  type: "end" | "number" | "name" | "operator";
  text: string;
  value: Integer;
  subscript: string | undefined;
};

type Reader = {
  readonly host: ArithmeticHost;
  readonly text: string;
  readonly depth: number;
  at: number;
  /** Where the last token began. */
  start: number;
  token: Token;
  /** Above 0: parse without effect. */
  idle: number;
  groups: number;
  /** The variable that the last operand was, when it was nothing else. */
  lvalue: Token | undefined;
  next(): void;
};

function createReader(host: ArithmeticHost, text: string, depth: number): Reader {
  const reader: Reader = {
    host,
    text,
    depth,
    at: 0,
    start: 0,
    token: { type: "end", text: "", value: 0, subscript: undefined },
    idle: 0,
    groups: 0,
    lvalue: undefined,
    next: () => readToken(reader),
  };
  return reader;
}

function fail(reader: Reader, message: string, from = reader.start): never {
  const text = reader.text.trimStart();
  throw new ArithmeticFault(`${text}: ${message} (error token is "${reader.text.slice(from)}")`);
}

const operators =
  /<<=|>>=|\*\*|&&|\|\||<<|>>|<=|>=|==|!=|\+\+|--|[-+*/%&|^]=|[-+*/%&|^<>=!~?:,()]/y;
const space = /[ \t\n]*/y;
const numeric = /[0-9][0-9A-Za-z@_#]*/y;
const identifier = /[A-Za-z_][A-Za-z0-9_]*/y;

function at(pattern: RegExp, text: string, position: number): string | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0];
}

function readToken(reader: Reader): void {
  const { text } = reader;
  const before = reader.token.type;
  reader.at += at(space, text, reader.at)?.length ?? 0;
  if (reader.at >= text.length) {
    reader.token = { type: "end", text: "", value: 0, subscript: undefined };
    return;
  }
  reader.start = reader.at;
  const number = at(numeric, text, reader.at);
  if (number !== undefined) {
    reader.at += number.length;
    reader.token = {
      type: "number",
      text: number,
      value: numberOf(reader, number),
      subscript: undefined,
    };
    return;
  }
  const name = at(identifier, text, reader.at);
  if (name !== undefined) {
    readName(reader, name);
    return;
  }
  const operator = at(operators, text, reader.at);
  if (operator === undefined) {
    const message =
      before === "number" || before === "name"
        ? "syntax error: invalid arithmetic operator"
        : "syntax error: operand expected";
    fail(reader, message);
  }
  const used = stepOperator(reader, operator, before);
  reader.at += used.length;
  reader.token = { type: "operator", text: used, value: 0, subscript: undefined };
}

/** `++` and `--` are two signs unless a variable stands next to them. */
function stepOperator(reader: Reader, operator: string, before: Token["type"]): string {
  if (operator !== "++" && operator !== "--") return operator;
  if (before === "name") return operator;
  const after = reader.text.slice(reader.at + 2).trimStart();
  return /^[A-Za-z_]/.test(after) && before !== "number" ? operator : operator.slice(0, 1);
}

function readName(reader: Reader, name: string): void {
  const { text } = reader;
  reader.at += name.length;
  let subscript: string | undefined;
  if (text[reader.at] === "[") {
    const end = closing(text, reader.at);
    if (end < 0) {
      throw new ArithmeticFault(
        `${text.trimStart()}: bad array subscript (error token is "${text.slice(reader.start)}")`,
      );
    }
    subscript = text.slice(reader.at + 1, end);
    reader.at = end + 1;
  }
  reader.token = { type: "name", text: name, value: 0, subscript };
}

function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === "[") depth += 1;
    else if (text[at] === "]" && --depth === 0) return at;
  }
  return -1;
}

function numberOf(reader: Reader, text: string): Integer {
  const hash = text.indexOf("#");
  if (hash >= 0) {
    const base = Number(text.slice(0, hash));
    if (!(base >= 2 && base <= 64)) fail(reader, "invalid arithmetic base");
    return digits(reader, text.slice(hash + 1), base);
  }
  if (/^0[xX]/.test(text)) return digits(reader, text.slice(2), 16);
  if (text.length > 1 && text.startsWith("0")) return digits(reader, text.slice(1), 8);
  return digits(reader, text, 10);
}

function digits(reader: Reader, text: string, base: number): Integer {
  let value: Integer = 0;
  for (const digit of text) {
    const one = digitOf(digit, base);
    if (one >= base) fail(reader, "value too great for base");
    value = add(multiply(value, base), one);
  }
  return value;
}

function digitOf(digit: string, base: number): number {
  if (digit === "@") return 62;
  if (digit === "_") return 63;
  const code = digit.charCodeAt(0);
  if (code < 58) return code < 48 ? 99 : code - 48;
  if (code >= 97) return code - 87;
  return base <= 36 ? code - 55 : code - 29;
}

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
    reader.next();
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
  reader.next();
  const from = reader.start;
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
  reader.next();
  if (atEnd(reader) || is(reader, ":")) fail(reader, "expression expected");
  const chosen = idleUnless(reader, test !== 0, comma);
  if (!is(reader, ":")) fail(reader, "`:' expected for conditional expression");
  reader.next();
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

/** Operators of one level and those that bind closer, from the left. */
function binary(reader: Reader, least: number): Integer {
  let left = powers(reader);
  for (;;) {
    const { token } = reader;
    const level = token.type === "operator" ? levels[token.text] : undefined;
    if (level === undefined || level <= least) return left;
    reader.next();
    const from = reader.start;
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
  reader.next();
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
  reader.next();
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
    reader.next();
    return token.value;
  }
  if (token.type === "name") {
    reader.next();
    const value = is(reader, "=") ? 0 : valueOfToken(reader, token);
    reader.lvalue = token;
    if (is(reader, "++") || is(reader, "--")) {
      const step = reader.token.text === "++" ? 1 : -1;
      reader.next();
      store(reader, token, add(value, step));
      reader.lvalue = undefined;
    }
    return value;
  }
  if (!is(reader, "(")) fail(reader, "syntax error: operand expected");
  if (++reader.groups > deepestGroup) fail(reader, "expression recursion level exceeded");
  reader.next();
  const value = comma(reader);
  if (!is(reader, ")")) fail(reader, "missing `)'");
  reader.next();
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

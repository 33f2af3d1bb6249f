// The tokens of arithmetic expressions, and the faults that bash finds in them.
// Source: bash(1) ARITHMETIC EVALUATION; messages by experiment with bash 5.2.
// Not here: what they mean (arithmetic.ts).

import { add, type Integer, multiply } from "./integers.ts";

/** How an expression reads and writes variables. */
export type ArithmeticHost = {
  read(name: string, subscript: string | undefined): string | undefined;
  write(name: string, subscript: string | undefined, value: string): void;
};

/** How much a fault is said of and gives up; "plain" without the command's name before it. */
export type FaultKind = "expression" | "plain" | "exit";

/** What bash says of a faulty expression. */
export class ArithmeticFault extends Error {
  readonly kind: FaultKind;
  constructor(message: string, kind: FaultKind = "expression") {
    super(message);
    this.kind = kind;
  }
}

/** A piece of an expression. */
export type Token = {
  readonly type: "end" | "number" | "name" | "operator";
  readonly text: string;
  readonly value: Integer;
  readonly subscript: string | undefined;
};

/** An expression that is being read. */
export type Reader = {
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
};

const end: Token = { type: "end", text: "", value: 0, subscript: undefined };

/** A reader before the first token. */
export function createReader(host: ArithmeticHost, text: string, depth: number): Reader {
  return { host, text, depth, at: 0, start: 0, token: end, idle: 0, groups: 0, lvalue: undefined };
}

/** Gives up; the token in the message begins at `from`. */
export function fail(reader: Reader, message: string, from = reader.start): never {
  const text = reader.text.trimStart();
  throw new ArithmeticFault(`${text}: ${message} (error token is "${reader.text.slice(from)}")`);
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

const isLetter = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;

/** Reads the next token. */
export function readToken(reader: Reader): void {
  const { text } = reader;
  let { at } = reader;
  let code = text.charCodeAt(at);
  while (code === 32 || code === 9 || code === 10) code = text.charCodeAt(++at);
  if (at >= text.length) {
    reader.at = at;
    reader.token = end;
    return;
  }
  reader.start = at;
  if (isDigit(code)) readNumber(reader, at);
  else if (isLetter(code)) readName(reader, at);
  else readOperator(reader, at);
}

function readNumber(reader: Reader, from: number): void {
  const { text } = reader;
  let at = from;
  let plain = true;
  for (let code = text.charCodeAt(at); ; code = text.charCodeAt(++at)) {
    if (isDigit(code)) continue;
    if (!isLetter(code) && code !== 64 && code !== 35) break;
    plain = false;
  }
  reader.at = at;
  const word = text.slice(from, at);
  const easy = plain && word.length < 16 && (word.length === 1 || word.charCodeAt(0) !== 48);
  const value = easy ? Number(word) : numberOf(reader, word);
  reader.token = { type: "number", text: word, value, subscript: undefined };
}

const operators = new Set(
  "<<= >>= ** && || << >> <= >= == != ++ -- -= += *= /= %= &= |= ^= - + * / % & | ^ < > = ! ~ ? : , ( )".split(
    " ",
  ),
);

function readOperator(reader: Reader, from: number): void {
  const { text } = reader;
  const before = reader.token.type;
  let operator = text.slice(from, from + 3);
  while (operator !== "" && !operators.has(operator)) operator = operator.slice(0, -1);
  if (operator === "") {
    const afterOperand = before === "number" || before === "name";
    fail(
      reader,
      afterOperand ? "syntax error: invalid arithmetic operator" : "syntax error: operand expected",
    );
  }
  const used = stepOperator(reader, operator, from);
  reader.at = from + used.length;
  reader.token = { type: "operator", text: used, value: 0, subscript: undefined };
}

/** `++` and `--` are two signs unless a variable stands next to them. */
function stepOperator(reader: Reader, operator: string, from: number): string {
  if (operator !== "++" && operator !== "--") return operator;
  const before = reader.token.type;
  if (before === "name") return operator;
  const after = reader.text.slice(from + 2).trimStart();
  return /^[A-Za-z_]/.test(after) && before !== "number" ? operator : operator.slice(0, 1);
}

function readName(reader: Reader, from: number): void {
  const { text } = reader;
  let at = from;
  for (let code = text.charCodeAt(at); isLetter(code) || isDigit(code); )
    code = text.charCodeAt(++at);
  const name = text.slice(from, at);
  let subscript: string | undefined;
  if (text.charCodeAt(at) === 91) {
    const close = closing(text, at);
    if (close < 0) {
      throw new ArithmeticFault(
        `${text.trimStart()}: bad array subscript (error token is "${text.slice(from)}")`,
      );
    }
    subscript = text.slice(at + 1, close);
    at = close + 1;
  }
  reader.at = at;
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

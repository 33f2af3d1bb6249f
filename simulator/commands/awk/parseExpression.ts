// Reads awk's expressions by precedence, the loosest first (POSIX awk, table of expressions).
// Not here: statements (parse.ts).

import { AwkError, BUILTINS, type Token } from "./scan.ts";
import type { Expression, Target } from "./syntax.ts";

/** Where reading stands. `inPrint`: ">" is an output; `noIn`: "in" ends the expression. */
export type Reader = { readonly tokens: readonly Token[]; at: number; depth: number };
type Mode = { readonly inPrint?: boolean; readonly noIn?: boolean };

const DEEPEST = 200;

/** The token that comes next. */
export function peek(reader: Reader, ahead = 0): Token {
  return reader.tokens[Math.min(reader.at + ahead, reader.tokens.length - 1)] ?? END;
}

const END: Token = { type: "end", text: "", line: 0 };

/** True when the next token is this symbol or keyword. */
export function isNext(reader: Reader, ...texts: readonly string[]): boolean {
  const { type, text } = peek(reader);
  return (type === "symbol" || type === "keyword" || type === "newline") && texts.includes(text);
}

/** Takes the symbol if it is next. */
export function accept(reader: Reader, ...texts: readonly string[]): string | undefined {
  if (!isNext(reader, ...texts)) return undefined;
  const { text } = peek(reader);
  reader.at += 1;
  return text;
}

/** Takes the symbol or complains. */
export function expect(reader: Reader, text: string): void {
  if (accept(reader, text) === undefined) throw complaint(reader);
}

/** What awk says of a token that does not fit. */
export function complaint(reader: Reader): AwkError {
  const { text, line, type } = peek(reader);
  const near = type === "end" ? "end of file" : text === "\n" ? "end of line" : text;
  return new AwkError(`line ${line}: syntax error at or near ${near}`);
}

/** Skips line ends. */
export function skipLines(reader: Reader): void {
  while (accept(reader, "\n") !== undefined);
}

/** Reads an expression. */
export function readExpression(reader: Reader, mode: Mode = {}): Expression {
  if (++reader.depth > DEEPEST)
    throw new AwkError(`line ${peek(reader).line}: the program nests too deeply`);
  try {
    return readChoice(reader, mode);
  } finally {
    reader.depth -= 1;
  }
}

/** Expressions between commas. */
export function readList(reader: Reader, mode: Mode = {}): Expression[] {
  const list = [readExpression(reader, mode)];
  while (accept(reader, ",") !== undefined) {
    skipLines(reader);
    list.push(readExpression(reader, mode));
  }
  return list;
}

function readChoice(reader: Reader, mode: Mode): Expression {
  const test = readBinary(reader, mode, 0);
  const assignment = isTarget(test)
    ? accept(reader, "=", "+=", "-=", "*=", "/=", "%=", "^=")
    : undefined;
  if (assignment !== undefined && isTarget(test)) {
    skipLines(reader);
    const operator = assignment === "=" ? "" : assignment.slice(0, -1);
    return { type: "assign", operator, target: test, value: readExpression(reader, mode) };
  }
  if (accept(reader, "?") === undefined) return test;
  skipLines(reader);
  const yes = readExpression(reader, mode);
  skipLines(reader);
  expect(reader, ":");
  skipLines(reader);
  return { type: "choice", test, yes, no: readExpression(reader, mode) };
}

/** Operators from loose to tight; each level reads the next one for its sides. */
const LEVELS = [
  "or",
  "and",
  "in",
  "match",
  "compare",
  "concat",
  "add",
  "multiply",
  "unary",
] as const;

function readBinary(reader: Reader, mode: Mode, level: number): Expression {
  const name = LEVELS[level];
  if (name === undefined || name === "unary") return readUnary(reader, mode);
  let left = readBinary(reader, mode, level + 1);
  for (;;) {
    const next = continueLevel(reader, { mode, level, name, left });
    if (next === undefined) return left;
    left = next;
  }
}

type Half = {
  readonly mode: Mode;
  readonly level: number;
  readonly name: (typeof LEVELS)[number];
  readonly left: Expression;
};

function continueLevel(reader: Reader, { mode, level, name, left }: Half): Expression | undefined {
  const right = () => {
    skipLines(reader);
    return readBinary(reader, mode, level + 1);
  };
  const binary = (...operators: readonly string[]): Expression | undefined => {
    const operator = accept(reader, ...operators);
    return operator === undefined ? undefined : { type: "binary", operator, left, right: right() };
  };
  switch (name) {
    case "or":
      return accept(reader, "||") === undefined ? undefined : { type: "or", left, right: right() };
    case "and":
      return accept(reader, "&&") === undefined ? undefined : { type: "and", left, right: right() };
    case "in": {
      if (mode.noIn || accept(reader, "in") === undefined) return undefined;
      return { type: "member", keys: [left], name: takeName(reader) };
    }
    case "match": {
      const operator = accept(reader, "~", "!~");
      if (operator === undefined) return undefined;
      return { type: "match", negated: operator === "!~", left, right: right() };
    }
    case "compare":
      if (isNext(reader, "|") && peek(reader, 1).text === "getline") {
        reader.at += 2;
        return { type: "getline", from: "command", source: left, target: readTarget(reader) };
      }
      return mode.inPrint
        ? binary("<", "<=", "==", "!=", ">=")
        : binary("<", "<=", "==", "!=", ">", ">=");
    case "concat":
      return beginsOperand(reader, mode)
        ? { type: "binary", operator: "", left, right: readBinary(reader, mode, level + 1) }
        : undefined;
    case "add":
      return binary("+", "-");
    default:
      return binary("*", "/", "%");
  }
}

function beginsOperand(reader: Reader, mode: Mode): boolean {
  const { type, text } = peek(reader);
  if (type === "symbol") return ["$", "(", "-", "+", "++", "--"].includes(text);
  if (type === "keyword") return false;
  return type !== "newline" && type !== "end" && !(mode.noIn === true && text === "in");
}

function readUnary(reader: Reader, mode: Mode): Expression {
  const operator = accept(reader, "!", "-", "+");
  if (operator === "!" || operator === "-" || operator === "+") {
    return { type: "unary", operator, operand: readUnary(reader, mode) };
  }
  return readPower(reader, mode);
}

function readPower(reader: Reader, mode: Mode): Expression {
  const left = readPostfix(reader, mode);
  if (accept(reader, "^") === undefined) return left;
  return { type: "binary", operator: "^", left, right: readUnary(reader, mode) };
}

function readPostfix(reader: Reader, mode: Mode): Expression {
  const step = accept(reader, "++", "--");
  if (step !== undefined) {
    const target = readPrimary(reader, mode);
    if (!isTarget(target)) throw complaint(reader);
    return { type: "step", target, by: step === "++" ? 1 : -1, before: true };
  }
  const operand = readPrimary(reader, mode);
  if (!isTarget(operand)) return operand;
  const after = accept(reader, "++", "--");
  return after === undefined
    ? operand
    : { type: "step", target: operand, by: after === "++" ? 1 : -1, before: false };
}

function readPrimary(reader: Reader, mode: Mode): Expression {
  const token = peek(reader);
  reader.at += 1;
  switch (token.type) {
    case "number":
      return { type: "number", value: Number(token.text) };
    case "string":
      return { type: "string", value: token.text };
    case "regex":
      return { type: "regex", source: token.text };
    case "call":
      return { type: "call", name: token.text, own: true, values: readValues(reader) };
    case "name":
      return readName(reader, token.text);
    default:
  }
  if (token.text === "$") return { type: "field", index: readFieldIndex(reader, mode) };
  if (token.text === "(") return readGroup(reader);
  if (token.text === "getline") return readGetline(reader);
  reader.at -= 1;
  throw complaint(reader);
}

function readFieldIndex(reader: Reader, mode: Mode): Expression {
  const operator = accept(reader, "-", "+", "!");
  if (operator === "-" || operator === "+" || operator === "!") {
    return { type: "unary", operator, operand: readFieldIndex(reader, mode) };
  }
  const step = accept(reader, "++", "--");
  const inner = readPrimary(reader, mode);
  if (step === undefined) return inner;
  if (!isTarget(inner)) throw complaint(reader);
  return { type: "step", target: inner, by: step === "++" ? 1 : -1, before: true };
}

function readGroup(reader: Reader): Expression {
  skipLines(reader);
  const list = readList(reader);
  skipLines(reader);
  expect(reader, ")");
  const [only] = list;
  if (list.length === 1 && only !== undefined) return { type: "group", inner: only };
  if (accept(reader, "in") === undefined) {
    // A list in parentheses: print (a, b) > "file".
    return { type: "call", name: "(list)", own: false, values: list };
  }
  return { type: "member", keys: list, name: takeName(reader) };
}

function readGetline(reader: Reader): Expression {
  const target = readTarget(reader);
  if (accept(reader, "<") === undefined)
    return { type: "getline", from: "main", source: undefined, target };
  return {
    type: "getline",
    from: "file",
    source: readBinary(reader, {}, LEVELS.indexOf("add")),
    target,
  };
}

function readTarget(reader: Reader): Target | undefined {
  const { type, text } = peek(reader);
  if (type !== "name" && text !== "$") return undefined;
  const target = readPrimary(reader, {});
  if (!isTarget(target)) throw complaint(reader);
  return target;
}

function readName(reader: Reader, name: string): Expression {
  if (BUILTINS.has(name)) {
    const bare = name === "length" && !isNext(reader, "(");
    return { type: "call", name, own: false, values: bare ? [] : readValues(reader) };
  }
  if (accept(reader, "[") === undefined) return { type: "variable", name };
  const keys = readList(reader);
  expect(reader, "]");
  return { type: "element", name, keys };
}

function readValues(reader: Reader): Expression[] {
  expect(reader, "(");
  skipLines(reader);
  if (accept(reader, ")") !== undefined) return [];
  const values = readList(reader);
  skipLines(reader);
  expect(reader, ")");
  return values;
}

/** The name that has to come next. */
export function takeName(reader: Reader): string {
  const { type, text } = peek(reader);
  if (type !== "name") throw complaint(reader);
  reader.at += 1;
  return text;
}

function isTarget(expression: Expression): expression is Target {
  return (
    expression.type === "variable" || expression.type === "element" || expression.type === "field"
  );
}

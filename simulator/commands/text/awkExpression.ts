// The grammar of expressions of `awk` (mawk(1)), from assignments down to names and numbers.
// In the arguments of print ">" redirects; "|" does so unless getline follows.
// Not here: statements (awkParse.ts).

import { type AwkReader, advance, BUILTINS, mistake, syntaxError } from "./awkLexer.ts";
import type { AwkExpression, AwkTarget } from "./awkSyntax.ts";

/** Reading with what is known about names. */
export type AwkParser = {
  readonly reader: AwkReader;
  /** Names of functions that were called, with the lines of their first calls. */
  readonly calls: Map<string, number>;
  /** What global names are. */
  readonly globals: Map<string, "variable" | "array">;
  /** What the parameters of the function are that is being read. */
  locals: Map<string, "variable" | "array" | undefined> | undefined;
  /** How deep expressions and statements nest. */
  depth: number;
};

const DEEPEST = 400;

/** True when the next token is this sign. */
export function isSign(parser: AwkParser, ...texts: readonly string[]): boolean {
  const { token } = parser.reader;
  return token.kind === "sign" && texts.includes(token.text);
}

/** True when the next token is this word. */
export function isWord(parser: AwkParser, text: string): boolean {
  const { token } = parser.reader;
  return token.kind === "keyword" && token.text === text;
}

/** Takes the sign that must come. */
export function expect(parser: AwkParser, text: string): void {
  if (!isSign(parser, text)) {
    const { reader } = parser;
    if (text === ")" && reader.token.kind === "newline") {
      reader.line -= 1;
      const first = mistake(reader, "missing ) near end of line");
      reader.line += 1;
      const rest =
        reader.braces > 0 ? `\n${mistake(reader, "missing } near end of file").message}` : "";
      first.message += rest;
      throw first;
    }
    throw syntaxError(reader);
  }
  advance(parser.reader);
}

/** Goes over ends of lines. */
export function skipNewlines(parser: AwkParser): void {
  while (parser.reader.token.kind === "newline") advance(parser.reader);
}

/** Notes what a name is used as; refuses what it cannot be. */
export function useName(parser: AwkParser, name: string, as: "variable" | "array"): void {
  const names: Map<string, "variable" | "array" | undefined> = parser.locals?.has(name)
    ? parser.locals
    : parser.globals;
  const before = names.get(name);
  if (before !== undefined && before !== as) {
    throw mistake(parser.reader, `illegal reference to ${before} ${name}`);
  }
  names.set(name, as);
}

/** How "greater than" is to be read. */
type Context = { readonly inPrint: boolean };

/** Reads an expression. */
export function readExpression(parser: AwkParser, inPrint = false): AwkExpression {
  parser.depth += 1;
  if (parser.depth > DEEPEST) throw mistake(parser.reader, "program limit exceeded: nesting");
  const result = readAssignment(parser, { inPrint });
  parser.depth -= 1;
  return result;
}

/** Reads expressions with commas in between. */
export function readList(parser: AwkParser, inPrint = false): AwkExpression[] {
  const items = [readExpression(parser, inPrint)];
  while (isSign(parser, ",")) {
    advance(parser.reader);
    skipNewlines(parser);
    items.push(readExpression(parser, inPrint));
  }
  return items;
}

function isTarget(expression: AwkExpression): expression is AwkTarget {
  return ["variable", "field", "element"].includes(expression.kind);
}

function readAssignment(parser: AwkParser, context: Context): AwkExpression {
  const left = readCondition(parser, context);
  if (!isSign(parser, "=", "+=", "-=", "*=", "/=", "%=", "^=")) return left;
  if (!isTarget(left)) {
    // `$1 == x = 3` assigns to x: the target is the last operand.
    if (left.kind === "binary" && isTarget(left.right)) {
      const value = assignTo(parser, left.right, context);
      return { ...left, right: value };
    }
    throw syntaxError(parser.reader);
  }
  return assignTo(parser, left, context);
}

function assignTo(parser: AwkParser, target: AwkTarget, { inPrint }: Context): AwkExpression {
  const operator = parser.reader.token.text;
  advance(parser.reader);
  skipNewlines(parser);
  if (target.kind === "variable") useName(parser, target.name, "variable");
  return { kind: "assign", operator, target, value: readExpression(parser, inPrint) };
}

function readCondition(parser: AwkParser, context: Context): AwkExpression {
  const test = readOr(parser, context);
  if (!isSign(parser, "?")) return test;
  advance(parser.reader);
  skipNewlines(parser);
  const yes = readExpression(parser, context.inPrint);
  skipNewlines(parser);
  expect(parser, ":");
  skipNewlines(parser);
  const no = readExpression(parser, context.inPrint);
  return { kind: "condition", test, yes, no };
}

type Level = (parser: AwkParser, context: Context) => AwkExpression;

/** A level of operators that bind to the left. */
function leftward(next: Level, operatorOf: (parser: AwkParser, context: Context) => string): Level {
  return (parser, context) => {
    let left = next(parser, context);
    for (;;) {
      const operator = operatorOf(parser, context);
      if (operator === "") return left;
      if (operator !== " ") {
        advance(parser.reader);
        if (operator === "&&" || operator === "||") skipNewlines(parser);
      }
      left = { kind: "binary", operator, left, right: next(parser, context) };
    }
  };
}

function oneOf(...operators: readonly string[]): (parser: AwkParser) => string {
  return (parser) => (isSign(parser, ...operators) ? parser.reader.token.text : "");
}

const readPower: Level = (parser, context) => {
  const left = readStep(parser, context);
  if (!isSign(parser, "^")) return left;
  advance(parser.reader);
  skipNewlines(parser);
  return { kind: "binary", operator: "^", left, right: readPowerOperand(parser, context) };
};

/** 2^-3 is allowed, and binds to the right. */
function readPowerOperand(parser: AwkParser, context: Context): AwkExpression {
  return isSign(parser, "-", "+", "!") ? readUnary(parser, context) : readPower(parser, context);
}

/** `command | getline`. */
const readPiped: Level = (parser, context) => {
  let left = readPower(parser, context);
  while (isSign(parser, "|")) {
    if (!/^[ \t]*getline\b/.test(parser.reader.text.slice(parser.reader.at))) return left;
    advance(parser.reader);
    advance(parser.reader);
    const target = readOptionalTarget(parser, context);
    left = { kind: "getline", from: "command", source: left, target };
  }
  return left;
};

function readUnary(parser: AwkParser, context: Context): AwkExpression {
  if (!isSign(parser, "!", "-", "+")) return readPiped(parser, context);
  parser.depth += 1;
  if (parser.depth > DEEPEST) throw mistake(parser.reader, "program limit exceeded: nesting");
  const operator = parser.reader.token.text;
  advance(parser.reader);
  const operand = readUnary(parser, context);
  parser.depth -= 1;
  return { kind: "unary", operator, operand };
}

const readProduct = leftward(readUnary, oneOf("*", "/", "%"));
const readSum = leftward(readProduct, oneOf("+", "-"));

/** What stands side by side is joined; a sign there would have been an operator. */
const readJoin = leftward(readSum, (parser) => (beginsOperand(parser) ? " " : ""));

function beginsOperand(parser: AwkParser): boolean {
  const { token } = parser.reader;
  if (["number", "string", "name", "function", "builtin"].includes(token.kind)) return true;
  if (token.kind === "regex") return true;
  if (token.kind === "keyword") return token.text === "getline";
  return isSign(parser, "$", "!", "(", "-", "+", "++", "--");
}

const readComparison = leftward(readJoin, (parser, { inPrint }) => {
  const operators = inPrint ? ["<", "<=", "==", "!=", ">="] : ["<", "<=", "==", "!=", ">", ">="];
  return isSign(parser, ...operators) ? parser.reader.token.text : "";
});

const readMatch = leftward(readComparison, oneOf("~", "!~"));

const readIn: Level = (parser, context) => {
  let left = readMatch(parser, context);
  while (isWord(parser, "in")) {
    advance(parser.reader);
    const { token } = parser.reader;
    if (token.kind !== "name") throw syntaxError(parser.reader);
    useName(parser, token.text, "array");
    advance(parser.reader);
    left = { kind: "in", keys: left.kind === "list" ? left.items : [left], name: token.text };
  }
  return left;
};

const readAnd = leftward(readIn, oneOf("&&"));
const readOr = leftward(readAnd, oneOf("||"));

function readStep(parser: AwkParser, context: Context): AwkExpression {
  if (isSign(parser, "++", "--")) {
    const delta = parser.reader.token.text === "++" ? 1 : -1;
    advance(parser.reader);
    const target = readPrimary(parser, context);
    if (!isTarget(target)) throw syntaxError(parser.reader);
    return { kind: "step", prefix: true, delta, target };
  }
  const operand = readPrimary(parser, context);
  if (!isTarget(operand) || !isSign(parser, "++", "--")) return operand;
  const delta = parser.reader.token.text === "++" ? 1 : -1;
  advance(parser.reader);
  return { kind: "step", prefix: false, delta, target: operand };
}

function readPrimary(parser: AwkParser, context: Context): AwkExpression {
  const { reader } = parser;
  const { token } = reader;
  switch (token.kind) {
    case "number":
      advance(reader);
      return { kind: "number", value: Number(token.text) };
    case "string":
      advance(reader);
      return { kind: "string", value: token.text };
    case "regex":
      advance(reader);
      return { kind: "regex", source: token.text };
    case "name":
      advance(reader);
      return readName(parser, token.text);
    case "function":
      return readCall(parser, token.text);
    case "builtin":
      return readBuiltin(parser, token.text);
    case "keyword":
      if (token.text === "getline") return readGetline(parser, context);
      throw syntaxError(reader);
    default:
      if (isSign(parser, "(")) return readGroup(parser);
      if (!isSign(parser, "$")) throw syntaxError(reader);
      return readField(parser, context);
  }
}

function readField(parser: AwkParser, context: Context): AwkExpression {
  advance(parser.reader);
  if (isSign(parser, "++", "--")) return { kind: "field", index: readStep(parser, context) };
  if (isSign(parser, "-", "+", "!")) {
    const operator = parser.reader.token.text;
    advance(parser.reader);
    const operand = readPrimary(parser, context);
    return { kind: "field", index: { kind: "unary", operator, operand } };
  }
  return { kind: "field", index: readPrimary(parser, context) };
}

function readName(parser: AwkParser, name: string): AwkExpression {
  if (!isSign(parser, "[")) return { kind: "variable", name };
  useName(parser, name, "array");
  advance(parser.reader);
  const keys = readList(parser);
  expect(parser, "]");
  return { kind: "element", name, keys };
}

function readGroup(parser: AwkParser): AwkExpression {
  advance(parser.reader);
  const items = readList(parser);
  expect(parser, ")");
  const [only] = items;
  // A group is no target: (x) = 1 is none.
  return items.length === 1 && only !== undefined && !isTarget(only)
    ? only
    : items.length === 1 && only !== undefined
      ? { kind: "unary", operator: "()", operand: only }
      : { kind: "list", items };
}

function readArguments(parser: AwkParser): AwkExpression[] {
  expect(parser, "(");
  const args = isSign(parser, ")") ? [] : readList(parser);
  expect(parser, ")");
  return args;
}

function readCall(parser: AwkParser, name: string): AwkExpression {
  const { reader } = parser;
  const { line } = reader;
  if (parser.globals.get(name) === "variable") {
    advance(reader);
    advance(reader);
    throw syntaxError(reader);
  }
  if (!parser.calls.has(name)) parser.calls.set(name, line);
  advance(reader);
  return { kind: "call", name, args: readArguments(parser), line };
}

function readBuiltin(parser: AwkParser, name: string): AwkExpression {
  const { reader } = parser;
  advance(reader);
  if (name === "length" && !isSign(parser, "(")) return { kind: "builtin", name, args: [] };
  const args = readArguments(parser);
  const [least, most] = BUILTINS[name] ?? [0, 255];
  if (args.length < least || args.length > most) {
    if (name === "sub" || name === "gsub") {
      throw mistake(reader, "syntax error at or near )");
    }
    throw mistake(reader, `wrong number of arguments in call to ${name}`);
  }
  const array = name === "split" ? args[1] : undefined;
  if (array?.kind === "variable") useName(parser, array.name, "array");
  return { kind: "builtin", name, args };
}

function readOptionalTarget(parser: AwkParser, context: Context): AwkTarget | undefined {
  if (parser.reader.token.kind !== "name" && !isSign(parser, "$")) return undefined;
  const target = readPrimary(parser, context);
  return isTarget(target) ? target : undefined;
}

function readGetline(parser: AwkParser, context: Context): AwkExpression {
  advance(parser.reader);
  const target = readOptionalTarget(parser, context);
  if (!isSign(parser, "<")) return { kind: "getline", from: "main", source: undefined, target };
  advance(parser.reader);
  return { kind: "getline", from: "file", source: readStep(parser, context), target };
}

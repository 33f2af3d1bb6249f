// Reads programs of `awk` (mawk(1)): rules, functions and statements, with mawk's words for what is
// wrong.
// Not here: expressions (awkExpression.ts).

import {
  type AwkParser,
  expect,
  isSign,
  isWord,
  readExpression,
  readList,
  skipNewlines,
  useName,
} from "./awkExpression.ts";
import { AwkMistake, type AwkReader, advance, mistake, syntaxError } from "./awkLexer.ts";
import type { AwkExpression, AwkFunction, AwkProgram, AwkRule, AwkStatement } from "./awkSyntax.ts";

/** Reads a program; or the lines that say what is wrong, without the name of `awk`. */
export function parseAwk(
  text: string,
  file: string | undefined,
): AwkProgram | { readonly errors: readonly string[] } {
  const reader: AwkReader = {
    text: text.endsWith("\n") ? text : `${text}\n`,
    file,
    at: 0,
    line: 1,
    braces: 0,
    parens: 0,
    token: { kind: "newline", text: "\n" },
    afterOperand: false,
  };
  const parser: AwkParser = {
    reader,
    calls: new Map(),
    globals: new Map(),
    locals: undefined,
    depth: 0,
  };
  try {
    advance(reader);
    return readProgram(parser);
  } catch (error) {
    if (error instanceof AwkMistake) return { errors: error.message.split("\n") };
    throw error;
  }
}

function readProgram(parser: AwkParser): AwkProgram {
  const { reader } = parser;
  const rules: AwkRule[] = [];
  const functions = new Map<string, AwkFunction>();
  skipNewlines(parser);
  while (reader.token.kind !== "end") {
    if (isWord(parser, "function")) readFunction(parser, functions);
    else rules.push(readRule(parser));
    while (reader.token.kind === "newline" || isSign(parser, ";")) advance(reader);
  }
  for (const [name] of parser.calls) {
    if (!functions.has(name)) throw mistake(reader, `function ${name} never defined`);
  }
  const plain = [...parser.globals].filter(([, use]) => use === "variable").map(([name]) => name);
  return { rules, functions, plain: new Set(plain) };
}

function readRule(parser: AwkParser): AwkRule {
  const { reader } = parser;
  const special = isWord(parser, "BEGIN") ? "begin" : isWord(parser, "END") ? "end" : undefined;
  if (special !== undefined) {
    advance(reader);
    if (!isSign(parser, "{")) throw syntaxError(reader);
    return { when: special, patterns: [], body: readBlock(parser, place("rule", special)) };
  }
  const patterns: AwkExpression[] = [];
  if (!isSign(parser, "{")) {
    patterns.push(readExpression(parser));
    if (isSign(parser, ",")) {
      advance(reader);
      skipNewlines(parser);
      patterns.push(readExpression(parser));
    }
  }
  if (isSign(parser, "{")) {
    return { when: "each", patterns, body: readBlock(parser, place("rule", "each")) };
  }
  const ended =
    reader.token.kind === "newline" || reader.token.kind === "end" || isSign(parser, ";");
  if (!ended) throw syntaxError(reader);
  return { when: "each", patterns, body: undefined };
}

function readFunction(parser: AwkParser, functions: Map<string, AwkFunction>): void {
  const { reader } = parser;
  advance(reader);
  const name = reader.token.text;
  if (reader.token.kind !== "name" && reader.token.kind !== "function") throw syntaxError(reader);
  if (functions.has(name)) throw mistake(reader, `redefinition of ${name}`);
  advance(reader);
  expect(parser, "(");
  const parameters: string[] = [];
  skipNewlines(parser);
  while (!isSign(parser, ")")) {
    const parameter = reader.token.text;
    if (reader.token.kind !== "name" || parameter === name) throw syntaxError(reader);
    if (parameters.includes(parameter)) {
      throw mistake(reader, `${parameter} is duplicated in argument list`);
    }
    parameters.push(parameter);
    advance(reader);
    skipNewlines(parser);
    if (!isSign(parser, ",")) break;
    advance(reader);
    skipNewlines(parser);
  }
  expect(parser, ")");
  skipNewlines(parser);
  const one: AwkFunction = { name, parameters, body: { kind: "block", body: [] } };
  functions.set(name, one);
  parser.locals = new Map(parameters.map((parameter) => [parameter, undefined]));
  one.body = readBlock(parser, place("function", "each"));
  parser.locals = undefined;
}

/** Where a statement stands: what may be said there. */
type StatementPlace = {
  readonly within: "rule" | "function";
  readonly when: AwkRule["when"];
  readonly loops: boolean;
};

function place(within: StatementPlace["within"], when: AwkRule["when"]): StatementPlace {
  return { within, when, loops: false };
}

function readBlock(parser: AwkParser, where: StatementPlace): AwkStatement {
  expect(parser, "{");
  const body: AwkStatement[] = [];
  for (;;) {
    while (parser.reader.token.kind === "newline" || isSign(parser, ";")) advance(parser.reader);
    if (isSign(parser, "}")) break;
    body.push(readStatement(parser, where));
  }
  advance(parser.reader);
  return { kind: "block", body };
}

function readStatement(parser: AwkParser, where: StatementPlace): AwkStatement {
  const { reader } = parser;
  parser.depth += 1;
  if (parser.depth > 400) throw mistake(reader, "program limit exceeded: nesting");
  const statement = isSign(parser, "{") ? readBlock(parser, where) : readPlain(parser, where);
  parser.depth -= 1;
  return statement;
}

function readPlain(parser: AwkParser, where: StatementPlace): AwkStatement {
  const { reader } = parser;
  const word = reader.token.kind === "keyword" ? reader.token.text : "";
  if (word === "if") return readIf(parser, where);
  if (word === "while") {
    advance(reader);
    const test = readTest(parser);
    if (isSign(parser, ";")) advance(reader);
    else return loop({ test, body: readBody(parser, where) });
    return loop({ test, body: { kind: "block", body: [] } });
  }
  if (word === "do") return readDo(parser, where);
  if (word === "for") return readFor(parser, where);
  const statement = readSimple(parser, where);
  endStatement(parser);
  return statement;
}

function endStatement(parser: AwkParser): void {
  const { token } = parser.reader;
  if (isSign(parser, ";") || token.kind === "newline") advance(parser.reader);
  else if (!isSign(parser, "}")) throw syntaxError(parser.reader);
}

type LoopParts = Partial<Extract<AwkStatement, { kind: "loop" }>> & { readonly body: AwkStatement };

function loop({ start, test, step, body, late = false }: LoopParts): AwkStatement {
  return { kind: "loop", start, test, step, body, late };
}

function readTest(parser: AwkParser): AwkExpression {
  expect(parser, "(");
  const test = readExpression(parser);
  expect(parser, ")");
  return test;
}

/** The body of a loop, or of `if`: an empty statement is one. */
function readBody(parser: AwkParser, where: StatementPlace, loops = true): AwkStatement {
  skipNewlines(parser);
  if (isSign(parser, ";")) {
    advance(parser.reader);
    return { kind: "block", body: [] };
  }
  if (isSign(parser, "}")) return { kind: "block", body: [] };
  return readStatement(parser, { ...where, loops: where.loops || loops });
}

function readIf(parser: AwkParser, where: StatementPlace): AwkStatement {
  const { reader } = parser;
  advance(reader);
  const test = readTest(parser);
  const yes = readBody(parser, where, false);
  // An `else` may follow in another line, or behind a semicolon.
  const ahead = /^(?:\s|;|#[^\n]*\n)*else\b/.test(reader.text.slice(reader.at));
  while (ahead && (reader.token.kind === "newline" || isSign(parser, ";"))) advance(reader);
  if (!isWord(parser, "else")) return { kind: "if", test, yes, no: undefined };
  advance(reader);
  return { kind: "if", test, yes, no: readBody(parser, where, false) };
}

function readDo(parser: AwkParser, where: StatementPlace): AwkStatement {
  advance(parser.reader);
  const body = readBody(parser, where);
  while (parser.reader.token.kind === "newline" || isSign(parser, ";")) advance(parser.reader);
  if (!isWord(parser, "while")) throw syntaxError(parser.reader);
  advance(parser.reader);
  const test = readTest(parser);
  endStatement(parser);
  return loop({ test, body, late: true });
}

function readFor(parser: AwkParser, where: StatementPlace): AwkStatement {
  const { reader } = parser;
  advance(reader);
  expect(parser, "(");
  const each = /^\s+in\s+([A-Za-z_]\w*)\s*\)/.exec(reader.text.slice(reader.at));
  if (reader.token.kind === "name" && each !== null) {
    const variable = reader.token.text;
    advance(reader);
    advance(reader);
    const array = reader.token.text;
    useName(parser, variable, "variable");
    useName(parser, array, "array");
    advance(reader);
    expect(parser, ")");
    return { kind: "each", variable, array, body: readBody(parser, where) };
  }
  const start = isSign(parser, ";") ? undefined : readSimple(parser, where);
  expect(parser, ";");
  skipNewlines(parser);
  const test = isSign(parser, ";") ? undefined : readExpression(parser);
  expect(parser, ";");
  skipNewlines(parser);
  const step = isSign(parser, ")") ? undefined : readSimple(parser, where);
  expect(parser, ")");
  return loop({ start, test, step, body: readBody(parser, where) });
}

function readSimple(parser: AwkParser, where: StatementPlace): AwkStatement {
  const { reader } = parser;
  const word = reader.token.kind === "keyword" ? reader.token.text : "";
  switch (word) {
    case "print":
    case "printf":
      return readPrint(parser, word === "printf");
    case "next":
    case "nextfile":
      advance(reader);
      if (where.within === "rule" && where.when !== "each") {
        throw mistake(reader, `improper use of ${word}`);
      }
      return { kind: word };
    case "break":
    case "continue":
      advance(reader);
      if (!where.loops) throw mistake(reader, `${word} statement outside of loop`);
      return { kind: word };
    case "exit":
    case "return": {
      advance(reader);
      if (word === "return" && where.within !== "function") {
        throw mistake(reader, "return outside function body");
      }
      const none = reader.token.kind === "newline" || isSign(parser, ";", "}");
      return { kind: word, value: none ? undefined : readExpression(parser) };
    }
    case "delete":
      return readDelete(parser);
    default: {
      const expression = readExpression(parser);
      return { kind: "expression", expression };
    }
  }
}

function readDelete(parser: AwkParser): AwkStatement {
  const { reader } = parser;
  advance(reader);
  const name = reader.token.text;
  if (reader.token.kind !== "name") throw syntaxError(reader);
  useName(parser, name, "array");
  advance(reader);
  if (!isSign(parser, "[")) return { kind: "delete", name, keys: undefined };
  advance(reader);
  const keys = readList(parser);
  expect(parser, "]");
  return { kind: "delete", name, keys };
}

function readPrint(parser: AwkParser, formatted: boolean): AwkStatement {
  const { reader } = parser;
  advance(reader);
  const none = reader.token.kind === "newline" || isSign(parser, ";", "}", ">", ">>", "|");
  let args = none ? [] : readList(parser, true);
  const [only] = args;
  if (args.length === 1 && only?.kind === "list") args = [...only.items];
  if (args.some(({ kind }) => kind === "list")) throw syntaxError(reader);
  if (formatted && args.length === 0) throw mistake(reader, "no arguments in call to printf");
  if (!isSign(parser, ">", ">>", "|")) {
    return { kind: "print", formatted, args, redirection: undefined };
  }
  const how = reader.token.text as ">" | ">>" | "|";
  advance(reader);
  return { kind: "print", formatted, args, redirection: { how, to: readExpression(parser, true) } };
}

// Reads an awk program: functions, patterns with actions, statements (POSIX awk).
// Not here: expressions (parseExpression.ts).

import {
  accept,
  complaint,
  expect,
  isNext,
  peek,
  type Reader,
  readExpression,
  readList,
  skipLines,
  takeName,
} from "./parseExpression.ts";
import { AwkError, scan } from "./scan.ts";
import type { AwkFunction, AwkProgram, Expression, Output, Rule, Statement } from "./syntax.ts";

/** The program of a text; throws an `AwkError` that says what is wrong. */
export function parseAwk(source: string): AwkProgram {
  const reader: Reader = { tokens: scan(source), at: 0, depth: 0 };
  const begin: Statement[] = [];
  const end: Statement[] = [];
  const rules: Rule[] = [];
  const functions = new Map<string, AwkFunction>();
  for (skipEnds(reader); peek(reader).type !== "end"; skipEnds(reader)) {
    if (accept(reader, "BEGIN") !== undefined) begin.push(readBlock(reader));
    else if (accept(reader, "END") !== undefined) end.push(readBlock(reader));
    else if (accept(reader, "function", "func") !== undefined) readFunction(reader, functions);
    else rules.push(readRule(reader));
  }
  return { begin, rules, end, functions };
}

function skipEnds(reader: Reader): void {
  while (accept(reader, "\n", ";") !== undefined);
}

function readRule(reader: Reader): Rule {
  if (isNext(reader, "{"))
    return { pattern: undefined, until: undefined, action: readBlock(reader) };
  const pattern = readExpression(reader);
  let until: Expression | undefined;
  if (accept(reader, ",") !== undefined) {
    skipLines(reader);
    until = readExpression(reader);
  }
  return { pattern, until, action: isNext(reader, "{") ? readBlock(reader) : undefined };
}

function readFunction(reader: Reader, functions: Map<string, AwkFunction>): void {
  const { type, text } = peek(reader);
  if (type !== "name" && type !== "call") throw complaint(reader);
  reader.at += 1;
  expect(reader, "(");
  const parameters: string[] = [];
  while (!isNext(reader, ")")) {
    parameters.push(takeName(reader));
    if (accept(reader, ",") === undefined) break;
    skipLines(reader);
  }
  expect(reader, ")");
  skipLines(reader);
  functions.set(text, { parameters, body: readBlock(reader) });
}

function readBlock(reader: Reader): Statement {
  expect(reader, "{");
  const body: Statement[] = [];
  for (skipEnds(reader); accept(reader, "}") === undefined; skipEnds(reader)) {
    const { type, line } = peek(reader);
    if (type === "end") throw new AwkError(`line ${line + 1}: missing } near end of file`);
    body.push(readStatement(reader));
  }
  return { type: "block", body };
}

/** Ends of simple statements: ";", a line end, or a "}" that stays. */
function endStatement(reader: Reader): void {
  if (accept(reader, ";", "\n") === undefined && !isNext(reader, "}")) throw complaint(reader);
}

function readStatement(reader: Reader): Statement {
  if (isNext(reader, "{")) return readBlock(reader);
  if (accept(reader, "if") !== undefined) return readIf(reader);
  if (accept(reader, "while") !== undefined) {
    const test = readTest(reader);
    if (accept(reader, ";") !== undefined)
      return { type: "while", test, body: EMPTY, after: false };
    return { type: "while", test, body: readBody(reader), after: false };
  }
  if (accept(reader, "do") !== undefined) {
    const body = readBody(reader);
    skipEnds(reader);
    expect(reader, "while");
    const test = readTest(reader);
    endStatement(reader);
    return { type: "while", test, body, after: true };
  }
  if (accept(reader, "for") !== undefined) return readFor(reader);
  if (accept(reader, ";") !== undefined) return EMPTY;
  const statement = readSimple(reader);
  endStatement(reader);
  return statement;
}

const EMPTY: Statement = { type: "block", body: [] };

function readTest(reader: Reader): Expression {
  expect(reader, "(");
  const test = readExpression(reader);
  expect(reader, ")");
  return test;
}

function readBody(reader: Reader): Statement {
  skipLines(reader);
  return readStatement(reader);
}

function readIf(reader: Reader): Statement {
  const test = readTest(reader);
  const yes = readBody(reader);
  const before = reader.at;
  skipEnds(reader);
  if (accept(reader, "else") === undefined) {
    reader.at = before;
    return { type: "if", test, yes, no: undefined };
  }
  return { type: "if", test, yes, no: readBody(reader) };
}

function readFor(reader: Reader): Statement {
  expect(reader, "(");
  if (
    peek(reader).type === "name" &&
    peek(reader, 1).text === "in" &&
    peek(reader, 3).text === ")"
  ) {
    const name = takeName(reader);
    expect(reader, "in");
    const array = takeName(reader);
    expect(reader, ")");
    return { type: "forIn", name, array, body: readBody(reader) };
  }
  const start = isNext(reader, ";") ? undefined : readSimple(reader);
  expect(reader, ";");
  skipLines(reader);
  const test = isNext(reader, ";") ? undefined : readExpression(reader);
  expect(reader, ";");
  skipLines(reader);
  const step = isNext(reader, ")") ? undefined : readSimple(reader);
  expect(reader, ")");
  if (accept(reader, ";") !== undefined) return { type: "for", start, test, step, body: EMPTY };
  return { type: "for", start, test, step, body: readBody(reader) };
}

function readSimple(reader: Reader): Statement {
  const word = accept(
    reader,
    "next",
    "nextfile",
    "break",
    "continue",
    "exit",
    "return",
    "delete",
    "print",
    "printf",
  );
  switch (word) {
    case "next":
    case "break":
    case "continue":
      return { type: word };
    case "exit":
    case "return":
      return {
        type: word,
        value: isNext(reader, ";", "\n", "}") ? undefined : readExpression(reader),
      };
    case "delete": {
      const name = takeName(reader);
      if (accept(reader, "[") === undefined) return { type: "delete", name, keys: undefined };
      const keys = readList(reader);
      expect(reader, "]");
      return { type: "delete", name, keys };
    }
    case "print":
    case "printf":
      return readPrint(reader, word);
    case undefined:
      return { type: "expression", expression: readExpression(reader) };
    default:
      throw complaint(reader);
  }
}

function readPrint(reader: Reader, type: "print" | "printf"): Statement {
  let values = isNext(reader, ";", "\n", "}", ">", ">>", "|")
    ? []
    : readList(reader, { inPrint: true });
  const [only] = values;
  if (values.length === 1 && only?.type === "call" && only.name === "(list)")
    values = [...only.values];
  const mode = accept(reader, ">", ">>", "|");
  let output: Output | undefined;
  if (mode === ">" || mode === ">>" || mode === "|")
    output = { mode, to: readExpression(reader, { inPrint: true }) };
  return { type, values, output };
}

// Compiles the statements, functions and rules of an `awk` program, and finds out which names are
// arrays: also those that are only handed to functions.
// Not here: expressions (awkCompile.ts).

import type { AwkCode, AwkRoutine } from "./awkCode.ts";
import {
  type AwkCompiler,
  compileExpression,
  compileKeys,
  emit,
  land,
  qualified,
  slotOf,
} from "./awkCompile.ts";
import { AwkMistake } from "./awkLexer.ts";
import type { AwkExpression, AwkFunction, AwkProgram, AwkRule, AwkStatement } from "./awkSyntax.ts";

/** Variables that awk knows, in the order of their slots. */
export const SPECIAL =
  "NF NR FNR FS OFS RS ORS FILENAME SUBSEP RSTART RLENGTH CONVFMT OFMT ENVIRON ARGC ARGV".split(
    " ",
  );

/** Compiles a program; `line` is its last line. */
export function compileAwk(
  program: AwkProgram,
  line: number,
): AwkCode | { readonly errors: readonly string[] } {
  const compiler: AwkCompiler = {
    code: [],
    program,
    globals: new Map(SPECIAL.map((name, index) => [name, index])),
    arrays: findArrays(program),
    line,
    routine: undefined,
    loops: [],
    ranges: 0,
  };
  try {
    return compileParts(compiler, program);
  } catch (error) {
    if (error instanceof AwkMistake) return { errors: error.message.split("\n") };
    throw error;
  }
}

function compileParts(compiler: AwkCompiler, { rules, functions }: AwkProgram): AwkCode {
  const routines = new Map<string, AwkRoutine>();
  for (const { name, parameters, body } of functions.values()) {
    compiler.routine = { name, parameters };
    routines.set(name, {
      start: compiler.code.length,
      parameters: parameters.length,
      arrays: parameters.map((parameter) => compiler.arrays.has(`${name} ${parameter}`)),
    });
    compileStatement(compiler, body);
    emit(compiler, { op: "constant", value: undefined });
    emit(compiler, { op: "return" });
    compiler.routine = undefined;
  }
  const part = (when: AwkRule["when"]): number | undefined => {
    const own = rules.filter((rule) => rule.when === when);
    if (own.length === 0) return undefined;
    const start = compiler.code.length;
    for (const rule of own) compileRule(compiler, rule);
    emit(compiler, { op: "end" });
    return start;
  };
  const [begin, each, end] = [part("begin"), part("each"), part("end")];
  const globals = [...compiler.globals.keys()].map((name) => ({
    name,
    isArray: compiler.arrays.has(name),
  }));
  return { code: compiler.code, routines, begin, each, end, globals, ranges: compiler.ranges };
}

function compileRule(compiler: AwkCompiler, { patterns, body }: AwkRule): void {
  const [first, last] = patterns;
  const out: number[] = [];
  if (first !== undefined && last !== undefined) {
    const range = compiler.ranges++;
    const inside = emit(compiler, { op: "inRange", to: 0, range });
    compileExpression(compiler, first);
    out.push(emit(compiler, { op: "jumpIf", to: 0, when: false }));
    emit(compiler, { op: "setRange", range, on: true });
    land(compiler, inside);
    compileExpression(compiler, last);
    const go = emit(compiler, { op: "jumpIf", to: 0, when: false });
    emit(compiler, { op: "setRange", range, on: false });
    land(compiler, go);
  } else if (first !== undefined) {
    compileExpression(compiler, first);
    out.push(emit(compiler, { op: "jumpIf", to: 0, when: false }));
  }
  if (body === undefined)
    emit(compiler, { op: "print", formatted: false, count: 0, how: undefined });
  else compileStatement(compiler, body);
  land(compiler, ...out);
}

function compileStatement(compiler: AwkCompiler, statement: AwkStatement): void {
  switch (statement.kind) {
    case "block":
      for (const each of statement.body) compileStatement(compiler, each);
      return;
    case "expression":
      compileExpression(compiler, statement.expression);
      emit(compiler, { op: "pop" });
      return;
    case "print": {
      const { formatted, args, redirection } = statement;
      for (const argument of args) compileExpression(compiler, argument);
      if (redirection !== undefined) compileExpression(compiler, redirection.to);
      emit(compiler, { op: "print", formatted, count: args.length, how: redirection?.how });
      return;
    }
    case "if":
      compileIf(compiler, statement);
      return;
    case "loop":
      compileLoop(compiler, statement);
      return;
    case "each":
      compileEach(compiler, statement);
      return;
    case "break":
    case "continue": {
      const loop = compiler.loops.at(-1);
      const jump = emit(compiler, { op: "jump", to: 0 });
      loop?.[statement.kind === "break" ? "breaks" : "continues"].push(jump);
      return;
    }
    case "next":
    case "nextfile":
      emit(compiler, { op: statement.kind });
      return;
    case "exit":
      if (statement.value !== undefined) compileExpression(compiler, statement.value);
      emit(compiler, { op: "exit", hasCode: statement.value !== undefined });
      return;
    case "return":
      if (statement.value === undefined) emit(compiler, { op: "constant", value: undefined });
      else compileExpression(compiler, statement.value);
      emit(compiler, { op: "return" });
      return;
    case "delete": {
      const array = slotOf(compiler, statement.name);
      if (statement.keys !== undefined) compileKeys(compiler, statement.keys);
      emit(compiler, { op: "delete", array, all: statement.keys === undefined });
    }
  }
}

function compileIf(
  compiler: AwkCompiler,
  { test, yes, no }: Extract<AwkStatement, { kind: "if" }>,
): void {
  compileExpression(compiler, test);
  const otherwise = emit(compiler, { op: "jumpIf", to: 0, when: false });
  compileStatement(compiler, yes);
  if (no === undefined) {
    land(compiler, otherwise);
    return;
  }
  const end = emit(compiler, { op: "jump", to: 0 });
  land(compiler, otherwise);
  compileStatement(compiler, no);
  land(compiler, end);
}

function compileLoop(
  compiler: AwkCompiler,
  { start, test, step, body, late }: Extract<AwkStatement, { kind: "loop" }>,
): void {
  const loop = { breaks: [] as number[], continues: [] as number[], each: false };
  if (start !== undefined) compileStatement(compiler, start);
  const top = compiler.code.length;
  if (test !== undefined && !late) {
    compileExpression(compiler, test);
    loop.breaks.push(emit(compiler, { op: "jumpIf", to: 0, when: false }));
  }
  compiler.loops.push(loop);
  compileStatement(compiler, body);
  compiler.loops.pop();
  land(compiler, ...loop.continues);
  if (step !== undefined) compileStatement(compiler, step);
  if (test !== undefined && late) {
    compileExpression(compiler, test);
    emit(compiler, { op: "jumpIf", to: top, when: true });
  } else emit(compiler, { op: "jump", to: top });
  land(compiler, ...loop.breaks);
}

function compileEach(
  compiler: AwkCompiler,
  { variable, array, body }: Extract<AwkStatement, { kind: "each" }>,
): void {
  const loop = { breaks: [] as number[], continues: [] as number[], each: true };
  emit(compiler, { op: "eachStart", array: slotOf(compiler, array) });
  const top = compiler.code.length;
  const done = emit(compiler, { op: "eachNext", to: 0 });
  emit(compiler, { op: "storeVariable", slot: slotOf(compiler, variable) });
  emit(compiler, { op: "pop" });
  compiler.loops.push(loop);
  compileStatement(compiler, body);
  compiler.loops.pop();
  land(compiler, ...loop.continues);
  emit(compiler, { op: "jump", to: top });
  land(compiler, done, ...loop.breaks);
  emit(compiler, { op: "eachEnd" });
}

/** Names that are used as arrays; what is handed to an array parameter is one as well. */
function findArrays({ rules, functions, plain }: AwkProgram): ReadonlySet<string> {
  const arrays = new Set(["ENVIRON", "ARGV"]);
  type Handed = { readonly from: string; readonly to: string };
  const handed: Handed[] = [];
  const scan = (node: unknown, routine: AwkFunction | undefined): void => {
    if (typeof node !== "object" || node === null) return;
    if (Array.isArray(node)) {
      for (const each of node) scan(each, routine);
      return;
    }
    const one = node as AwkExpression | AwkStatement;
    if (one.kind === "element" || one.kind === "in" || one.kind === "delete") {
      arrays.add(qualified(routine, one.name));
    }
    if (one.kind === "each") arrays.add(qualified(routine, one.array));
    if (one.kind === "builtin" && one.name === "split" && one.args[1]?.kind === "variable") {
      arrays.add(qualified(routine, one.args[1].name));
    }
    if (one.kind === "call") {
      const parameters = functions.get(one.name)?.parameters ?? [];
      one.args.forEach((argument, index) => {
        if (argument.kind !== "variable") return;
        handed.push({
          from: qualified(routine, argument.name),
          to: `${one.name} ${parameters[index]}`,
        });
      });
    }
    for (const value of Object.values(node)) scan(value, routine);
  };
  for (const { patterns, body } of rules) scan([patterns, body], undefined);
  for (const routine of functions.values()) scan(routine.body, routine);
  for (let before = -1; before !== arrays.size; ) {
    before = arrays.size;
    for (const { from, to } of handed) {
      if (arrays.has(to) && !plain.has(from)) arrays.add(from);
    }
  }
  // A parameter that only ever gets arrays is one as well.
  for (let before = -1; before !== arrays.size; ) {
    before = arrays.size;
    for (const { from, to } of handed) if (arrays.has(from)) arrays.add(to);
  }
  return arrays;
}

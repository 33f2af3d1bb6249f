// Turns a program of `awk` into instructions.
// Not here: statements (awkCompileStatements.ts), what the instructions do (awkMachine.ts).

import type { AwkInstruction, AwkSlot } from "./awkCode.ts";
import { AwkMistake } from "./awkLexer.ts";
import type { AwkExpression, AwkProgram, AwkTarget } from "./awkSyntax.ts";
import { compileRegex, type Regex } from "./regex.ts";

/** What is compiled so far. */
export type AwkCompiler = {
  readonly code: AwkInstruction[];
  readonly program: AwkProgram;
  readonly globals: Map<string, number>;
  /** Names that are arrays, of the program and (as FUNCTION PARAMETER) of functions. */
  readonly arrays: ReadonlySet<string>;
  readonly line: number;
  /** The function that is being compiled. */
  routine: { readonly name: string; readonly parameters: readonly string[] } | undefined;
  /** Jumps out of the loops that are being compiled; `each` marks loops over arrays. */
  readonly loops: { breaks: number[]; continues: number[]; readonly each: boolean }[];
  ranges: number;
};

/** Adds an instruction; answers where it is. */
export function emit({ code }: AwkCompiler, instruction: AwkInstruction): number {
  return code.push(instruction) - 1;
}

/** Lets jumps lead to what comes next. */
export function land({ code }: AwkCompiler, ...jumps: readonly number[]): void {
  for (const at of jumps) {
    const jump = code[at];
    if (jump !== undefined && "to" in jump) jump.to = code.length;
  }
}

/** Where a name's value is. */
export function slotOf(compiler: AwkCompiler, name: string): AwkSlot {
  const local = compiler.routine?.parameters.indexOf(name) ?? -1;
  if (local >= 0) return { local: true, index: local };
  const known = compiler.globals.get(name);
  if (known !== undefined) return { local: false, index: known };
  const index = compiler.globals.size;
  compiler.globals.set(name, index);
  return { local: false, index };
}

/** The name under which `arrays` knows a name that is seen from a function. */
export function qualified(
  routine: { readonly name: string; readonly parameters: readonly string[] } | undefined,
  name: string,
): string {
  return routine?.parameters.includes(name) ? `${routine.name} ${name}` : name;
}

function isArray(compiler: AwkCompiler, name: string): boolean {
  return compiler.arrays.has(qualified(compiler.routine, name));
}

/** A regular expression as mawk has them. */
export function awkRegex(source: string): Regex | string {
  const regex = compileRegex(source, { style: "awk", bytes: true });
  return typeof regex === "string"
    ? `regular expression compile failed (${regex})\n${source}`
    : regex;
}

function fixedRegex(compiler: AwkCompiler, source: string): Regex {
  const regex = awkRegex(source);
  if (typeof regex === "string") throw new AwkMistake(`line ${compiler.line}: ${regex}`);
  return regex;
}

/** Compiles an expression; its value ends on the stack. */
export function compileExpression(compiler: AwkCompiler, expression: AwkExpression): void {
  switch (expression.kind) {
    case "number":
    case "string":
      emit(compiler, { op: "constant", value: expression.value });
      return;
    case "regex":
      emit(compiler, { op: "matchRecord", regex: fixedRegex(compiler, expression.source) });
      return;
    case "variable":
    case "field":
    case "element":
      compileAddress(compiler, expression);
      compileLoad(compiler, expression);
      return;
    case "list":
      throw new AwkMistake(`line ${compiler.line}: syntax error at or near )`);
    case "assign":
      compileAssignment(compiler, expression);
      return;
    case "unary":
      compileExpression(compiler, expression.operand);
      if (expression.operator === "!") emit(compiler, { op: "not" });
      if (expression.operator === "-") emit(compiler, { op: "negate" });
      if (expression.operator === "+") emit(compiler, { op: "number" });
      return;
    case "binary":
      compileBinary(compiler, expression);
      return;
    case "condition": {
      compileExpression(compiler, expression.test);
      const no = emit(compiler, { op: "jumpIf", to: 0, when: false });
      compileExpression(compiler, expression.yes);
      const end = emit(compiler, { op: "jump", to: 0 });
      land(compiler, no);
      compileExpression(compiler, expression.no);
      land(compiler, end);
      return;
    }
    case "in":
      compileKeys(compiler, expression.keys);
      emit(compiler, { op: "hasElement", array: slotOf(compiler, expression.name) });
      return;
    case "step":
      compileStep(compiler, expression);
      return;
    case "call":
      compileCall(compiler, expression);
      return;
    case "builtin":
      compileBuiltin(compiler, expression.name, expression.args);
      return;
    case "getline":
      compileGetline(compiler, expression);
  }
}

/** Several keys are one, with SUBSEP in between. */
export function compileKeys(compiler: AwkCompiler, keys: readonly AwkExpression[]): void {
  for (const key of keys) compileExpression(compiler, key);
  if (keys.length > 1) emit(compiler, { op: "keys", count: keys.length });
}

/** Puts on the stack what a target needs to be found: nothing, a number or a key. */
function compileAddress(compiler: AwkCompiler, target: AwkTarget): number {
  if (target.kind === "variable") return 0;
  if (target.kind === "field") compileExpression(compiler, target.index);
  else compileKeys(compiler, target.keys);
  return 1;
}

function compileLoad(compiler: AwkCompiler, target: AwkTarget): void {
  if (target.kind === "field") emit(compiler, { op: "loadField" });
  else if (target.kind === "element") {
    emit(compiler, { op: "loadElement", array: slotOf(compiler, target.name) });
  } else {
    if (isArray(compiler, target.name)) {
      throw new AwkMistake(`line ${compiler.line}: illegal reference to array ${target.name}`);
    }
    emit(compiler, { op: "loadVariable", slot: slotOf(compiler, target.name) });
  }
}

/** Stores what is on the stack above the address; the value stays. */
function compileStore(compiler: AwkCompiler, target: AwkTarget): void {
  if (target.kind === "field") emit(compiler, { op: "storeField" });
  else if (target.kind === "element") {
    emit(compiler, { op: "storeElement", array: slotOf(compiler, target.name) });
  } else {
    if (isArray(compiler, target.name)) {
      throw new AwkMistake(`line ${compiler.line}: illegal reference to array ${target.name}`);
    }
    emit(compiler, { op: "storeVariable", slot: slotOf(compiler, target.name) });
  }
}

function compileAssignment(
  compiler: AwkCompiler,
  { operator, target, value }: Extract<AwkExpression, { kind: "assign" }>,
): void {
  const address = compileAddress(compiler, target);
  if (operator === "=") {
    compileExpression(compiler, value);
  } else {
    if (address > 0) emit(compiler, { op: "copy" });
    compileLoad(compiler, target);
    compileExpression(compiler, value);
    emit(compiler, { op: "arithmetic", operator: operator.charAt(0) });
  }
  compileStore(compiler, target);
}

function compileStep(
  compiler: AwkCompiler,
  { prefix, delta, target }: Extract<AwkExpression, { kind: "step" }>,
): void {
  const address = compileAddress(compiler, target);
  if (address > 0) emit(compiler, { op: "copy" });
  compileLoad(compiler, target);
  emit(compiler, { op: "number" });
  // The old value goes below the address, to be what remains.
  if (!prefix) emit(compiler, { op: address > 0 ? "tuck" : "copy" });
  emit(compiler, { op: "constant", value: delta });
  emit(compiler, { op: "arithmetic", operator: "+" });
  compileStore(compiler, target);
  if (!prefix) emit(compiler, { op: "pop" });
}

const COMPARISONS = new Set(["<", "<=", "==", "!=", ">", ">="]);

function compileBinary(
  compiler: AwkCompiler,
  { operator, left, right }: Extract<AwkExpression, { kind: "binary" }>,
): void {
  if (operator === "&&" || operator === "||") {
    compileExpression(compiler, left);
    emit(compiler, { op: "truth" });
    emit(compiler, { op: "copy" });
    const jump = emit(compiler, { op: "jumpIf", to: 0, when: operator === "||" });
    emit(compiler, { op: "pop" });
    compileExpression(compiler, right);
    emit(compiler, { op: "truth" });
    land(compiler, jump);
    return;
  }
  compileExpression(compiler, left);
  if (operator === "~" || operator === "!~") {
    compileMatcher(compiler, right);
    emit(compiler, { op: "match", negated: operator === "!~" });
    return;
  }
  compileExpression(compiler, right);
  if (operator === " ") emit(compiler, { op: "join" });
  else if (COMPARISONS.has(operator)) emit(compiler, { op: "compare", operator });
  else emit(compiler, { op: "arithmetic", operator });
}

/** What stands where an expression to match with is wanted. */
function compileMatcher(compiler: AwkCompiler, expression: AwkExpression): void {
  const bare =
    expression.kind === "unary" && expression.operator === "()" ? expression.operand : expression;
  if (bare.kind === "regex" || bare.kind === "string") {
    const source = bare.kind === "regex" ? bare.source : bare.value;
    emit(compiler, { op: "regex", regex: fixedRegex(compiler, source) });
  } else compileExpression(compiler, bare);
}

function compileCall(
  compiler: AwkCompiler,
  { name, args, line }: Extract<AwkExpression, { kind: "call" }>,
): void {
  const called = compiler.program.functions.get(name);
  if (called === undefined) throw new AwkMistake(`line ${line}: function ${name} never defined`);
  if (args.length > called.parameters.length) {
    throw new AwkMistake(`line ${line}: too many arguments in call to ${name}`);
  }
  const arrays: { at: number; slot: AwkSlot }[] = [];
  args.forEach((argument, at) => {
    const wanted = compiler.arrays.has(`${name} ${called.parameters[at]}`);
    const given = argument.kind === "variable" && isArray(compiler, argument.name);
    if (wanted !== given) {
      throw new AwkMistake(`line ${line}: type error in arg(${at + 1}) in call to ${name}`);
    }
    if (wanted && argument.kind === "variable") {
      arrays.push({ at, slot: slotOf(compiler, argument.name) });
      emit(compiler, { op: "constant", value: undefined });
    } else compileExpression(compiler, argument);
  });
  emit(compiler, { op: "call", name, count: args.length, arrays });
}

function compileBuiltin(compiler: AwkCompiler, name: string, args: readonly AwkExpression[]): void {
  const [first, second, third] = args;
  if (name === "length" && first?.kind === "variable" && isArray(compiler, first.name)) {
    emit(compiler, { op: "arrayLength", array: slotOf(compiler, first.name) });
    return;
  }
  if ((name === "sub" || name === "gsub") && first !== undefined && second !== undefined) {
    compileSubstitution(compiler, { global: name === "gsub", first, second, third });
    return;
  }
  if (name === "split") {
    if (first === undefined || second?.kind !== "variable") {
      throw new AwkMistake(`line ${compiler.line}: type error in arg(2) in call to split`);
    }
    compileExpression(compiler, first);
    if (third !== undefined) compileSeparator(compiler, third);
    emit(compiler, { op: "split", array: slotOf(compiler, second.name), count: third ? 2 : 1 });
    return;
  }
  args.forEach((argument, index) => {
    if (name === "match" && index === 1) compileMatcher(compiler, argument);
    else compileExpression(compiler, argument);
  });
  emit(compiler, { op: "builtin", name, count: args.length });
}

/** A separator may be a string, which means something else than as an expression. */
function compileSeparator(compiler: AwkCompiler, expression: AwkExpression): void {
  if (expression.kind === "regex") compileMatcher(compiler, expression);
  else compileExpression(compiler, expression);
}

type Substitution = {
  readonly global: boolean;
  readonly first: AwkExpression;
  readonly second: AwkExpression;
  readonly third: AwkExpression | undefined;
};

function compileSubstitution(
  compiler: AwkCompiler,
  { global, first, second, third }: Substitution,
): void {
  const bare = third?.kind === "unary" && third.operator === "()" ? third.operand : third;
  const isTarget = bare === undefined || ["variable", "field", "element"].includes(bare.kind);
  const target = (
    isTarget ? (bare ?? { kind: "field", index: { kind: "number", value: 0 } }) : undefined
  ) as AwkTarget | undefined;
  const address = target === undefined ? 0 : compileAddress(compiler, target);
  if (address > 0) emit(compiler, { op: "copy" });
  if (target !== undefined) compileLoad(compiler, target);
  else if (third !== undefined) compileExpression(compiler, third);
  // The expression comes last, so that nothing gets between it and its use.
  compileExpression(compiler, second);
  compileMatcher(compiler, first);
  const jump = emit(compiler, { op: "substitute", to: 0, global, address });
  if (target !== undefined) compileStore(compiler, target);
  emit(compiler, { op: "pop" });
  land(compiler, jump);
  emit(compiler, { op: "count" });
}

function compileGetline(
  compiler: AwkCompiler,
  { from, source, target }: Extract<AwkExpression, { kind: "getline" }>,
): void {
  const address = target === undefined ? 0 : compileAddress(compiler, target);
  if (source !== undefined) compileExpression(compiler, source);
  const at = emit(compiler, { op: "getline", to: 0, from, address, target: target !== undefined });
  if (target === undefined) return;
  compileStore(compiler, target);
  emit(compiler, { op: "pop" });
  land(compiler, at);
  emit(compiler, { op: "count" });
}

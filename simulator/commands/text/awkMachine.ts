// Runs the instructions of an `awk` program on a stack. An endless loop lets others run and takes
// time.
// Not here: compiling (awkCompile.ts), functions that calculate (awkBuiltins.ts), getline, print and
// system (awkInputOutput.ts).

import { pause } from "../../process/scheduler.ts";
import type { Steps } from "../../process/wait.ts";
import {
  type AwkArray,
  arrayKeys,
  clearArray,
  createArray,
  deleteElement,
  findElement,
  MOST_ELEMENTS,
  touchElement,
} from "./awkArray.ts";
import { calculate } from "./awkCalculate.ts";
import type { AwkInstruction, AwkSlot } from "./awkCode.ts";
import { toText } from "./awkFormat.ts";
import { blocks, runBlocking } from "./awkInputOutput.ts";
import type { AwkValue } from "./awkNumber.ts";
import { fieldsOf, splitterOf, wholeOf } from "./awkRecord.ts";
import {
  type AwkRun,
  formatOf,
  type Halt,
  loadField,
  numberAt,
  push,
  regexAt,
  runFault,
  SLOT,
  storeField,
  storeGlobal,
  textAt,
  textOf,
} from "./awkRun.ts";
import { compareValues, isTrue, toKey } from "./awkValue.ts";

/** What the stack of mawk holds. */
const DEEPEST = 1024;

/** Runs from an instruction on until the rules are through, or until something else ends them. */
export function* runCode(run: AwkRun, start: number): Steps<Halt> {
  const { code } = run.program;
  run.pc = start;
  for (let steps = 0; ; steps++) {
    const instruction = code[run.pc++];
    if (instruction === undefined) return "end";
    if (steps + run.work >= 20_000) {
      steps = 0;
      run.work = 0;
      run.tool.self.machine.clock.spend(1000);
      yield pause;
    }
    if (blocks(instruction)) yield* runBlocking(run, instruction);
    else {
      const halt = runPlain(run, instruction);
      if (halt !== undefined) return halt;
    }
  }
}

function arrayAt(run: AwkRun, { local, index }: AwkSlot): AwkArray<AwkValue> {
  const array = local ? run.locals[run.frame + index] : run.globals[index];
  if (typeof array === "object" && "lists" in array) return array;
  throw runFault(run, "type error: not an array");
}

function elementAt(run: AwkRun, slot: AwkSlot, key: string | number) {
  const array = arrayAt(run, slot);
  if (array.size >= MOST_ELEMENTS) throw runFault(run, "out of memory");
  return touchElement<AwkValue>(array, key, undefined);
}

function keyAt(run: AwkRun): string | number {
  return toKey(run.stack.pop(), formatOf(run));
}

function runPlain(run: AwkRun, one: AwkInstruction): Halt | undefined {
  const { stack } = run;
  switch (one.op) {
    case "constant":
      stack.push(one.value);
      return undefined;
    case "regex":
      run.regex = one.regex;
      stack.push(undefined);
      return undefined;
    case "pop":
      stack.pop();
      return undefined;
    case "copy":
      stack.push(stack.at(-1));
      return undefined;
    case "tuck":
      stack.splice(-2, 0, stack.at(-1));
      return undefined;
    case "count":
      stack.push(run.count);
      return undefined;
    case "loadVariable":
      stack.push(loadVariable(run, one.slot));
      return undefined;
    case "storeVariable":
      storeVariable(run, one.slot, stack.at(-1));
      return undefined;
    case "loadField":
      stack.push(loadField(run, numberAt(run)));
      return undefined;
    case "storeField": {
      const value = stack.pop();
      storeField(run, numberAt(run), value);
      stack.push(value);
      return undefined;
    }
    case "loadElement":
      stack.push(elementAt(run, one.array, keyAt(run)).value);
      return undefined;
    case "storeElement": {
      const value = stack.pop();
      elementAt(run, one.array, keyAt(run)).value = value;
      stack.push(value);
      return undefined;
    }
    case "hasElement":
      stack.push(findElement(arrayAt(run, one.array), keyAt(run)) === undefined ? 0 : 1);
      return undefined;
    case "keys": {
      const parts = stack.splice(-one.count).map((value) => toText(value, formatOf(run)));
      stack.push(parts.join(textOf(run, SLOT.SUBSEP)));
      return undefined;
    }
    case "jump":
      run.pc = one.to;
      return undefined;
    case "jumpIf":
      if (isTrue(stack.pop()) === one.when) run.pc = one.to;
      return undefined;
    default:
      return runOther(run, one);
  }
}

function loadVariable(run: AwkRun, { local, index }: AwkSlot): AwkValue {
  if (!local && index === SLOT.NF) return fieldsOf(run.record).length;
  const value = local ? run.locals[run.frame + index] : run.globals[index];
  return typeof value === "object" && "lists" in value ? undefined : value;
}

function storeVariable(run: AwkRun, { local, index }: AwkSlot, value: AwkValue): void {
  if (local) run.locals[run.frame + index] = value;
  else storeGlobal(run, index, value);
}

function runOther(run: AwkRun, one: AwkInstruction): Halt | undefined {
  const { stack } = run;
  switch (one.op) {
    case "number":
      stack.push(numberAt(run));
      return undefined;
    case "negate":
      stack.push(-numberAt(run));
      return undefined;
    case "not":
      stack.push(isTrue(stack.pop()) ? 0 : 1);
      return undefined;
    case "truth":
      stack.push(isTrue(stack.pop()) ? 1 : 0);
      return undefined;
    case "arithmetic": {
      const right = numberAt(run);
      stack.push(arithmetic(one.operator, numberAt(run), right));
      return undefined;
    }
    case "join": {
      const right = textAt(run);
      push(run, textAt(run) + right);
      return undefined;
    }
    case "compare": {
      const right = stack.pop();
      stack.push(holds(one.operator, compareValues(stack.pop(), right, formatOf(run))) ? 1 : 0);
      return undefined;
    }
    case "match": {
      const regex = regexAt(run);
      stack.push(regex.test(textAt(run)) !== one.negated ? 1 : 0);
      return undefined;
    }
    case "matchRecord":
      stack.push(one.regex.test(toText(recordOf(run), formatOf(run))) ? 1 : 0);
      return undefined;
    case "call":
      callRoutine(run, one);
      return undefined;
    case "return":
      returnFrom(run);
      return undefined;
    case "next":
    case "nextfile":
    case "end":
      return one.op;
    case "exit":
      if (one.hasCode) run.exitCode = Math.trunc(numberAt(run)) & 255;
      return "exit";
    default:
      return runArrays(run, one);
  }
}

function recordOf(run: AwkRun): AwkValue {
  return wholeOf(run.record, textOf(run, SLOT.OFS), formatOf(run));
}

function arithmetic(operator: string, left: number, right: number): number {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
    default:
      return left ** right;
  }
}

function holds(operator: string, order: number): boolean {
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case "==":
      return order === 0;
    case "!=":
      return order !== 0;
    case ">":
      return order > 0;
    default:
      return order >= 0;
  }
}

function runArrays(run: AwkRun, one: AwkInstruction): Halt | undefined {
  const { stack } = run;
  switch (one.op) {
    case "arrayLength":
      stack.push(arrayAt(run, one.array).size);
      return undefined;
    case "delete": {
      const array = arrayAt(run, one.array);
      if (one.all) clearArray(array);
      else deleteElement(array, keyAt(run));
      return undefined;
    }
    case "split": {
      const separator = one.count > 1 ? separatorAt(run) : textOf(run, SLOT.FS);
      const array = arrayAt(run, one.array);
      const splitter = splitterOf(separator, (source) => run.compile(source));
      const parts = splitter(textAt(run));
      if (parts.length > MOST_ELEMENTS) throw runFault(run, "out of memory");
      clearArray(array);
      parts.forEach((text, index) => {
        touchElement<AwkValue>(array, index + 1, { text, number: null });
      });
      stack.push(parts.length);
      return undefined;
    }
    case "eachStart":
      run.loops.push({ keys: arrayKeys(arrayAt(run, one.array)), at: 0 });
      return undefined;
    case "eachNext": {
      const loop = run.loops.at(-1);
      const key = loop?.keys[loop.at++];
      if (key === undefined) run.pc = one.to;
      else stack.push(key);
      return undefined;
    }
    case "eachEnd":
      run.loops.pop();
      return undefined;
    case "inRange":
      if (run.ranges[one.range]) run.pc = one.to;
      return undefined;
    case "setRange":
      run.ranges[one.range] = one.on;
      return undefined;
    default:
      calculate(run, one);
      return undefined;
  }
}

function separatorAt(run: AwkRun) {
  const value = run.stack.pop();
  const { regex } = run;
  run.regex = undefined;
  return value === undefined && regex !== undefined ? regex : toText(value, formatOf(run));
}

function callRoutine(run: AwkRun, one: Extract<AwkInstruction, { op: "call" }>): void {
  const { stack, locals, frames } = run;
  const routine = run.program.routines.get(one.name);
  if (routine === undefined) return;
  if (stack.length + locals.length + 3 * frames.length > DEEPEST) {
    throw runFault(run, `program limit exceeded: eval stack size=${DEEPEST}`);
  }
  const handed = one.arrays.map(({ slot }) => arrayAt(run, slot));
  const args = stack.splice(stack.length - one.count);
  frames.push({ pc: run.pc, frame: run.frame, loops: run.loops.length });
  run.frame = locals.length;
  for (let index = 0; index < routine.parameters; index++) {
    const at = one.arrays.findIndex((each) => each.at === index);
    if (routine.arrays[index]) locals.push(handed[at] ?? createArray<AwkValue>());
    else locals.push(args[index]);
  }
  run.pc = routine.start;
}

function returnFrom(run: AwkRun): void {
  const frame = run.frames.pop();
  if (frame === undefined) return;
  run.locals.length = run.frame;
  run.frame = frame.frame;
  run.pc = frame.pc;
  run.loops.length = frame.loops;
}

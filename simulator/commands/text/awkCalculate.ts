// Instructions of `awk` that call functions which only calculate: sub and gsub, sprintf, substr, …
// Not here: the functions themselves (awkBuiltins.ts).

import {
  MATHEMATICS,
  nextChance,
  replaceIn,
  seedChance,
  substring,
  timeNumber,
  timeText,
} from "./awkBuiltins.ts";
import type { AwkInstruction } from "./awkCode.ts";
import { formatAwk, toText } from "./awkFormat.ts";
import { type AwkValue, toNumber } from "./awkNumber.ts";
import {
  type AwkRun,
  formatOf,
  loadField,
  push,
  regexAt,
  runFault,
  SLOT,
  textAt,
} from "./awkRun.ts";

/** Runs such an instruction. */
export function calculate(run: AwkRun, one: AwkInstruction): void {
  if (one.op === "substitute") {
    const regex = regexAt(run);
    const replacement = textAt(run);
    const text = textAt(run);
    const result = replaceIn(text, regex, replacement, one.global);
    run.count = result.count;
    if (result.count > 0) push(run, result.text);
    else {
      run.stack.length -= one.address;
      run.pc = one.to;
    }
  } else if (one.op === "builtin") callBuiltin(run, one.name, one.count);
}

function callBuiltin(run: AwkRun, name: string, count: number): void {
  if (name === "match") {
    const regex = regexAt(run);
    const [start = -1, end = -2] = regex.match(textAt(run)) ?? [];
    run.globals[SLOT.RSTART] = start + 1;
    run.globals[SLOT.RLENGTH] = start < 0 ? -1 : end - start;
    run.stack.push(start + 1);
    return;
  }
  const { stack } = run;
  const args = stack.splice(stack.length - count);
  const result = valueOfCall(run, name, args);
  if (typeof result === "string") push(run, result);
  else stack.push(result);
}

function valueOfCall(run: AwkRun, name: string, args: readonly AwkValue[]): AwkValue {
  const [first, second, third] = args;
  const text = (value: AwkValue) => toText(value, formatOf(run));
  const mathematics = MATHEMATICS[name];
  if (mathematics !== undefined) return mathematics(toNumber(first));
  switch (name) {
    case "length":
      return text(args.length === 0 ? loadField(run, 0) : first).length;
    case "substr": {
      const length = args.length > 2 ? toNumber(third) : undefined;
      return substring(text(first), toNumber(second), length);
    }
    case "index":
      return text(first).indexOf(text(second)) + 1;
    case "tolower":
      return text(first).replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    case "toupper":
      return text(first).replace(/[a-z]/g, (letter) => letter.toUpperCase());
    case "sprintf":
      return formatted(run, "sprintf", args);
    case "atan2":
      return Math.atan2(toNumber(first), toNumber(second));
    case "rand":
      return nextChance(run.chance);
    case "srand": {
      const before = run.chance.seed;
      const now = Math.floor(run.tool.self.machine.clock.now / 1e6);
      seedChance(run.chance, args.length === 0 ? now : toNumber(first));
      return before;
    }
    case "systime":
      return Math.floor(run.tool.self.machine.clock.now / 1e6);
    case "mktime":
      return timeNumber(text(first));
    case "strftime": {
      const now = Math.floor(run.tool.self.machine.clock.now / 1e6);
      return timeText(
        args.length === 0 ? "%c" : text(first),
        args.length < 2 ? now : toNumber(second),
      );
    }
    default:
      return undefined;
  }
}

/** What printf and sprintf make of their arguments. */
export function formatted(run: AwkRun, name: string, args: readonly AwkValue[]): string {
  const format = toText(args[0], formatOf(run));
  let problem = "";
  const text = formatAwk(format, args.slice(1), (what, before) => {
    problem = what;
    if (name === "printf") run.tool.add(before);
  });
  if (text === undefined) throw runFault(run, `${problem} ${name}("${format}")`);
  return text;
}

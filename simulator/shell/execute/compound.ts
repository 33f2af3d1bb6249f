// Compound commands: if, loops, case, select, (( )), functions' definitions.
// Source: bash(1) Compound Commands.
// Not here: lists and pipelines (run.ts).

import { lineReader, write } from "../../process/io.ts";
import type { Steps } from "../../process/wait.ts";
import { calculate } from "../expand/calculate.ts";
import { compilePattern, matches } from "../expand/pattern.ts";
import { expandPattern, expandText, expandWords } from "../expand/words.ts";
import { complain, discard } from "../messages.ts";
import { asUnwind, type ShellState } from "../shellState.ts";
import { wordText } from "../syntax/printCommand.ts";
import type { Arithmetic, Command, ForCommand, List } from "../syntax/syntax.ts";
import { trace, tracing } from "../trace.ts";
import { runNamedTrap } from "../traps.ts";
import { assign, readVariable } from "../values.ts";
import { isName } from "../variables.ts";

/** Runs a list; given so that this file need not know how. */
export type RunList = (state: ShellState, list: List) => Steps<number>;

type Of<T extends Command["type"]> = Extract<Command, { type: T }>;

/** Runs commands whose failure is an answer, not a fault. */
function* runCondition(state: ShellState, list: List, run: RunList): Steps<number> {
  state.conditions += 1;
  try {
    return yield* run(state, list);
  } finally {
    state.conditions -= 1;
  }
}

/** if, elif, else. */
export function* runIf(state: ShellState, command: Of<"if">, run: RunList): Steps<number> {
  for (const { condition, body } of command.branches) {
    if ((yield* runCondition(state, condition, run)) === 0) return yield* run(state, body);
  }
  if (command.otherwise !== undefined) return yield* run(state, command.otherwise);
  state.status = 0;
  return 0;
}

/** True when a round of a loop was left to begin the next one, false for the loop's end. */
function goesOn(error: unknown): boolean {
  const unwind = asUnwind(error);
  if (unwind === undefined || !("level" in unwind)) throw error;
  if (unwind.level > 1) {
    unwind.level -= 1;
    throw unwind;
  }
  return unwind.unwind === "continue";
}

/** while, until. */
export function* runWhile(state: ShellState, command: Of<"while">, run: RunList): Steps<number> {
  let status = 0;
  const { condition, body, until } = command;
  const { conditions } = state;
  state.loops += 1;
  try {
    for (;;) {
      try {
        state.conditions = conditions + 1;
        const answer = yield* run(state, condition);
        state.conditions = conditions;
        if ((answer === 0) === until) break;
        status = yield* run(state, body);
      } catch (error) {
        state.conditions = conditions;
        if (!goesOn(error)) return 0;
      }
    }
  } finally {
    state.loops -= 1;
  }
  return status;
}

/** for, select. */
export function* runFor(state: ShellState, command: ForCommand, run: RunList): Steps<number> {
  state.line = command.line + state.lineOffset;
  if (!isName(command.name)) {
    yield* complain(state, `\`${command.name}': not a valid identifier`);
    return 1;
  }
  const words =
    command.words === undefined ? [...state.positional] : yield* expandWords(state, command.words);
  if (command.type === "select") return yield* runSelect(state, { command, words }, run);
  state.status = 0;
  state.loops += 1;
  try {
    for (const word of words) {
      if (state.traps.has("DEBUG")) yield* runNamedTrap(state, "DEBUG");
      if (tracing(state)) yield* traceLoop(state, command);
      const refusal = assign(state, { name: command.name }, word);
      if (refusal !== undefined) {
        state.line = command.line + state.lineOffset;
        yield* complain(state, refusal.text);
        return 1;
      }
      try {
        yield* run(state, command.body);
      } catch (error) {
        if (!goesOn(error)) return 0;
      }
    }
  } finally {
    state.loops -= 1;
  }
  return state.status;
}

function* traceLoop(state: ShellState, command: ForCommand): Steps<void> {
  const words = command.words?.map(wordText).join(" ") ?? '"$@"';
  yield* trace(state, `${command.type} ${command.name} in ${words}`);
}

type Selection = { readonly command: ForCommand; readonly words: readonly string[] };

function* runSelect(state: ShellState, { command, words }: Selection, run: RunList): Steps<number> {
  if (tracing(state)) yield* traceLoop(state, command);
  if (words.length === 0) return 0;
  const lines = lineReader(state.process, 0);
  state.loops += 1;
  try {
    for (let shown = false; ; ) {
      if (!shown) yield* write(state.process, 2, menu(words));
      yield* write(state.process, 2, readVariable(state, "PS3") ?? "#? ");
      const line = yield* lines.next();
      if (line === undefined) {
        yield* write(state.process, 1, "\n");
        return 1;
      }
      shown = line !== "";
      if (!shown) continue;
      assign(state, { name: "REPLY" }, line);
      assign(state, { name: command.name }, words[Number(line) - 1] ?? "");
      try {
        yield* run(state, command.body);
      } catch (error) {
        if (!goesOn(error)) return 0;
      }
      shown = (readVariable(state, "REPLY") ?? "") !== "";
    }
  } finally {
    state.loops -= 1;
  }
}

/** The choices in columns, as wide as 80 characters allow. */
function menu(words: readonly string[]): string {
  const numberWidth = `${words.length}`.length;
  const width = Math.max(...words.map((word) => word.length)) + numberWidth + 2 + 2;
  const columns = Math.max(1, words.length < 8 ? 1 : Math.floor(80 / width));
  const rows = Math.ceil(words.length / columns);
  let text = "";
  for (let row = 0; row < rows; row++) {
    let line = "";
    for (let at = row; at < words.length; at += rows) {
      const item = `${`${at + 1}`.padStart(numberWidth)}) ${words[at] ?? ""}`;
      line += at + rows < words.length ? item.padEnd(width) : item;
    }
    text += `${line}\n`;
  }
  return text;
}

/** Is it not 0? undefined after a fault, which was said. */
function* headerPart(state: ShellState, part: Arithmetic): Steps<boolean | undefined> {
  if (tracing(state)) yield* trace(state, `(( ${part.source} ))`);
  const result = yield* calculate(state, part.word, "((: ");
  return result === undefined ? undefined : result !== 0;
}

/** for (( ; ; )). */
export function* runArithmeticFor(
  state: ShellState,
  command: Of<"arithmeticFor">,
  run: RunList,
): Steps<number> {
  state.line = command.line + state.lineOffset;
  const [first, test, step] = command.parts;
  if (first.source !== "" && (yield* headerPart(state, first)) === undefined) return 1;
  state.status = 0;
  state.loops += 1;
  try {
    for (;;) {
      if (test.source !== "") {
        const go = yield* headerPart(state, test);
        if (go === undefined) return 1;
        if (!go) return state.status;
      }
      try {
        yield* run(state, command.body);
      } catch (error) {
        if (!goesOn(error)) return 0;
      }
      if (step.source !== "" && (yield* headerPart(state, step)) === undefined) return 1;
    }
  } finally {
    state.loops -= 1;
  }
}

/** case. */
export function* runCase(state: ShellState, command: Of<"case">, run: RunList): Steps<number> {
  state.line = command.line + state.lineOffset;
  if (tracing(state)) yield* trace(state, `case ${wordText(command.word)} in`);
  const word = yield* expandText(state, command.word);
  const ignoreCase = state.shopts.has("nocasematch");
  const extended = state.shopts.has("extglob");
  let through = false;
  let status = 0;
  for (const item of command.items) {
    let match = through;
    for (const one of match ? [] : item.patterns) {
      const pattern = compilePattern(yield* expandPattern(state, one), { extended, ignoreCase });
      match = matches(pattern, word, ignoreCase);
      if (match) break;
    }
    if (!match) continue;
    status = item.body.length === 0 ? 0 : yield* run(state, item.body);
    if (item.end === ";;") break;
    through = item.end === ";&";
  }
  return status;
}

/** (( )). */
export function* runArithmetic(state: ShellState, command: Of<"arithmetic">): Steps<number> {
  state.line = command.line + state.lineOffset;
  if (state.traps.has("DEBUG")) yield* runNamedTrap(state, "DEBUG");
  if (tracing(state)) yield* trace(state, `(( ${command.expression.source.trim()} ))`);
  const value = yield* calculate(state, command.expression.word, "((: ");
  return value === undefined || value === 0 ? 1 : 0;
}

/** name () { … } */
export function* defineFunction(state: ShellState, command: Of<"function">): Steps<number> {
  const { name, body, line } = command;
  if (/[$`'"\\]/.test(name) || name === "") {
    return yield* discard(state, `\`${name}': not a valid identifier`);
  }
  if (state.readonlyFunctions.has(name)) {
    yield* complain(state, `${name}: readonly function`);
    return 1;
  }
  state.functions.set(name, {
    name,
    body,
    source: sourceOfFunctions(state),
    line,
    lineOffset: state.lineOffset,
  });
  return 0;
}

/** What bash calls the place where a function was defined, when that is no file. */
function sourceOfFunctions(state: ShellState): string {
  if (state.source !== state.name || state.interactive || state.dash) return state.source;
  return state.commandString ? "environment" : state.readsInput ? "main" : state.source;
}

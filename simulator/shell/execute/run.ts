// Running what was parsed: texts line by line, lists, pipelines, and every kind of command. Here others
// get their turn, signals' traps run, and `set -e` ends the shell.
// Source: bash(1) SHELL GRAMMAR, set -e.
// Not here: what each kind of command does (its own file).

import { write } from "../../process/io.ts";
import { pause } from "../../process/scheduler.ts";
import type { Steps } from "../../process/wait.ts";
import { tellDeaths } from "../jobs.ts";
import { complain, discard } from "../messages.ts";
import { asUnwind, leave, type ShellState, type Unwind } from "../shellState.ts";
import { commandText } from "../syntax/printCommand.ts";
import type { Command, List, Parsed, Pipeline, SyntaxProblem } from "../syntax/syntax.ts";
import { afterFailure, never, runNamedTrap, runPending } from "../traps.ts";
import {
  defineFunction,
  runArithmetic,
  runArithmeticFor,
  runCase,
  runFor,
  runIf,
  runWhile,
} from "./compound.ts";
import { evaluateTest } from "./conditional.ts";
import { startCoprocess } from "./coprocess.ts";
import { waitForeground } from "./foreground.ts";
import { fork } from "./fork.ts";
import { runInBackground, runStages } from "./pipeline.ts";
import { keepRedirect, redirect, undoRedirect } from "./redirect.ts";
import { runSimple } from "./simple.ts";
import { timeCommand } from "./timeCommand.ts";

/** Runs a text, line by line; `reader` puts its own word before faults of syntax, such as "eval: ". */
export function* runParsed(state: ShellState, parsed: Parsed, reader = ""): Steps<number> {
  if (parsed.lists.length === 0 && parsed.problem === undefined) state.status = 0;
  for (const list of parsed.lists) {
    yield* tellDeaths(state);
    state.line = list.line + state.lineOffset;
    for (const warning of list.warnings) {
      const text = `${state.source}: line ${warning.line + state.lineOffset}: ${warning.text}\n`;
      yield* write(state.process, 2, text);
    }
    if (list.spoiled !== undefined && state.spoiled) {
      state.spoiled = false;
      return yield* tellProblem(state, list.spoiled, reader);
    }
    if (list.extended !== undefined && !state.shopts.has("extglob")) {
      return yield* tellProblem(state, list.extended, reader);
    }
    if (state.options.has("noexec") && !state.interactive) continue;
    yield* runLine(state, list.list);
  }
  if (!isFault(parsed.problem)) return state.status;
  if (state.spoiled && parsed.problem.spoils === true && parsed.problem.instead !== undefined) {
    state.spoiled = false;
    return yield* tellProblem(state, { ...parsed.problem, ...parsed.problem.instead }, reader);
  }
  return yield* tellProblem(state, parsed.problem, reader);
}

/** The engine's own stack is full: a bound that commands in commands reach before ours. */
const overflow: Unwind = { unwind: "discard", status: 1 };

/** A line that gives up does not take the next one with it. */
function* runLine(state: ShellState, list: List): Steps<void> {
  const { scopes, conditions, loops } = state;
  try {
    yield* runList(state, list);
  } catch (error) {
    const unwind = error instanceof RangeError ? overflow : asUnwind(error);
    if (unwind === undefined || unwind.unwind !== "discard") throw error;
    if (unwind === overflow)
      yield* complain(state, "vethbook simulator: nesting as deep as this is not simulated");
    state.status = unwind.status;
    state.scopes = scopes;
    state.conditions = conditions;
    state.loops = loops;
    if (state.options.has("errexit") && conditions === 0)
      leave({ unwind: "exit", status: unwind.status });
  }
}

/** What bash says of a text that is no bash; the status. */
export function* tellProblem(
  state: ShellState,
  problem: SyntaxProblem,
  reader: string,
): Steps<number> {
  if (problem.spoils === true) state.spoiled = !state.interactive;
  const line = problem.line + state.lineOffset;
  for (const message of problem.messages) {
    const fault = inDash(message);
    if (!state.dash || fault === undefined)
      yield* write(state.process, 2, `${state.source}: ${reader}line ${line}: ${message}\n`);
    else {
      yield* write(state.process, 2, `${state.source}: ${line}: ${fault}\n`);
      break;
    }
  }
  state.status = problem.status;
  if (problem.fatal === true) leave({ unwind: "top", status: problem.status });
  return problem.status;
}

/** How dash says it: `Syntax error: "fi" unexpected`. */
function inDash(message: string): string | undefined {
  const token = /^syntax error near unexpected token `(.*)'$/s.exec(message)?.[1];
  if (token === undefined) return undefined;
  return `Syntax error: ${token === "newline" ? token : `"${token}"`} unexpected`;
}

/** True for a problem that keeps a text from being run, as opposed to one that asks for more. */
export function isFault(problem: SyntaxProblem | undefined): problem is SyntaxProblem {
  return problem !== undefined && (problem.status !== 0 || problem.messages.length > 0);
}

/** Runs commands one after another. */
function* runList(state: ShellState, list: List): Steps<number> {
  for (const { command, background } of list) {
    if (background) {
      yield* runInBackground(state, command);
      state.status = 0;
    } else yield* runCommand(state, command);
  }
  return state.status;
}

/** Commands between two turns of others, and what they cost together, in microseconds. */
const turn = { commands: 200, cost: 400 };

/** How deep commands may be nested in each other, calls included. */
const deepest = 750;

/** Runs one command; its status is also in `state.status`. */
export function* runCommand(state: ShellState, command: Command): Steps<number> {
  if (++state.steps >= turn.commands) {
    state.steps = 0;
    state.process.machine.clock.spend(turn.cost);
    yield pause;
  }
  if (state.ending === true) yield never;
  if (state.interrupted) leave({ unwind: "top", status: 130 });
  if (state.pending.length > 0) yield* runPending(state);
  if (state.nesting >= deepest) yield* tooDeep(state);
  const trapped = state.traps.size > 0 && state.traps.has("ERR");
  state.nesting += 1;
  let status: number;
  try {
    status = yield* runKind(state, command);
  } finally {
    state.nesting -= 1;
  }
  state.status = status;
  if (fails[command.type] === true && command.type !== "pipeline") state.pipeStatus = [status];
  if (status !== 0 && fails[command.type] === true && !isNegation(command))
    yield* afterFailure(state, trapped);
  return status;
}

function* tooDeep(state: ShellState): Steps<never> {
  const call = state.calls.at(-1);
  const depth = state.calls.length;
  const text =
    call === undefined
      ? "vethbook simulator: nesting as deep as this is not simulated"
      : `${call.name}: maximum function nesting level exceeded (${depth})`;
  return yield* discard(state, text);
}

/** Kinds of commands whose failure counts for `set -e`; the others contain such. */
const fails: Partial<Record<Command["type"], true>> = {
  simple: true,
  pipeline: true,
  subshell: true,
  test: true,
  arithmetic: true,
};

/** What `!` makes of a status never ends the shell. */
function isNegation(command: Command): boolean {
  return command.type === "pipeline" && command.negated;
}

function runKind(state: ShellState, command: Command): Steps<number> {
  switch (command.type) {
    case "simple":
      return runSimple(state, command);
    case "group":
      return runList(state, command.body);
    case "if":
      return runIf(state, command, runList);
    case "while":
      return runWhile(state, command, runList);
    case "for":
    case "select":
      return runFor(state, command, runList);
    case "arithmeticFor":
      return runArithmeticFor(state, command, runList);
    case "case":
      return runCase(state, command, runList);
    case "andOr":
      return runAndOr(state, command);
    case "pipeline":
      return runPipeline(state, command);
    case "function":
      return defineFunction(state, command);
    case "redirected":
      return runRedirected(state, command);
    case "subshell":
      return runSubshell(state, command);
    case "arithmetic":
      return runArithmetic(state, command);
    case "test":
      return runTest(state, command);
    default:
      return startCoprocess(state, command);
  }
}

function* runTest(state: ShellState, command: Extract<Command, { type: "test" }>): Steps<number> {
  state.line = command.line + state.lineOffset;
  if (state.traps.has("DEBUG")) yield* runNamedTrap(state, "DEBUG");
  if (state.dash) {
    yield* complain(state, "[[: not found");
    return 127;
  }
  return yield* evaluateTest(state, command.expression);
}

function* runAndOr(
  state: ShellState,
  { commands, operators }: Extract<Command, { type: "andOr" }>,
): Steps<number> {
  let status = 0;
  for (const [index, command] of commands.entries()) {
    const operator = operators[index - 1];
    if (operator !== undefined && (operator === "&&") !== (status === 0)) continue;
    if (index === commands.length - 1) return yield* runCommand(state, command);
    status = yield* runAsAnswer(state, command);
  }
  return status;
}

function* runAsAnswer(state: ShellState, command: Command): Steps<number> {
  state.conditions += 1;
  try {
    return yield* runCommand(state, command);
  } finally {
    state.conditions -= 1;
  }
}

function* runPipeline(state: ShellState, pipeline: Pipeline): Steps<number> {
  if (pipeline.timed !== undefined) {
    const { timed } = pipeline;
    return yield* timeCommand(state, timed, () => runUntimed(state, pipeline));
  }
  return yield* runUntimed(state, pipeline);
}

function* runUntimed(state: ShellState, pipeline: Pipeline): Steps<number> {
  if (pipeline.negated) {
    state.conditions += 1;
    try {
      return (yield* runPlain(state, pipeline)) === 0 ? 1 : 0;
    } finally {
      state.conditions -= 1;
    }
  }
  return yield* runPlain(state, pipeline);
}

function* runPlain(state: ShellState, pipeline: Pipeline): Steps<number> {
  const [first] = pipeline.commands;
  if (first === undefined) return 0;
  if (pipeline.commands.length === 1) return yield* runCommand(state, first);
  const statuses = yield* runStages(state, pipeline);
  state.pipeStatus = statuses;
  if (!state.options.has("pipefail")) return statuses.at(-1) ?? 0;
  return statuses.findLast((status) => status !== 0) ?? 0;
}

function* runRedirected(
  state: ShellState,
  command: Extract<Command, { type: "redirected" }>,
): Steps<number> {
  if (command.command.type === "subshell")
    return yield* runSubshell(state, command.command, command);
  const saved = yield* redirect(state, command.redirects);
  if (saved === undefined) {
    state.status = 1;
    yield* afterFailure(state);
    return 1;
  }
  try {
    return yield* runCommand(state, command.command);
  } finally {
    undoRedirect(state, saved);
  }
}

/** `( … )`; `whole` is it with its redirections. */
function* runSubshell(
  state: ShellState,
  command: Extract<Command, { type: "subshell" }>,
  whole?: Extract<Command, { type: "redirected" }>,
): Steps<number> {
  const only = command.body.length === 1 && command.body[0]?.background === false;
  const simple = only && command.body[0]?.command.type === "simple";
  const group = state.options.has("monitor") ? { processGroup: 0 } : {};
  const { conditions } = state;
  const child = yield* fork(state, { mayExec: simple, ...group }, function* (inner) {
    inner.conditions = conditions;
    inner.loops = 0;
    if (whole !== undefined) {
      const saved = yield* redirect(inner, whole.redirects);
      if (saved === undefined) return 1;
      // Nobody puts them back: what they replaced is closed, or a reader would wait for its end.
      keepRedirect(saved);
    }
    return yield* runSubshellBody(inner, command.body);
  });
  const text = () => commandText(whole ?? command);
  const [status = 0] = yield* waitForeground(state, [{ process: child, text }], text);
  state.pipeStatus = [status];
  return status;
}

function* runSubshellBody(inner: ShellState, body: List): Steps<number> {
  yield* runLine(inner, body);
  return inner.status;
}

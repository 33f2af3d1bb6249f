// A shell on a terminal: prompt, line, commands, and again. A line that is no whole command asks for
// more; Ctrl-C and what is wrong in one line do not end the shell.
// Source: bash(1) INVOCATION, PROMPTING, JOB CONTROL; what bash 5.2 prints.
// Not simulated: TMOUT, IGNOREEOF, checking mail.

import { write } from "../../process/io.ts";
import type { Steps } from "../../process/wait.ts";
import { keptByJobs } from "../builtins/control.ts";
import { isFault, runParsed } from "../execute/run.ts";
import { tellChanges } from "../jobs.ts";
import { asUnwind, type ShellState } from "../shellState.ts";
import { parseWithAliases } from "../syntax/aliases.ts";
import { parseText } from "../syntax/parse.ts";
import type { Parsed, SyntaxProblem } from "../syntax/syntax.ts";
import { runPending } from "../traps.ts";
import { readVariable } from "../values.ts";
import { beginJobControl } from "./beginJobControl.ts";
import { expandHistory } from "./historyExpansion.ts";
import { noteLine } from "./historyLines.ts";
import { promptText, shownPrompt } from "./prompt.ts";
import type { Ending, Keyboard } from "./reading.ts";
import { newKeyboard, readLine } from "./readLine.ts";
import type { RunFollower } from "./runFollower.ts";

/** True when no more lines are needed to make commands of a text. */
export function isFinished(text: string): boolean {
  return parseText(text).problem?.unfinished !== true;
}

/** What was entered and not run yet. */
type Session = {
  readonly state: ShellState;
  readonly keyboard: Keyboard;
  /** Lines that came together with the one that is run. */
  lines: string[];
  /** True when they are a run's: an exclamation mark is only that. */
  run: boolean;
};

/** Reads and runs until the end of input or `exit`. */
export function* interactiveLoop(state: ShellState, follower?: RunFollower): Steps<number> {
  const terminal = { exitWarned: false, stopped: () => follower?.stopped === true };
  state.terminal = terminal;
  yield* beginJobControl(state);
  const session: Session = { state, keyboard: newKeyboard(follower), lines: [], run: false };
  for (;;) {
    const entered = yield* nextCommand(session);
    if (!("type" in entered)) {
      yield* runEntered(session, entered);
    } else if (entered.type === "interrupt") {
      state.status = 130;
      session.lines = [];
    } else if (!(yield* keptByJobs(state, terminal))) return state.status;
  }
}

/** The next whole command, or a faulty one. */
function* nextCommand(session: Session): Steps<Parsed | Ending> {
  const { state } = session;
  let text = "";
  for (;;) {
    const line = yield* nextLine(session, text === "" ? "prompt" : "unfinished");
    if (typeof line !== "string") {
      if (line.type === "interrupt" || text === "") return line;
      return faultAtEnd(parseText(text));
    }
    const expanded = session.run ? line : yield* expandHistory(state, line);
    if (expanded === undefined) {
      text = "";
      continue;
    }
    noteLine(state.history, text, expanded);
    if (state.options.has("verbose")) yield* write(state.process, 2, `${expanded}\n`);
    text += `${expanded}\n`;
    const parsed = parseWithAliases(state, text);
    if (parsed.problem?.unfinished !== true) return parsed;
  }
}

/** What bash says when input ends in the middle of a command. */
function faultAtEnd(parsed: Parsed): Parsed {
  const { problem } = parsed;
  const atEnd = "syntax error: unexpected end of file";
  const messages = (problem?.messages ?? []).filter((message) => message !== atEnd);
  return {
    ...parsed,
    problem: {
      line: problem?.line ?? 1,
      messages: [...messages, atEnd],
      unfinished: false,
      status: 2,
    },
  };
}

/** A line that waits, or one from the keyboard. */
function* nextLine(session: Session, moment: "prompt" | "unfinished"): Steps<string | Ending> {
  const { state, keyboard } = session;
  const waiting = session.lines.shift();
  if (waiting !== undefined) return waiting;
  if (moment === "prompt") yield* beforePrompt(state);
  const prompt = yield* promptText(state, moment === "prompt" ? "PS1" : "PS2");
  const entered = yield* readLine(state, keyboard, { prompt, moment });
  if (!("text" in entered)) return entered;
  session.run = entered.type === "run" || (session.run && moment === "unfinished");
  const [first = "", ...rest] = entered.text.split("\n");
  session.lines = rest;
  return first;
}

function* beforePrompt(state: ShellState): Steps<void> {
  yield* tellChanges(state);
  if (state.pending.length > 0) yield* runPending(state);
  const command = readVariable(state, "PROMPT_COMMAND");
  if (command === undefined || command === "") return;
  const { status, pipeStatus } = state;
  yield* runParts(state, parseText(command));
  state.status = status;
  state.pipeStatus = pipeStatus;
}

function* runEntered(session: Session, parsed: Parsed): Steps<void> {
  const { state } = session;
  if (state.terminal?.stopped() === true) {
    // Ctrl-C has come to a run: the rest of it is left out.
    session.lines = [];
    state.status = 130;
    return;
  }
  if (parsed.lists.length === 0 && parsed.problem === undefined) return;
  const before = yield* promptText(state, "PS0");
  if (before !== "") yield* write(state.process, 2, shownPrompt(before));
  const warned = state.terminal?.exitWarned;
  yield* runParts(state, parsed);
  if (state.terminal !== undefined && warned === true) state.terminal.exitWarned = false;
}

/** Runs one input of a terminal: what gives up ends the input, not the shell. */
function* runParts(state: ShellState, parsed: Parsed): Steps<void> {
  const { scopes, calls } = state;
  try {
    if (parsed.lists.length > 0) yield* runParsed(state, { ...parsed, problem: undefined });
    if (state.interrupted) yield* endByInterrupt(state);
    if (isFault(parsed.problem)) yield* tellFault(state, parsed.problem);
  } catch (error) {
    const unwind = asUnwind(error);
    if (unwind === undefined || unwind.unwind === "exit") throw error;
    if (state.interrupted) yield* endByInterrupt(state);
    else if ("status" in unwind) state.status = unwind.status;
    state.scopes = scopes;
    state.calls = calls;
    state.loops = 0;
    state.conditions = 0;
  }
}

function* endByInterrupt(state: ShellState): Steps<void> {
  state.interrupted = false;
  state.status = 130;
  yield* write(state.process, 2, "\n");
}

/** On a terminal a fault of syntax is one line without a number. */
function* tellFault(state: ShellState, problem: SyntaxProblem): Steps<void> {
  const name = state.name.replace(/^.*\//, "");
  const messages = problem.messages.filter((message) => !message.startsWith("`"));
  yield* write(state.process, 2, messages.map((message) => `${name}: ${message}\n`).join(""));
  state.status = problem.status;
}

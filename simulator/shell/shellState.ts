// Everything one shell knows. A subshell begins with a copy; nothing about a shell is kept elsewhere.
// Source: bash(1) COMMAND EXECUTION ENVIRONMENT.
// Not here: running commands (execute/), the variables themselves (variables.ts).

import type { Process, Signal } from "../process/process.ts";
import type { Steps } from "../process/wait.ts";
import type { ArithmeticHost } from "./expand/arithmeticReader.ts";
import type { Piece } from "./expand/fields.ts";
import type { Assignment, Command, Parsed, WordPart } from "./syntax/syntax.ts";
import { copyVariable, type Scope } from "./variables.ts";

/** A function as defined, with where its lines are. */
export type ShellFunction = {
  readonly name: string;
  readonly body: Command;
  readonly source: string;
  readonly line: number;
  readonly lineOffset: number;
};

/** A call under way, for caller, FUNCNAME and `local`. */
export type Call = {
  readonly name: string;
  readonly line: number;
  readonly source: string;
  /** undefined for a sourced file. */
  readonly scope: Scope | undefined;
};

/** A background (or stopped) pipeline. */
export type Job = {
  readonly number: number;
  readonly text: string;
  readonly group: number;
  readonly processes: readonly JobProcess[];
  /** True while the shell waits for it in the foreground. */
  foreground: boolean;
  /** What was last told of it. */
  told: string;
  /** Ended jobs go away once their end was told. */
  disowned: boolean;
  readonly controlled: boolean;
  line: number;
  /** A job of the shell that this one was forked from, as it was then: to be listed, not waited for. */
  readonly foreign?: boolean;
};

/** A process of a job; `text` is its part of the command. */
export type JobProcess = { readonly process: Process; readonly text: string };

/** What the shell does with a signal. */
export type Trap = { readonly command: string; readonly inherited?: boolean };

/** The parts of the interpreter that refer to each other; set once when a shell is made. */
export type Interpreter = {
  run(state: ShellState, parsed: Parsed): Steps<number>;
  /** As `run`; `reader` stands before faults of syntax, such as "eval: ". */
  text(state: ShellState, parsed: Parsed, reader: string): Steps<number>;
  isBuiltin(state: ShellState, name: string): boolean;
  /** The output of commands, without its last newlines. */
  substitute(state: ShellState, parsed: Parsed): Steps<string>;
  /** A path from which (or to which) the commands' output can be read (written). */
  processPath(state: ShellState, direction: "<" | ">", parsed: Parsed): Steps<string>;
  command(state: ShellState, command: Command): Steps<number>;
  /** The pieces that the parts of a word expand to. */
  parts(
    state: ShellState,
    parts: readonly WordPart[],
    tilde: "word" | "assignment" | "none",
  ): Steps<Piece[]>;
  /** Told when a job has begun: a terminal prints its number. */
  started(state: ShellState, job: Job): Steps<void>;
  /** Runs a simple command whose words are known; `look` says where its name is looked for. */
  words(state: ShellState, words: readonly string[], look: Lookup): Steps<number>;
};

/** Where a command's name is looked for. */
export type Lookup = { readonly functions: boolean; readonly standardPath?: boolean };

/** What only a shell has that reads from a terminal. */
export type TerminalSide = {
  /** `exit` has warned of stopped jobs, and nothing was run since. */
  exitWarned: boolean;
  /** Ctrl-C has come to a run of a cell: what has not begun is left out. */
  stopped(): boolean;
};

/** How a builtin is called. */
export type BuiltinWords = {
  /** Its name, as called. */
  readonly name: string;
  /** The words after it. */
  readonly args: readonly string[];
  /** Arguments of declare and its kin that give an array its elements, by their place in `args`. */
  readonly arrays: ReadonlyMap<number, Assignment>;
};

/** A builtin: it gets words and answers a status. */
export type BuiltinCommand = (state: ShellState, call: BuiltinWords) => Steps<number>;

/** One shell. */
export type ShellState = {
  readonly process: Process;
  readonly interpreter: Interpreter;
  /** $0. */
  name: string;
  /** Before "line N:" in messages. */
  source: string;
  /** Said between the source and the line while a text of this kind is read, such as "eval: ". */
  positional: readonly string[];
  scopes: Scope[];
  readonly functions: Map<string, ShellFunction>;
  readonly readonlyFunctions: Set<string>;
  readonly exportedFunctions: Set<string>;
  readonly aliases: Map<string, string>;
  /** Builtins that were fetched; subshells share them. */
  readonly fetched: Map<string, BuiltinCommand>;
  /** Builtins that `enable -n` has switched off. */
  readonly disabled: Set<string>;
  /** Names of `set -o` options that are on. */
  readonly options: Set<string>;
  /** Names of `shopt` options that are on. */
  readonly shopts: Set<string>;
  readonly traps: Map<string, Trap>;
  /** Traps that wait to be run. */
  readonly pending: Signal[];
  /** A signal is about to end it; nothing but the trap on EXIT runs any more. */
  ending?: boolean;
  calls: Call[];
  jobs: Job[];
  /** Ended background processes by pid, for `wait`. */
  readonly ended: Map<number, number>;
  readonly hashed: Map<string, { path: string; hits: number }>;
  directories: string[];
  pipeStatus: readonly number[];
  status: number;
  /** $! */
  lastBackground: number | undefined;
  line: number;
  lineOffset: number;
  loops: number;
  /** Above 0: `set -e` does not count here. */
  conditions: number;
  /** How many shells above this one have forked. */
  depth: number;
  /** $$ */
  readonly mainPid: number;
  readonly interactive: boolean;
  /** Called as sh, which is dash: other messages, another echo. */
  readonly dash: boolean;
  readonly commandString: boolean;
  secondsFrom: number;
  randomSeed: number;
  /** Commands run since others were last let run. */
  steps: number;
  getoptsOffset: number;
  /** How deep functions, evals and sourced files are nested. */
  nesting: number;

  readonly history: string[];
  substitutionStatus: number | undefined;
  readonly openSubstitutions: number[];
  /** Computed variables that were unset. */
  readonly unset: Set<string>;
  /** True while a trap on ERR, DEBUG or RETURN runs. */
  inTrap: boolean;
  /** A fault in `[[ ]]` has confused the reader. */
  spoiled: boolean;
  /** Ctrl-C has come to a shell on a terminal. */
  interrupted: boolean;
  /** The last command of this process may take its place. */
  mayExec: boolean;
  /** How many evals and substitutions `set -x` shows by more + signs. */
  traceDepth: number;
  /** How arithmetic sees the variables; made when it is first needed. */
  arithmetic: ArithmeticHost | undefined;
  /** What is to be said when an expansion is done. */
  readonly notes: string[];
  /** The command before which the trap runs that runs now. */
  beforeTrap: Command | undefined;
  /** The simple command that runs. */
  current: Command | undefined;
  /** $_ */
  lastArgument: string;
  /** Options as they were when a function said `local -`. */
  savedOptions: ReadonlySet<string> | undefined;
  /** Set in the shell itself, not in its subshells. */
  terminal: TerminalSide | undefined;
  /** True when commands come from standard input. */
  readonly readsInput: boolean;
};

/** Ignored signals stay ignored; ERR and DEBUG are inherited when they are traced. */
function keepsTrap(state: ShellState, name: string, trap: Trap): boolean {
  if (trap.command === "") return true;
  return name === "ERR"
    ? state.options.has("errtrace")
    : name === "DEBUG" && state.options.has("functrace");
}

/** What a subshell begins with. */
export function copyState(state: ShellState, process: Process): ShellState {
  return {
    ...state,
    process,
    scopes: state.scopes.map(
      (scope) => new Map([...scope].map(([name, variable]) => [name, copyVariable(variable)])),
    ),
    functions: new Map(state.functions),
    exportedFunctions: new Set(state.exportedFunctions),
    aliases: new Map(state.aliases),
    options: new Set(state.options),
    shopts: new Set(state.shopts),
    traps: new Map([...state.traps].filter(([name, trap]) => keepsTrap(state, name, trap))),
    notes: [],
    arithmetic: undefined,
    pending: [],
    calls: [...state.calls],
    jobs: [],
    ended: new Map(),
    hashed: new Map(state.hashed),
    directories: [...state.directories],
    depth: state.depth + 1,
    steps: 0,
    openSubstitutions: [],
    terminal: undefined,
  };
}

/** What is thrown to leave commands early; `level` counts loops. */
export type Unwind =
  | { readonly unwind: "break" | "continue"; level: number }
  /** Out of the function or sourced file. */
  | { readonly unwind: "return"; readonly status: number }
  /** `discard`: the line that is being run, here or in eval; `top`: the one that the shell itself reads. */
  | { readonly unwind: "discard" | "top"; readonly status: number }
  | { readonly unwind: "exit"; readonly status: number };

/** Tells what was thrown; undefined for anything else. */
export function asUnwind(error: unknown): Unwind | undefined {
  return typeof error === "object" && error !== null && "unwind" in error
    ? (error as Unwind)
    : undefined;
}

/** Leaves commands early. */
export function leave(unwind: Unwind): never {
  throw unwind;
}

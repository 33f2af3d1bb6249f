// A new shell: its variables from the environment, its options, and how its parts find each other.
// Source: bash(1) INVOCATION, Shell Variables.
// Not here: reading the command line (invocation.ts), running anything (execute/).

import { write } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import { findProgram } from "../process/programLookup.ts";
import { findBuiltin } from "./builtins/builtins.ts";
import { processPath, substitute } from "./execute/fork.ts";
import { runCommand, runParsed } from "./execute/run.ts";
import { runKnownWords } from "./execute/simple.ts";
import { expandParts } from "./expand/words.ts";
import { takeFunctions } from "./exportedFunctions.ts";
import type { Invocation } from "./invocation.ts";
import { shoptsAtStart } from "./options.ts";
import type { Interpreter, ShellState } from "./shellState.ts";
import { isName, newVariable, type Scope } from "./variables.ts";

const interpreter: Interpreter = {
  run: (state, parsed) => runParsed(state, parsed),
  text: runParsed,
  isBuiltin: (state, name) => findBuiltin(state, name) !== undefined,
  substitute,
  processPath,
  command: runCommand,
  parts: expandParts,
  *started(state, job) {
    // A script's shell says nothing of new jobs.
    if (state.terminal === undefined) return;
    yield* write(state.process, 2, `[${job.number}] ${state.lastBackground}\n`);
  },
  words: runKnownWords,
};

/** A shell that has run nothing yet. */
export function createShell(process: Process, invocation: Invocation): ShellState {
  const { clock, random } = process.machine;
  const inherited = takeFunctions(process.environment);
  return {
    process,
    interpreter: invocation.interpreter ?? interpreter,
    name: invocation.name,
    source: invocation.name,
    positional: invocation.words,
    scopes: [startVariables(process, invocation)],
    functions: new Map(inherited.map((one) => [one.name, one])),
    exportedFunctions: new Set(inherited.map(({ name }) => name)),
    readonlyFunctions: new Set(),
    aliases: new Map(),
    disabled: new Set(),
    fetched: new Map(),
    options: new Set(invocation.options),
    shopts: new Set([
      ...shoptsAtStart,
      ...(invocation.interactive ? ["expand_aliases"] : []),
      ...(invocation.login ? ["login_shell"] : []),
      ...invocation.shopts,
    ]),
    traps: new Map(),
    pending: [],
    notes: [],
    arithmetic: undefined,
    calls: [],
    jobs: [],
    ended: new Map(),
    hashed: new Map(),
    directories: [],
    pipeStatus: [0],
    status: 0,
    lastBackground: undefined,
    line: 1,
    lineOffset: 0,
    loops: 0,
    conditions: 0,
    depth: 0,
    mainPid: process.pid,
    interactive: invocation.interactive,
    dash: invocation.shellName === "sh" && !invocation.interactive,
    commandString: invocation.command !== undefined,
    readsInput: invocation.command === undefined && invocation.file === undefined,
    secondsFrom: clock.now,
    randomSeed: random.below(0x7fffffff) + 1,
    steps: 0,
    getoptsOffset: 0,
    nesting: 0,
    history: [],
    substitutionStatus: undefined,
    openSubstitutions: [],
    unset: new Set(),
    inTrap: false,
    interrupted: false,
    spoiled: false,
    mayExec: false,
    traceDepth: 0,
    current: undefined,
    beforeTrap: undefined,
    lastArgument: process.environment.get("_") ?? invocation.name,
    savedOptions: undefined,
    terminal: undefined,
  };
}

function startVariables(process: Process, invocation: Invocation): Scope {
  const scope: Scope = new Map();
  const set = (name: string, value: string | undefined, attributes = "") => {
    scope.set(name, { ...newVariable(attributes), value });
  };
  for (const [name, value] of process.environment) if (isName(name)) set(name, value, "x");
  const found = findProgram(process, invocation.shellName);
  set("BASH", "path" in found ? found.path : `/usr/bin/${invocation.shellName}`);
  for (const name of ["BASHOPTS", "SHELLOPTS"]) set(name, "", "r");
  set("BASH_VERSION", "5.2.15(1)-release");
  const version = ["5", "2", "15", "1", "release", "x86_64-pc-linux-gnu"];
  array(scope, "BASH_VERSINFO", version, "ar");
  for (const name of ["BASH_ARGC", "BASH_ARGV"]) array(scope, name, [], "a");
  set("EUID", "0", "ir");
  set("UID", "0", "ir");
  set("PPID", `${process.parent?.pid ?? 0}`, "ir");
  if (!scope.has("HOSTNAME")) set("HOSTNAME", process.uts.hostname);
  set("HOSTTYPE", "x86_64");
  set("MACHTYPE", "x86_64-pc-linux-gnu");
  set("OSTYPE", "linux-gnu");
  set("IFS", " \t\n");
  set("OPTERR", "1");
  set("OPTIND", "1", "i");
  set("PS4", "+ ");
  if (!scope.has("TERM")) set("TERM", "dumb");
  if (!scope.has("PATH"))
    set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  set("PWD", process.cwd, "x");
  if (!scope.has("OLDPWD")) set("OLDPWD", undefined, "x");
  const level = Number(process.environment.get("SHLVL") ?? "0");
  set("SHLVL", `${Number.isInteger(level) && level >= 0 ? level + 1 : 1}`, "x");
  if (invocation.interactive) {
    // The sandboxes' /etc/bash.bashrc names the machine and the folder.
    const plain = process.argv.includes("--norc");
    if (!plain) set("PS1", "\\h:\\w # ");
    else if (!scope.has("PS1")) set("PS1", "\\s-\\v\\$ ");
    set("PS2", "> ");
  }
  scope.delete("_");
  return scope;
}

function array(scope: Scope, name: string, values: readonly string[], attributes: string): void {
  const variable = newVariable(attributes);
  variable.elements = new Map(values.map((value, index) => [index, value]));
  scope.set(name, variable);
}

// The operators that `[[ ]]` and `test` share: files, strings, numbers.
// Source: bash(1) CONDITIONAL EXPRESSIONS.
// Not simulated: owners, set-id and sticky bits, sockets, block devices.

import type { FileStatus } from "../process/fileSystem.ts";
import { optionIsOn } from "./options.ts";
import type { ShellState } from "./shellState.ts";
import { elementOf, readVariable, variableOf } from "./values.ts";
import { has, isSet } from "./variables.ts";

/** Operators before one word. */
export const unaryOperators = /^-[abcdefghknoprstuvwxzGLNORS]$/;
/** Operators between two words, of `test`. */
export const binaryOperators = /^(?:=|==|!=|<|>|-eq|-ne|-lt|-le|-gt|-ge|-nt|-ot|-ef)$/;

/** The truth of `operator word`. */
export function testUnary(state: ShellState, operator: string, word: string): boolean {
  switch (operator) {
    case "-z":
      return word === "";
    case "-n":
      return word !== "";
    case "-v":
      return isVariableSet(state, word);
    case "-o":
      return optionIsOn(state, word);
    case "-R": {
      const variable = state.scopes
        .map((scope) => scope.get(word))
        .findLast((one) => one !== undefined);
      return variable !== undefined && has(variable, "n");
    }
    case "-t":
      return state.process.files.get(Number(word))?.kind === "tty";
    default:
      return testFile(state, operator, word);
  }
}

function isVariableSet(state: ShellState, word: string): boolean {
  const element = /^([A-Za-z_]\w*)\[(.+)\]$/s.exec(word);
  if (element === null) {
    const variable = variableOf(state, word);
    if (variable?.elements !== undefined) return variable.elements.has(0);
    return (
      readVariable(state, word) !== undefined || state.positional[Number(word) - 1] !== undefined
    );
  }
  const [, name = "", subscript = ""] = element;
  if (subscript === "@" || subscript === "*") {
    const variable = variableOf(state, name);
    return variable !== undefined && isSet(variable);
  }
  return elementOf(state, name, subscript) !== undefined;
}

function testFile(state: ShellState, operator: string, path: string): boolean {
  const link = operator === "-h" || operator === "-L";
  const status = statusOf(state, path, !link);
  if (status === undefined) return false;
  switch (operator) {
    case "-f":
      return status.type === "file";
    case "-d":
      return status.type === "directory";
    case "-h":
    case "-L":
      return status.type === "symlink";
    case "-p":
      return status.type === "pipe";
    case "-c":
      return status.type === "device";
    case "-s":
      return status.size > 0;
    case "-x":
      return status.type === "directory" || (status.mode & 0o111) !== 0;
    case "-b":
    case "-g":
    case "-k":
    case "-u":
    case "-S":
    case "-N":
      return false;
    default:
      return true;
  }
}

function statusOf(state: ShellState, path: string, follow = true): FileStatus | undefined {
  if (path === "") return undefined;
  const status = state.process.machine.files.stat(state.process, path, follow);
  return "errno" in status ? undefined : status;
}

/** The truth of `-nt`, `-ot`, `-ef`. */
export function testFiles(
  state: ShellState,
  operator: string,
  [left, right]: readonly [string, string],
): boolean {
  const [a, b] = [statusOf(state, left), statusOf(state, right)];
  if (operator === "-ef") return a !== undefined && b !== undefined && a.inode === b.inode;
  const [newer, older] = operator === "-nt" ? [a, b] : [b, a];
  return newer !== undefined && (older === undefined || newer.modified > older.modified);
}

/** The truth of a comparison of numbers. */
export function compareNumbers(
  operator: string,
  left: number | bigint,
  right: number | bigint,
): boolean {
  switch (operator) {
    case "-eq":
      return left === right;
    case "-ne":
      return left !== right;
    case "-lt":
      return left < right;
    case "-le":
      return left <= right;
    case "-gt":
      return left > right;
    default:
      return left >= right;
  }
}

// Redirections: opening, copying and closing descriptors in the order in which they stand, and undoing
// it when the command has ended.
// Source: bash(1) REDIRECTION.
// Not here: /dev/tcp and /dev/udp (netFile.ts).

import { errnoText } from "../../net/core/errno.ts";
import { dropFile, freeDescriptor, shareFile } from "../../process/openFiles.ts";
import type { OpenFile } from "../../process/process.ts";
import type { Steps } from "../../process/wait.ts";
import { expandText, expandWords } from "../expand/words.ts";
import { complain } from "../messages.ts";
import type { ShellState } from "../shellState.ts";
import type { Redirect } from "../syntax/syntax.ts";
import { assign, elementOf, readVariable } from "../values.ts";
import { memoryFile } from "./memoryFile.ts";
import { openNetFile } from "./netFile.ts";

/** What the descriptors were before; undefined for those that were closed. */
export type Redirected = Map<number, OpenFile | undefined>;

/** Applies redirections; undefined when one failed, which was said and undone. */
export function* redirect(
  state: ShellState,
  redirects: readonly Redirect[],
): Steps<Redirected | undefined> {
  const saved: Redirected = new Map();
  for (const one of redirects) {
    const problem = yield* apply(state, one, saved);
    if (problem !== undefined) {
      if (problem !== "") yield* complain(state, state.dash ? inDash(one, problem) : problem);
      undoRedirect(state, saved);
      return undefined;
    }
  }
  return saved;
}

/** Puts the descriptors back. */
export function undoRedirect(state: ShellState, saved: Redirected): void {
  const { files } = state.process;
  for (const [fd, before] of saved) {
    const now = files.get(fd);
    if (before === undefined) files.delete(fd);
    else files.set(fd, before);
    if (now !== undefined) dropFile(now);
  }
  saved.clear();
}

/** Lets redirections stay: `exec`. */
export function keepRedirect(saved: Redirected): void {
  for (const before of saved.values()) if (before !== undefined) dropFile(before);
  saved.clear();
}

function put(state: ShellState, saved: Redirected, fd: number, file: OpenFile | undefined): void {
  const { files } = state.process;
  const now = files.get(fd);
  if (!saved.has(fd)) saved.set(fd, now);
  else if (now !== undefined) dropFile(now);
  if (file === undefined) files.delete(fd);
  else files.set(fd, file);
}

const modes: Readonly<Record<string, OpenModeOf>> = {
  "<": { read: true },
  ">": { write: true, create: true, truncate: true },
  ">|": { write: true, create: true, truncate: true },
  ">>": { write: true, create: true, append: true },
  "<>": { read: true, write: true, create: true },
};

type OpenModeOf = {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly create?: boolean;
  readonly truncate?: boolean;
  readonly append?: boolean;
};

/** The message when it fails; "" when it was said already. */
/** "cannot open f: No such file", as dash has it. */
function inDash({ operator }: Redirect, problem: string): string {
  if (/: (Bad file descriptor|ambiguous redirect)$/.test(problem)) return problem;
  const reads = operator === "<";
  const text = problem
    .replace(/: No such file or directory$/, reads ? ": No such file" : ": Directory nonexistent")
    .replace(/: cannot overwrite existing file$/, ": File exists");
  return `cannot ${reads ? "open" : "create"} ${text}`;
}

function* apply(state: ShellState, one: Redirect, saved: Redirected): Steps<string | undefined> {
  const { operator } = one;
  if (operator.startsWith("<<")) {
    const text = yield* expandText(state, one.target, operator === "<<<" ? "word" : "none");
    const file = memoryFile(operator === "<<<" ? `${text}\n` : text);
    return install(state, saved, { one, standard: 0, file });
  }
  const target = yield* targetOf(state, one);
  if (target === undefined) return `${one.target.source}: ambiguous redirect`;
  if (operator === "&>" || operator === "&>>") return bothTo(state, saved, { target, operator });
  if (operator === ">&" || operator === "<&") {
    if (operator === ">&" && one.descriptor === undefined && !/^\d+-?$|^-$/.test(target)) {
      return bothTo(state, saved, { target, operator: "&>" });
    }
    return duplicate(state, saved, { one, target });
  }
  const net = target.startsWith("/dev/") ? yield* openNetFile(state, target) : undefined;
  const opened = net ?? openTarget(state, target, operator);
  if (typeof opened === "string") return opened;
  return install(state, saved, { one, standard: operator.startsWith("<") ? 0 : 1, file: opened });
}

function* targetOf(state: ShellState, one: Redirect): Steps<string | undefined> {
  if (one.target.literal !== undefined && !one.target.braces) return one.target.literal;
  const words = yield* expandWords(state, [one.target]);
  return words.length === 1 ? words[0] : undefined;
}

function openTarget(state: ShellState, path: string, operator: string): OpenFile | string {
  const { process } = state;
  const { files } = process.machine;
  if (operator === ">" && state.options.has("noclobber")) {
    const status = files.stat(process, path);
    if (!("errno" in status) && status.type === "file")
      return `${path}: cannot overwrite existing file`;
  }
  const file = files.open(process, path, modes[operator] ?? { read: true });
  return "errno" in file ? `${path}: ${errnoText(file.errno)}` : file;
}

function bothTo(
  state: ShellState,
  saved: Redirected,
  { target, operator }: { readonly target: string; readonly operator: string },
): string | undefined {
  const file = openTarget(state, target, operator === "&>" ? ">" : ">>");
  if (typeof file === "string") return file;
  put(state, saved, 1, file);
  put(state, saved, 2, shareFile(file));
  return undefined;
}

type Installation = { readonly one: Redirect; readonly standard: number; readonly file: OpenFile };

function install(state: ShellState, saved: Redirected, what: Installation): string | undefined {
  const { one, standard, file } = what;
  if (typeof one.descriptor !== "string") {
    put(state, saved, one.descriptor ?? standard, file);
    return undefined;
  }
  const fd = freeDescriptor(state.process, 10);
  // A descriptor of this kind stays when the command has ended.
  state.process.files.set(fd, file);
  return assign(state, placeOf(one.descriptor), `${fd}`)?.text;
}

/** `name` or `name[subscript]` of `{…}>`. */
function placeOf(descriptor: string): { readonly name: string; readonly subscript?: string } {
  const [, name = descriptor, subscript] = /^(\w+)\[(.*)\]$/.exec(descriptor) ?? [];
  return subscript === undefined ? { name } : { name, subscript };
}

function duplicate(
  state: ShellState,
  saved: Redirected,
  { one, target }: { readonly one: Redirect; readonly target: string },
): string | undefined {
  const match = /^(\d*)(-?)$/.exec(target);
  const standard = one.operator === "<&" ? 0 : 1;
  if (match === null || target === "") return `${one.target.source}: ambiguous redirect`;
  const [, from = "", close = ""] = match;
  if (from === "") {
    if (typeof one.descriptor !== "string") {
      put(state, saved, one.descriptor ?? standard, undefined);
      return undefined;
    }
    const { name, subscript } = placeOf(one.descriptor);
    const value =
      subscript === undefined ? readVariable(state, name) : elementOf(state, name, subscript);
    const fd = Number(value ?? Number.NaN);
    const file = state.process.files.get(fd);
    if (file === undefined) return `${one.descriptor}: Bad file descriptor`;
    state.process.files.delete(fd);
    dropFile(file);
    return undefined;
  }
  const file = state.process.files.get(Number(from));
  if (file === undefined) return `${one.target.literal ?? one.target.source}: Bad file descriptor`;
  const problem = install(state, saved, { one, standard, file: shareFile(file) });
  if (close !== "" && Number(from) !== one.descriptor) put(state, saved, Number(from), undefined);
  return problem;
}

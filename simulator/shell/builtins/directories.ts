// Builtins about the working directory: cd, pwd, pushd, popd, dirs.
// Source: bash(1); messages by experiment with bash 5.2.
// Not simulated: cdspell, cd -@.

import { errnoText } from "../../net/core/errno.ts";
import type { Steps } from "../../process/wait.ts";
import { complain, refuse, say } from "../messages.ts";
import type { ShellState } from "../shellState.ts";
import { assign, readVariable } from "../values.ts";
import { type Builtin, readOptions } from "./builtin.ts";

/** The directory as the shell calls it. */
export function workingDirectory(state: ShellState): string {
  const named = readVariable(state, "PWD");
  return named?.startsWith("/") === true ? named : state.process.cwd;
}

/** cd. */
export const cd: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "LPe@");
  if (options === undefined) return 2;
  const { rest, flags } = options;
  if (rest.length > 1) return yield* refuse(state, "cd: too many arguments");
  const [word] = rest;
  const physical = flags.has("P") || state.options.has("physical");
  if (word === undefined) {
    const home = readVariable(state, "HOME");
    if (home === undefined) return yield* refuse(state, "cd: HOME not set");
    return home === "" ? 0 : yield* change(state, { path: home, name: "cd", physical });
  }
  if (word === "-") {
    const old = readVariable(state, "OLDPWD");
    if (old === undefined) return yield* refuse(state, "cd: OLDPWD not set");
    const status = yield* change(state, { path: old, name: "cd", physical });
    return status === 0 ? yield* say(state, "cd", `${workingDirectory(state)}\n`) : status;
  }
  if (word === "" && !readVariable(state, "CDPATH")) return 0;
  for (const folder of /^\.{0,2}\//.test(word) || word === "." || word === ".."
    ? []
    : (readVariable(state, "CDPATH") ?? "").split(":")) {
    if (folder === "") continue;
    const path = `${folder}/${word}`;
    const status = state.process.machine.files.stat(state.process, path);
    if ("errno" in status || status.type !== "directory") continue;
    const changed = yield* change(state, { path, name: "cd", physical });
    return changed === 0 ? yield* say(state, "cd", `${workingDirectory(state)}\n`) : changed;
  }
  return yield* change(state, { path: word, name: "cd", physical });
};

type Change = { readonly path: string; readonly name: string; readonly physical?: boolean };

/** Goes there; OLDPWD and PWD follow. */
function* change(state: ShellState, { path, name, physical }: Change): Steps<number> {
  const { process } = state;
  const { files } = process.machine;
  const before = workingDirectory(state);
  const whole = normalize(path.startsWith("/") ? path : `${before}/${path}`);
  const real = physical === true ? files.realPath(process, whole) : whole;
  const target = typeof real === "string" ? real : whole;
  const status = files.stat(
    process,
    physical === true ? whole : path.startsWith("/") ? path : whole,
  );
  if ("errno" in status)
    return yield* refuse(state, `${name}: ${path}: ${errnoText(status.errno)}`);
  if (status.type !== "directory") return yield* refuse(state, `${name}: ${path}: Not a directory`);
  process.cwd = target;
  assign(state, { name: "OLDPWD" }, before);
  assign(state, { name: "PWD" }, target);
  return 0;
}

/** Without ".", ".." and doubled slashes. */
function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** pwd. */
export const pwd: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "LP");
  if (options === undefined) return 2;
  const { process } = state;
  const real = options.flags.has("P")
    ? process.machine.files.realPath(process, process.cwd)
    : undefined;
  const path = typeof real === "string" ? real : workingDirectory(state);
  return yield* say(state, "pwd", `${path}\n`);
};

function stack(state: ShellState): string[] {
  return [workingDirectory(state), ...state.directories];
}

function shown(state: ShellState, path: string): string {
  const home = readVariable(state, "HOME");
  if (home === undefined || home === "" || home === "/") return path;
  return path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

function* show(state: ShellState, name: string): Steps<number> {
  const line = stack(state)
    .map((path) => shown(state, path))
    .join(" ");
  return yield* say(state, name, `${line}\n`);
}

/** The place of `+N` or `-N` in the stack; undefined for another word, -1 when out of range. */
function placeOf(word: string, size: number): number | undefined {
  const match = /^([-+])(\d+)$/.exec(word);
  if (match === null) return undefined;
  const count = Number(match[2]);
  if (count >= size) return -1;
  return match[1] === "+" ? count : size - 1 - count;
}

function* outOfRange(state: ShellState, name: string, word: string): Steps<number> {
  const empty = state.directories.length === 0;
  const text = empty ? "directory stack empty" : `${word}: directory stack index out of range`;
  return yield* refuse(state, `${name}: ${text}`);
}

/** pushd. */
export const pushd: Builtin = function* (state, { args }) {
  const only = args[0] === "-n";
  const [word] = (only ? args.slice(1) : args).filter((one) => one !== "--");
  const all = stack(state);
  if (word === undefined) {
    const [, second] = all;
    if (second === undefined) return yield* refuse(state, "pushd: no other directory");
    const status = only ? 0 : yield* change(state, { path: second, name: "pushd" });
    if (status !== 0) return status;
    state.directories = [all[0] ?? "/", ...all.slice(2)];
    return yield* show(state, "pushd");
  }
  const place = placeOf(word, all.length);
  if (place === -1) return yield* outOfRange(state, "pushd", word);
  if (place !== undefined) {
    const turned = [...all.slice(place), ...all.slice(0, place)];
    const status = only ? 0 : yield* change(state, { path: turned[0] ?? "/", name: "pushd" });
    if (status !== 0) return status;
    state.directories = turned.slice(1);
    return yield* show(state, "pushd");
  }
  if (only) state.directories = [word, ...state.directories];
  else {
    const path = word === "-" ? (readVariable(state, "OLDPWD") ?? "") : word;
    const status = yield* change(state, { path, name: "pushd" });
    if (status !== 0) return status;
    state.directories = all;
  }
  return yield* show(state, "pushd");
};

/** popd. */
export const popd: Builtin = function* (state, { args }) {
  const only = args[0] === "-n";
  const [word = "+0"] = (only ? args.slice(1) : args).filter((one) => one !== "--");
  const all = stack(state);
  const place = placeOf(word, all.length);
  if (place === undefined) {
    yield* complain(state, `popd: ${word}: invalid argument`);
    return 2;
  }
  if (place === -1 || all.length === 1) return yield* outOfRange(state, "popd", word);
  if (place === 0 && !only) {
    const status = yield* change(state, { path: all[1] ?? "/", name: "popd" });
    if (status !== 0) return status;
    state.directories = all.slice(2);
  } else state.directories = all.slice(1).filter((_, at) => at + 1 !== (place === 0 ? 1 : place));
  return yield* show(state, "popd");
};

/** dirs. */
export const dirs: Builtin = function* (state, { args }) {
  let long = false;
  let layout = "";
  for (const word of args) {
    const all = stack(state);
    const place = placeOf(word, all.length);
    if (place === -1) return yield* outOfRange(state, "dirs", word);
    if (place !== undefined)
      return yield* say(state, "dirs", `${shown(state, all[place] ?? "")}\n`);
    if (word === "-c") {
      state.directories = [];
      return 0;
    }
    if (word === "-l") long = true;
    else if (word === "-p" || word === "-v") layout = word;
    else if (word !== "--") {
      yield* complain(state, `dirs: ${word}: invalid option`);
      return 2;
    }
  }
  const names = stack(state).map((path) => (long ? path : shown(state, path)));
  if (layout === "-v") {
    const lines = names.map((name, at) => `${`${at}`.padStart(2)}  ${name}\n`);
    return yield* say(state, "dirs", lines.join(""));
  }
  return yield* say(state, "dirs", `${names.join(layout === "-p" ? "\n" : " ")}\n`);
};

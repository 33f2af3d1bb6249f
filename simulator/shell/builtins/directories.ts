// The working directory: cd and pwd.
// Source: bash(1); messages by experiment with bash 5.2.
// Not simulated: cdspell, cd -@.

import { errnoText } from "../../net/core/errno.ts";
import type { Steps } from "../../process/wait.ts";
import { refuse, say } from "../messages.ts";
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
    if (old === "") return yield* say(state, "cd", "\n");
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

/** Where to go; `name` is the builtin that says what is wrong. */
export type Change = { readonly path: string; readonly name: string; readonly physical?: boolean };

/** Goes there; OLDPWD and PWD follow. */
export function* change(state: ShellState, { path, name, physical }: Change): Steps<number> {
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
    return yield* refuse(state, ...cannot(state, name, path, errnoText(status.errno)));
  if (status.type !== "directory")
    return yield* refuse(state, ...cannot(state, name, path, "Not a directory"));
  process.cwd = target;
  assign(state, { name: "OLDPWD" }, before);
  assign(state, { name: "PWD" }, target);
  return 0;
}

function cannot(state: ShellState, name: string, path: string, why: string): [string, number] {
  return state.dash ? [`${name}: can't cd to ${path}`, 2] : [`${name}: ${path}: ${why}`, 1];
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

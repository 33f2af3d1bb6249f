// The stack of directories: pushd, popd, dirs.
// Source: bash(1); messages by experiment with bash 5.2.
// Not here: going there (directories.ts).

import type { Steps } from "../../process/wait.ts";
import { complain, refuse, say } from "../messages.ts";
import type { ShellState } from "../shellState.ts";
import { readVariable } from "../values.ts";
import type { Builtin } from "./builtin.ts";
import { change, workingDirectory } from "./directories.ts";

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

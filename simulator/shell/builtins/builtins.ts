// The table of builtins.
// Source: bash(1) SHELL BUILTIN COMMANDS.
// Not here: what they do.

import type { ShellState } from "../shellState.ts";
import { answer, type Builtin } from "./builtin.ts";
import {
  builtin,
  command,
  evalWords,
  exec,
  exit,
  leaveLoop,
  letWords,
  returnFrom,
  shift,
  source,
} from "./control.ts";
import { declare, exportOrReadonly } from "./declare.ts";
import { cd, dirs, popd, pushd, pwd } from "./directories.ts";
import { getopts } from "./getopts.ts";
import { bind, caller, complete, fc, history } from "./history.ts";
import { disown, jobs, resume, suspend, wait } from "./jobControl.ts";
import { kill } from "./kill.ts";
import { times, ulimit, umask } from "./limits.ts";
import { mapfile } from "./mapfile.ts";
import { alias, enable, hash, help, type, unalias } from "./names.ts";
import { echo, printf } from "./printf.ts";
import { read } from "./read.ts";
import { set, shopt } from "./setOptions.ts";
import { test } from "./test.ts";
import { trap } from "./trap.ts";
import { unset } from "./unset.ts";

const succeed: Builtin = () => answer(0);

const fail: Builtin = () => answer(1);

const table: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [":", succeed],
  ["true", succeed],
  ["false", fail],
  [".", source],
  ["source", source],
  ["[", test],
  ["test", test],
  ["alias", alias],
  ["bg", resume],
  ["fg", resume],
  ["bind", bind],
  ["break", leaveLoop],
  ["continue", leaveLoop],
  ["builtin", builtin],
  ["caller", caller],
  ["cd", cd],
  ["command", command],
  ["compgen", complete],
  ["complete", complete],
  ["compopt", complete],
  ["declare", declare],
  ["typeset", declare],
  ["local", declare],
  ["dirs", dirs],
  ["disown", disown],
  ["echo", echo],
  ["enable", enable],
  ["eval", evalWords],
  ["exec", exec],
  ["exit", exit],
  ["logout", exit],
  ["export", exportOrReadonly],
  ["readonly", exportOrReadonly],
  ["fc", fc],
  ["getopts", getopts],
  ["hash", hash],
  ["help", help],
  ["history", history],
  ["jobs", jobs],
  ["kill", kill],
  ["let", letWords],
  ["mapfile", mapfile],
  ["readarray", mapfile],
  ["popd", popd],
  ["printf", printf],
  ["pushd", pushd],
  ["pwd", pwd],
  ["read", read],
  ["return", returnFrom],
  ["set", set],
  ["shift", shift],
  ["shopt", shopt],
  ["suspend", suspend],
  ["times", times],
  ["trap", trap],
  ["type", type],
  ["ulimit", ulimit],
  ["umask", umask],
  ["unalias", unalias],
  ["unset", unset],
  ["wait", wait],
]);

/** The builtin of a name, unless it is switched off. */
export function findBuiltin(state: ShellState, name: string): Builtin | undefined {
  return state.disabled.size > 0 && state.disabled.has(name) ? undefined : table.get(name);
}

/** All names, for completion. */
export const builtinNames: readonly string[] = [...table.keys()];

// The builtins that are fetched when one of them is first called.
// Source: bash(1) SHELL BUILTIN COMMANDS.
// Not here: what they do.

import type { Builtin } from "./builtin.ts";
import { declare, exportOrReadonly } from "./declare.ts";
import { dirs, popd, pushd } from "./directoryStack.ts";
import { getopts } from "./getopts.ts";
import { bind, caller, complete, fc, history } from "./history.ts";
import { disown, jobs, resume, suspend, wait } from "./jobControl.ts";
import { kill } from "./kill.ts";
import { times, ulimit, umask } from "./limits.ts";
import { mapfile } from "./mapfile.ts";
import { alias, enable, hash, help, type, unalias } from "./names.ts";
import { printf } from "./printf.ts";
import { read } from "./read.ts";
import { set, shopt } from "./setOptions.ts";
import { trap } from "./trap.ts";
import { unset } from "./unset.ts";

/** Builtins by name. */
export const lateBuiltins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ["alias", alias],
  ["bg", resume],
  ["fg", resume],
  ["bind", bind],
  ["caller", caller],
  ["compgen", complete],
  ["complete", complete],
  ["compopt", complete],
  ["declare", declare],
  ["typeset", declare],
  ["local", declare],
  ["dirs", dirs],
  ["disown", disown],
  ["enable", enable],
  ["export", exportOrReadonly],
  ["readonly", exportOrReadonly],
  ["fc", fc],
  ["getopts", getopts],
  ["hash", hash],
  ["help", help],
  ["history", history],
  ["jobs", jobs],
  ["kill", kill],
  ["mapfile", mapfile],
  ["readarray", mapfile],
  ["popd", popd],
  ["printf", printf],
  ["pushd", pushd],
  ["read", read],
  ["set", set],
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

// File names that match a pattern, in the order of the C locale.
// Source: bash(1) Pathname Expansion.
// Not simulated: globstar beyond plain `**`, GLOBIGNORE.

import type { ShellState } from "../shellState.ts";
import { compilePattern, matches } from "./pattern.ts";

const mostPaths = 50_000;

/** The paths that match; empty when there are none. */
export function matchingPaths(state: ShellState, pattern: string): string[] {
  const absolute = pattern.startsWith("/");
  const parts = pattern
    .split(/\/+/)
    .filter((part, at, all) => part !== "" || at === all.length - 1);
  let found: string[] = [absolute ? "/" : ""];
  for (const [at, part] of parts.entries()) {
    const last = at === parts.length - 1;
    if (part === "")
      found = found.filter((path) => isDirectory(state, path)).map((path) => `${path}/`);
    else found = found.flatMap((path) => namesIn(state, { path, part, last }));
    if (found.length === 0 || found.length > mostPaths) return [];
  }
  // Whole paths are put in order: a.5/x comes before a/x.
  return found.sort();
}

function namesIn(
  state: ShellState,
  where: { readonly path: string; readonly part: string; readonly last: boolean },
): string[] {
  const { path, part, last } = where;
  const join = (name: string) => (path === "" || path === "/" ? path + name : `${path}/${name}`);
  const plain = part.replace(/\\(.)/gs, "$1");
  const files = state.process.machine.files;
  if (!/(?<!\\)(?:\\\\)*[*?[]|[@!+]\(/.test(part)) {
    const whole = join(plain);
    return "errno" in files.stat(state.process, whole, !last) ? [] : [whole];
  }
  const names = files.list(state.process, path === "" ? "." : path);
  if ("errno" in names) return [];
  const ignoreCase = state.shopts.has("nocaseglob");
  const compiled = compilePattern(part, { extended: state.shopts.has("extglob"), ignoreCase });
  const hidden = part.startsWith(".") || part.startsWith("\\.") || state.shopts.has("dotglob");
  return names
    .filter((name) => (hidden || !name.startsWith(".")) && name !== "." && name !== "..")
    .filter((name) => matches(compiled, name, ignoreCase))
    .map(join)
    .filter((one) => last || isDirectory(state, one));
}

function isDirectory(state: ShellState, path: string): boolean {
  const status = state.process.machine.files.stat(state.process, path === "" ? "." : path);
  return !("errno" in status) && status.type === "directory";
}

// Runs a program of an unpacked tree on this machine by the tree's own loader and libraries, so
// that making an image needs nothing installed but apt and a C compiler. No chroot, no root.

import { join } from "node:path";
import { type ProgramOptions, runProgram } from "./program.ts";

/** A program by its path below a tree, and what it is to believe its name is. */
export type TreeProgram = { readonly path: string; readonly calledAs?: string };

/** Runs a program of the first tree, with libraries of all of them and the loader of the last. */
export function runTreeProgram(
  trees: readonly [string, ...string[]],
  program: TreeProgram,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Buffer> {
  const folders = trees.map((tree) => join(tree, "usr/lib/x86_64-linux-gnu"));
  const loader = join(folders.at(-1) ?? "", "ld-linux-x86-64.so.2");
  const argv0 = program.calledAs ?? program.path.split("/").at(-1) ?? program.path;
  const call = [loader, "--argv0", argv0, "--library-path", folders.join(":")];
  return runProgram([...call, join(trees[0], program.path), ...args], options);
}

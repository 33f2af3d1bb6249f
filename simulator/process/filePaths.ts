// From a path to what it leads to, as path_resolution(7) has it: symlinks are followed, at most 40
// of them, names have at most 255 bytes, paths 4095.
// Not simulated: mounts, chroot, permissions (everybody is root).

import {
  type ComputedFolder,
  type FileError,
  type FileNode,
  type FolderNode,
  isFolder,
} from "./fileNodes.ts";
import type { Process } from "./process.ts";

const MOST_LINKS = 40;
const LONGEST_NAME = 255;
const LONGEST_PATH = 4095;

/** Where a path ends: its folder, its last name, and what is there, if anything. */
export type Place = {
  readonly parent: FolderNode | ComputedFolder;
  readonly name: string;
  readonly node: FileNode | undefined;
  /** The absolute path without symlinks; of a magic link, of the link itself. */
  readonly path: string;
  /** True when the path ended in a slash. */
  readonly mustBeFolder: boolean;
};

type Walk = {
  readonly self: Process;
  readonly stack: Step[];
  links: number;
  readonly follow: boolean;
};

/** Finds a path; a missing last part is no refusal. */
export function findPlace(
  self: Process,
  root: FolderNode,
  path: string,
  follow = true,
): Place | FileError {
  if (path === "") return { errno: "ENOENT" };
  if (path.length > LONGEST_PATH) return { errno: "ENAMETOOLONG" };
  const plain = plainPlace(root, path);
  if (plain !== undefined) return plain;
  const stack: Step[] = [{ name: "", node: root }];
  const walk: Walk = { self, stack, links: 0, follow };
  if (!path.startsWith("/")) {
    const start = enter(walk, self.cwd);
    if (start !== undefined) return start;
  }
  const last = enter(walk, path, true);
  return last ?? place(stack, path.endsWith("/"));
}

/** The short way: an absolute path through folders that are stored, without links, dots and the like. */
function plainPlace(root: FolderNode, path: string): Place | undefined {
  if (!path.startsWith("/")) return undefined;
  let parent = root;
  for (let from = 1; ; ) {
    const to = path.indexOf("/", from);
    const name = to < 0 ? path.slice(from) : path.slice(from, to);
    if (name === "" || name.startsWith(".") || name.length > LONGEST_NAME) return undefined;
    const node = parent.entries.get(name);
    if (to < 0) {
      if (node?.type === "link") return undefined;
      return { parent, name, node, path, mustBeFolder: false };
    }
    if (node?.type !== "folder") return undefined;
    parent = node;
    from = to + 1;
  }
}

type Step = { readonly name: string; readonly node: FileNode | undefined };

function place(stack: readonly Step[], mustBeFolder: boolean): Place {
  const end = stack.at(-1);
  const parent = stack.at(-2)?.node ?? stack[0]?.node;
  if (end === undefined || parent === undefined || !isFolder(parent)) {
    throw new Error("a path without a folder");
  }
  const path = `/${stack
    .slice(1)
    .map(({ name }) => name)
    .join("/")}`;
  return { parent, name: end.name, node: end.node, path, mustBeFolder };
}

/** Walks along `path` from the end of the stack; answers only when it cannot. */
function enter(walk: Walk, path: string, lastMayMiss = false): FileError | undefined {
  const { self, stack } = walk;
  if (path.startsWith("/")) stack.length = 1;
  const names = path.split("/").filter((name) => name !== "");
  for (const [index, name] of names.entries()) {
    const here = stack.at(-1)?.node;
    if (here === undefined) return { errno: "ENOENT" };
    if (!isFolder(here)) return { errno: "ENOTDIR" };
    if (name === ".") continue;
    if (name === "..") {
      if (stack.length > 1) stack.pop();
      continue;
    }
    if (name.length > LONGEST_NAME) return { errno: "ENAMETOOLONG" };
    const node = childOf(self, here, name);
    const isLast = index === names.length - 1;
    if (node === undefined && !(isLast && lastMayMiss)) return { errno: "ENOENT" };
    stack.push({ name, node });
    const followed = !isLast || !lastMayMiss || walk.follow || path.endsWith("/");
    if (node?.type === "link" && followed) {
      const refusal = followLink(walk, isLast && lastMayMiss);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
}

function followLink(walk: Walk, lastMayMiss: boolean): FileError | undefined {
  const { self, stack } = walk;
  const step = stack.pop();
  if (step?.node?.type !== "link") return undefined;
  walk.links += 1;
  if (walk.links > MOST_LINKS) return { errno: "ELOOP" };
  const node = step.node.magic?.(self);
  if (node !== undefined) {
    stack.push({ name: step.name, node });
    return undefined;
  }
  const target = step.node.target(self);
  if (target === undefined) return { errno: "ENOENT" };
  return enter(walk, target, lastMayMiss);
}

/** What a folder holds under a name. */
function childOf(
  self: Process,
  node: FolderNode | ComputedFolder,
  name: string,
): FileNode | undefined {
  return node.type === "folder" ? node.entries.get(name) : node.entry(self, name);
}

// The files of a machine: what programs ask of them, answered from one tree in memory
// (open(2), stat(2), mkdir(2), unlink(2), rename(2), symlink(2)).
// Not here: what is in the tree at the start (startTree.ts), paths (filePaths.ts), reading and
// writing (openNode.ts). Not simulated: owners, hard links, mounts, times of access.

import type { Errno } from "../net/core/errno.ts";
import { holdNet, releaseNet } from "../net/core/netLifecycle.ts";
import {
  type ComputedFolder,
  type FileError,
  type FileNode,
  type FolderNode,
  isFolder,
  namespaceNode,
} from "./fileNodes.ts";
import { findPlace, type Place } from "./filePaths.ts";
import type { FileStatus, FileSystem, OpenMode } from "./fileSystem.ts";
import { netnsNamesOf } from "./mountNamespaces.ts";
import { createDisk, type Disk, NODE_COST, openNode } from "./openNode.ts";
import { createFifo } from "./pipe.ts";
import type { OpenFile, Process } from "./process.ts";

/** What the tree stands on. */
export type TreeParts = {
  readonly root: FolderNode;
  /** When the machine was made: the time of files that nobody has changed. */
  readonly madeAt: number;
  /** Called before each search; brings folders up to date that follow the kernel. */
  refresh(self: Process, path: string): void;
  /** Makes the folder for a path such as /run/netns that is more than a folder; else undefined. */
  specialFolder(path: string): FolderNode | undefined;
  /** True for the folder whose names are the machine's table of named namespaces. */
  isNameFolder(parent: FolderNode | ComputedFolder): boolean;
};

/** What is there at a path. */
type Present = Place & { readonly node: FileNode };

/** Ways to look for a path: with what may be missing, and without. */
type Search = {
  find(self: Process, path: string, follow?: boolean): Place | FileError;
  present(self: Process, path: string, follow?: boolean): Present | FileError;
};

/** The file system on a tree. */
export function createFileTree(parts: TreeParts): FileSystem {
  const disk = createDisk();
  const find: Search["find"] = (self, path, follow = true) => {
    parts.refresh(self, path);
    return findPlace(self, parts.root, path, follow);
  };
  const present: Search["present"] = (self, path, follow = true) => {
    const place = find(self, path, follow);
    if ("errno" in place) return place;
    const { node } = place;
    if (node === undefined) return { errno: "ENOENT" };
    if (place.mustBeFolder && !isFolder(node)) return { errno: "ENOTDIR" };
    return { ...place, node };
  };
  const search: Search = { find, present };
  return {
    open: (self, path, mode) => {
      const place = find(self, path, !(mode.create && mode.exclusive));
      return "errno" in place ? place : openPlace({ self, place, disk }, mode);
    },
    ...questions(search, parts.madeAt),
    ...additions(search, disk, parts),
    ...changes(search, disk),
    ...bindings(search, parts),
  };
}

type Questions = Pick<
  FileSystem,
  "stat" | "list" | "readLink" | "programName" | "realPath" | "namespaceAt"
>;

function questions({ present }: Search, madeAt: number): Questions {
  return {
    stat: (self, path, follow = true) => {
      const place = present(self, path, follow);
      return "errno" in place ? place : statusOf(self, place.node, madeAt);
    },
    list: (self, path, order = "sorted") => {
      const place = present(self, path);
      if ("errno" in place) return place;
      const { node } = place;
      if (!isFolder(node)) return { errno: "ENOTDIR" };
      if (order === "stored" && node.type === "folder") return storedNames(node);
      const names = node.type === "folder" ? [...node.entries.keys()] : [...node.names(self)];
      return names.sort();
    },
    readLink: (self, path) => {
      const place = present(self, path, false);
      if ("errno" in place) return place;
      const target = place.node.type === "link" ? place.node.target(self) : undefined;
      return target ?? { errno: place.node.type === "link" ? "ENOENT" : "EINVAL" };
    },
    programName: (self, path) => {
      const place = present(self, path);
      return "errno" in place || place.node.type !== "program" ? undefined : place.node.name;
    },
    realPath: (self, path) => {
      const place = present(self, path);
      if ("errno" in place) return place;
      if (place.node.type !== "namespace") return place.path;
      return place.path.replace(/[^/]*$/, place.node.label);
    },
    namespaceAt: (self, path) => {
      const place = present(self, path);
      if ("errno" in place) return place;
      return place.node.type === "namespace" ? place.node.namespace : { errno: "EINVAL" };
    },
  };
}

/** What was made later comes first, as on tmpfs; what the machine began with comes last. */
function storedNames({ entries }: FolderNode): string[] {
  const names = [...entries.keys()];
  const isNew = (name: string) => entries.get(name)?.modified !== undefined;
  return [...names.filter(isNew).reverse(), ...names.filter((name) => !isNew(name))];
}

type Additions = Pick<FileSystem, "makeDirectory" | "makeSymlink" | "makeFifo" | "touch">;

function additions({ find }: Search, disk: Disk, parts: TreeParts): Additions {
  const add = (self: Process, path: string, make: (at: Place) => FileNode): Errno | undefined => {
    const place = find(self, path, false);
    if ("errno" in place) return place.errno;
    if (place.node !== undefined) return "EEXIST";
    return addNode({ self, place, disk }, make(place));
  };
  return {
    makeDirectory: (self, path) => {
      const trimmed = path.length > 1 ? path.replace(/\/+$/, "") : path;
      return add(self, trimmed === "" ? "/" : trimmed, (place) => {
        const mode = 0o777 & ~self.umask;
        return parts.specialFolder(place.path) ?? { type: "folder", mode, entries: new Map() };
      });
    },
    makeSymlink: (self, target, path) =>
      target === ""
        ? "ENOENT"
        : add(self, path, () => ({ type: "link", mode: 0o777, target: () => target })),
    makeFifo: (self, path) =>
      add(self, path, (place) => {
        return { type: "fifo", mode: 0o666 & ~self.umask, fifo: createFifo(place.path) };
      }),
    touch: (self, path) => {
      const place = find(self, path);
      if ("errno" in place) return place.errno;
      if (place.node === undefined) {
        const file = openPlace({ self, place, disk }, { write: true, create: true });
        if ("errno" in file) return file.errno;
        file.release();
      } else if (place.parent.type === "folder") {
        place.node.modified = self.machine.clock.now;
      }
      return undefined;
    },
  };
}

function changes(
  { find, present }: Search,
  disk: Disk,
): Pick<FileSystem, "remove" | "rename" | "setMode"> {
  return {
    remove: (self, path, directory = false) => {
      const place = present(self, path, false);
      return "errno" in place ? place.errno : removeNode({ self, place, disk }, directory);
    },
    rename: (self, from, to) => {
      const source = present(self, from, false);
      if ("errno" in source) return source.errno;
      const target = find(self, to, false);
      return "errno" in target ? target.errno : moveNode({ self, place: source, disk }, target);
    },
    setMode: (self, path, mode) => {
      const place = present(self, path);
      if ("errno" in place) return place.errno;
      if (place.parent.type !== "folder") return "EPERM";
      place.node.mode = mode;
      return undefined;
    },
  };
}

/** Mounts of namespace files; a name in /run/netns goes into the machine's table. */
function bindings(
  { present }: Search,
  parts: TreeParts,
): Pick<FileSystem, "bindNamespace" | "unbind"> {
  return {
    bindNamespace: (self, path, namespace) => {
      const place = present(self, path);
      if ("errno" in place) return place.errno;
      const { parent, name, node } = place;
      if (parent.type !== "folder" || isFolder(node)) return "ENOTDIR";
      if (node.type === "namespace") return "EBUSY";
      if (namespace.kind === "net") holdNet(namespace.net);
      if (!parts.isNameFolder(parent) || namespace.kind !== "net") {
        parent.entries.set(name, namespaceNode(namespace, node));
        return undefined;
      }
      netnsNamesOf(self).set(name, namespace.net);
      parent.entries.set(name, namespaceNode(namespace));
      return undefined;
    },
    unbind: (self, path) => {
      const place = present(self, path);
      if ("errno" in place) return place.errno;
      const { parent, name, node } = place;
      if (node.type !== "namespace" || parent.type !== "folder") return "EINVAL";
      if (parts.isNameFolder(parent)) {
        const net = netnsNamesOf(self).unmount(name);
        if (net !== undefined) releaseNet(net);
        return undefined;
      }
      parent.entries.set(name, node.covered ?? { type: "bytes", mode: 0, data: "" });
      if (node.namespace.kind === "net") releaseNet(node.namespace.net);
      return undefined;
    },
  };
}

type At = { readonly self: Process; readonly place: Place; readonly disk: Disk };

function openPlace({ self, place, disk }: At, mode: OpenMode): OpenFile | FileError {
  const { node, path } = place;
  if (node !== undefined) {
    if (mode.create && mode.exclusive) return { errno: "EEXIST" };
    if (place.mustBeFolder && !isFolder(node)) return { errno: "ENOTDIR" };
    return openNode(self, { node, path }, mode, disk);
  }
  if (!mode.create) return { errno: "ENOENT" };
  if (place.mustBeFolder) return { errno: "EISDIR" };
  if (place.parent.type === "computed-folder") return { errno: place.parent.refusal };
  const made: FileNode = { type: "bytes", mode: 0o666 & ~self.umask, data: "" };
  const errno = addNode({ self, place, disk }, made);
  return errno === undefined ? openNode(self, { node: made, path }, mode, disk) : { errno };
}

function addNode({ self, place, disk }: At, node: FileNode): Errno | undefined {
  const { parent } = place;
  if (parent.type === "computed-folder")
    return parent.refusal === "EACCES" ? "EPERM" : parent.refusal;
  if (!disk.take(NODE_COST)) return "ENOSPC";
  node.modified = self.machine.clock.now;
  parent.entries.set(place.name, node);
  parent.modified = node.modified;
  return undefined;
}

function removeNode({ self, place, disk }: At & { place: Place }, directory: boolean) {
  const { parent, node } = place;
  if (node === undefined) return "ENOENT";
  const refusal = whyNotRemoved(parent, node, directory);
  if (refusal !== undefined || parent.type !== "folder") return refusal ?? "EPERM";
  parent.entries.delete(place.name);
  parent.modified = self.machine.clock.now;
  giveBack(node, disk);
  return undefined;
}

function whyNotRemoved(
  parent: FolderNode | ComputedFolder,
  node: FileNode,
  directory: boolean,
): Errno | undefined {
  if (directory) {
    if (!isFolder(node)) return "ENOTDIR";
    if (node === parent) return "EBUSY";
    if (parent.type === "computed-folder") return "EPERM";
    if (node.type === "computed-folder") return "EBUSY";
    return node.entries.size > 0 ? "ENOTEMPTY" : undefined;
  }
  if (isFolder(node)) return "EISDIR";
  if (parent.type === "computed-folder") return "EPERM";
  return node.type === "namespace" ? "EBUSY" : undefined;
}

function giveBack(node: FileNode, disk: Disk): void {
  if (node.type !== "bytes") {
    disk.take(-NODE_COST);
    return;
  }
  if (node.opens) node.removed = true;
  else disk.take(-node.data.length - NODE_COST);
}

function moveNode({ self, place, disk }: At, target: Place): Errno | undefined {
  const { node, parent } = place;
  if (node === undefined) return "ENOENT";
  if (parent.type !== "folder" || target.parent.type !== "folder") return "EXDEV";
  if (node.type === "namespace" || node.type === "computed-folder") return "EBUSY";
  if (target.node === node) return undefined;
  if (isFolder(node) && `${target.path}/`.startsWith(`${place.path}/`)) return "EINVAL";
  if (target.node !== undefined) {
    if (isFolder(target.node) && !isFolder(node)) return "EISDIR";
    const errno = removeNode({ self, place: target, disk }, isFolder(node));
    if (errno !== undefined) return errno;
  } else if (target.mustBeFolder && !isFolder(node)) {
    return "ENOTDIR";
  }
  parent.entries.delete(place.name);
  target.parent.entries.set(target.name, node);
  return undefined;
}

const STATUS_TYPE = {
  folder: "directory",
  "computed-folder": "directory",
  bytes: "file",
  program: "file",
  computed: "file",
  namespace: "file",
  link: "symlink",
  device: "device",
  socket: "pipe",
  fifo: "pipe",
} as const;

function statusOf(self: Process, node: FileNode, madeAt: number): FileStatus {
  node.inode ??= self.machine.nextFileInode++;
  const follows = node.type === "computed" || node.type === "computed-folder";
  return {
    type: STATUS_TYPE[node.type],
    mode: node.mode,
    size: sizeOf(self, node),
    inode: node.inode,
    modified: node.modified ?? (follows ? self.machine.clock.now : madeAt),
  };
}

function sizeOf(self: Process, node: FileNode): number {
  if (node.type === "bytes") return node.data.length;
  if (node.type === "computed") return node.size ?? 0;
  if (node.type === "link") return (node.magic ? 0 : node.target(self)?.length) ?? 0;
  return node.type === "folder" ? 40 + 20 * node.entries.size : 0;
}

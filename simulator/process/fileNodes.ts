// What the tree of files is made of: folders, files with bytes, symlinks, FIFOs, devices, and files
// and folders whose contents are computed for whoever asks (/proc, /sys).
// Not here: paths (filePaths.ts), what programs ask for (fileTree.ts).
// Not simulated: holes in files, hard links.

import type { Errno } from "../net/core/errno.ts";
import type { NamespaceFile } from "./fileSystem.ts";
import type { Fifo } from "./pipe.ts";
import type { ByteString, OpenFile, Process } from "./process.ts";

/** A refusal of a file operation. */
export type FileError = { readonly errno: Errno };

/** What every node has. `modified` is the clock's; undefined means when the machine was made. */
type Common = { mode: number; inode?: number; modified?: number };

/** A folder that programs change. */
export type FolderNode = Common & {
  readonly type: "folder";
  readonly entries: Map<string, FileNode>;
};

/** A folder that is computed: of a file system that the kernel makes up. */
export type ComputedFolder = Common & {
  readonly type: "computed-folder";
  names(self: Process): readonly string[];
  entry(self: Process, name: string): FileNode | undefined;
  /** Why nothing can be made here. */
  readonly refusal: Errno;
};

/** Bytes that programs write. */
export type BytesNode = Common & {
  readonly type: "bytes";
  data: ByteString;
  /** How many open files there are; a removed file takes room until the last one is closed. */
  opens?: number;
  removed?: boolean;
};

/** An executable that came with the machine. */
export type ProgramNode = Common & { readonly type: "program"; readonly name: string };

/** A file whose text is computed when it is opened, and what a write to it does. */
export type ComputedFile = Common & {
  readonly type: "computed";
  text(self: Process): string | FileError;
  /** Absent: the kernel answers EIO. */
  write?(self: Process, text: ByteString): Errno | undefined;
  /** The mode is true even for root: without `write` it cannot be opened to be written. */
  readonly strict?: boolean;
  /** Size that stat shows: 4096 in /sys, 0 in /proc. */
  readonly size?: number;
};

/** A symlink; a magic one of /proc is followed to its node instead of its text. */
export type LinkNode = Common & {
  readonly type: "link";
  target(self: Process): string | undefined;
  magic?(self: Process): FileNode | undefined;
};

/** A device or another thing that opens in its own way. */
export type DeviceNode = Common & {
  readonly type: "device" | "socket";
  open(self: Process, write: boolean): OpenFile | FileError;
};

/** A named pipe. */
export type FifoNode = Common & { readonly type: "fifo"; readonly fifo: Fifo };

/** A file that stands for a namespace. */
export type NamespaceNode = Common & {
  readonly type: "namespace";
  readonly namespace: NamespaceFile;
  readonly label: string;
  /** The file that it was mounted over. */
  readonly covered?: FileNode;
};

/** Anything that a path can lead to. */
export type FileNode =
  | FolderNode
  | ComputedFolder
  | BytesNode
  | ProgramNode
  | ComputedFile
  | LinkNode
  | DeviceNode
  | FifoNode
  | NamespaceNode;

/** A folder with these entries. */
export function folder(entries: Record<string, FileNode> = {}, mode = 0o755): FolderNode {
  return { type: "folder", mode, entries: new Map(Object.entries(entries)) };
}

/** A file with this text. */
export function textFile(data: ByteString, mode = 0o644): BytesNode {
  return { type: "bytes", mode, data };
}

/** A symlink with a fixed target. */
export function link(target: string): LinkNode {
  return { type: "link", mode: 0o777, target: () => target };
}

/** A computed file that can only be read. */
export function computed(text: (self: Process) => string | FileError, mode = 0o444): ComputedFile {
  return { type: "computed", mode, text };
}

/** A folder of computed files with fixed names; `entries` is asked for each time. */
export function computedFolder(
  entries: (self: Process) => Record<string, FileNode | undefined>,
  refusal: Errno = "ENOENT",
): ComputedFolder {
  return {
    type: "computed-folder",
    mode: 0o555,
    refusal,
    names: (self) => {
      const all = entries(self);
      return Object.keys(all).filter((name) => all[name] !== undefined);
    },
    entry: (self, name) => {
      const all = entries(self);
      return Object.hasOwn(all, name) ? all[name] : undefined;
    },
  };
}

/** True for both kinds of folders. */
export function isFolder(node: FileNode): node is FolderNode | ComputedFolder {
  return node.type === "folder" || node.type === "computed-folder";
}

/** The file that stands for a namespace. */
export function namespaceNode(namespace: NamespaceFile, covered?: FileNode): NamespaceNode {
  const inode =
    namespace.kind === "net"
      ? namespace.net.inode
      : namespace.kind === "uts"
        ? namespace.uts.inode
        : namespace.inode;
  const label = `${namespace.kind}:[${inode}]`;
  const base = { type: "namespace", mode: 0o444, namespace, label, inode } as const;
  return covered === undefined ? base : { ...base, covered };
}

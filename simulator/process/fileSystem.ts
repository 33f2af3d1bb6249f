// Files of the machine, as programs ask for them: a small tree in memory, and /proc, /sys and /dev,
// whose contents depend on who asks (the network namespace of the process, see proc(5)).
// This file holds the shape only.
// Not simulated: owners other than root, hard links, mounts, disk space beyond a fixed bound.

import type { Errno } from "../net/core/errno.ts";
import type { Net } from "../net/core/netNamespace.ts";
import type { OpenFile, Process, Uts } from "./process.ts";

/** What `stat` tells. */
export type FileStatus = {
  readonly type: "file" | "directory" | "symlink" | "device" | "pipe";
  readonly mode: number;
  readonly size: number;
  readonly inode: number;
  /** Clock microseconds. */
  readonly modified: number;
};

/** How a file is to be opened (open(2)). */
export type OpenMode = {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly append?: boolean;
  readonly create?: boolean;
  readonly truncate?: boolean;
  readonly exclusive?: boolean;
};

/** Answers in values; a refusal is an errno. Paths may be relative to `self.cwd`. */
export interface FileSystem {
  open(self: Process, path: string, mode: OpenMode): OpenFile | { readonly errno: Errno };
  stat(self: Process, path: string, follow?: boolean): FileStatus | { readonly errno: Errno };
  /** Names in a directory, sorted as the C locale does, or as readdir(3) gives them: the newest first. */
  list(
    self: Process,
    path: string,
    order?: "sorted" | "stored",
  ): readonly string[] | { readonly errno: Errno };
  readLink(self: Process, path: string): string | { readonly errno: Errno };
  makeDirectory(self: Process, path: string): Errno | undefined;
  remove(self: Process, path: string, directory?: boolean): Errno | undefined;
  rename(self: Process, from: string, to: string): Errno | undefined;
  makeSymlink(self: Process, target: string, path: string): Errno | undefined;
  setMode(self: Process, path: string, mode: number): Errno | undefined;
  /** Sets the modification time to now, making the file if need be. */
  touch(self: Process, path: string): Errno | undefined;
  makeFifo(self: Process, path: string): Errno | undefined;
  /** The name in `machine.programs` of an executable that came with the machine. */
  programName(self: Process, path: string): string | undefined;
  /** The path without symlinks, "." and ".." (realpath(3)). */
  realPath(self: Process, path: string): string | { readonly errno: Errno };
  /** The namespace that a file such as /proc/PID/ns/net or /run/netns/NAME stands for. */
  namespaceAt(self: Process, path: string): NamespaceFile | { readonly errno: Errno };
  /** Lets a file stand for a namespace, as `mount --bind /proc/PID/ns/net FILE` does. */
  bindNamespace(self: Process, path: string, namespace: NamespaceFile): Errno | undefined;
  /** Undoes that: EINVAL when nothing is mounted there. */
  unbind(self: Process, path: string): Errno | undefined;
}

/** What a namespace file stands for (namespaces(7)). */
export type NamespaceFile =
  | { readonly kind: "net"; readonly net: Net }
  | { readonly kind: "uts"; readonly uts: Uts }
  | {
      readonly kind: "cgroup" | "ipc" | "pid" | "time" | "user";
      readonly inode: number;
    }
  /** With the namespace whose devices its /sys shows. */
  | { readonly kind: "mnt"; readonly inode: number; readonly sysNet: Net };

// Opens what a path has led to: bytes with a position, computed text, folders that cannot be read.
// All files together take at most 64 MiB; more is ENOSPC.
// Not simulated: O_NONBLOCK, O_SYNC, locks.

import type { Errno } from "../net/core/errno.ts";
import {
  type BytesNode,
  type ComputedFile,
  type FileError,
  type FileNode,
  isFolder,
} from "./fileNodes.ts";
import type { OpenMode } from "./fileSystem.ts";
import type { ByteString, OpenFile, Process } from "./process.ts";
import type { Wait } from "./wait.ts";

/** What all files of the machine may take together. */
const CAPACITY = 64 * 1024 * 1024;

/** What a file takes beside its bytes. */
export const NODE_COST = 512;

/** Room on the machine's disk. */
export type Disk = {
  /** Takes (or with a negative number gives back) bytes; false when there is no room. */
  take(bytes: number): boolean;
  readonly capacity: number;
  readonly used: number;
};

/** An empty disk. */
export function createDisk(): Disk {
  let used = 0;
  return {
    take(bytes) {
      if (bytes > 0 && used + bytes > CAPACITY) return false;
      used += bytes;
      return true;
    },
    capacity: CAPACITY,
    get used() {
      return used;
    },
  };
}

/** Never comes: what it stands for is ready at once. */
const never: Wait = (wake) => {
  wake();
  return () => {};
};

/** Opens a node that a path has led to. */
export function openNode(
  self: Process,
  found: { readonly node: FileNode; readonly path: string },
  mode: OpenMode,
  disk: Disk,
): OpenFile | FileError {
  const { node, path } = found;
  if (isFolder(node)) {
    return mode.write
      ? { errno: "EISDIR" }
      : fixedFile("directory", path, () => ({ errno: "EISDIR" }));
  }
  switch (node.type) {
    case "bytes":
      return openBytes({ node, path, mode, disk, self });
    case "computed":
      if (node.strict && mode.write && node.write === undefined) return { errno: "EACCES" };
      if (!mode.write && (node.mode & 0o444) === 0) return { errno: "EACCES" };
      return openComputed(node, path, mode);
    case "program":
      return mode.write ? { errno: "EACCES" } : fixedFile("file", path, () => "");
    case "device":
    case "socket":
      return node.open(self, mode.write === true);
    case "fifo":
      return node.fifo.open({
        read: mode.read === true || mode.write !== true,
        write: mode.write === true,
      });
    case "namespace":
      return fixedFile("proc", node.label, () => ({ errno: "EINVAL" }));
    case "link":
      return { errno: "ELOOP" };
  }
}

/** An open file that takes nothing and reads always the same. */
function fixedFile(
  kind: OpenFile["kind"],
  label: string,
  read: () => ByteString | FileError,
): OpenFile {
  return {
    kind,
    label,
    read,
    write: () => ({ errno: "EBADF" }),
    changed: never,
    references: 1,
    release() {},
  };
}

type BytesRequest = {
  readonly node: BytesNode;
  readonly path: string;
  readonly mode: OpenMode;
  readonly disk: Disk;
  readonly self: Process;
};

function openBytes({ node, path, mode, disk, self }: BytesRequest): OpenFile {
  const { clock } = self.machine;
  let position = 0;
  if (mode.write && mode.truncate && node.data !== "") {
    disk.take(-node.data.length);
    node.data = "";
    node.modified = clock.now;
  }
  node.opens = (node.opens ?? 0) + 1;
  return {
    kind: "file",
    label: path,
    read(_self, max) {
      if (mode.read === false || (mode.write && !mode.read)) return { errno: "EBADF" };
      const bytes = node.data.slice(position, position + max);
      position += bytes.length;
      return bytes;
    },
    write(_self, bytes) {
      if (!mode.write) return { errno: "EBADF" };
      if (mode.append) position = node.data.length;
      const end = position + bytes.length;
      if (!disk.take(Math.max(0, end - node.data.length))) return { errno: "ENOSPC" };
      node.data = splice(node.data, position, bytes);
      position = end;
      node.modified = clock.now;
      return bytes.length;
    },
    changed: never,
    references: 1,
    release() {
      node.opens = (node.opens ?? 1) - 1;
      if (node.removed && node.opens === 0) disk.take(-node.data.length - NODE_COST);
    },
    get position() {
      return position;
    },
    set position(value) {
      position = Math.min(Math.max(0, value), CAPACITY);
    },
  };
}

function splice(data: ByteString, position: number, bytes: ByteString): ByteString {
  if (position === data.length) return data + bytes;
  const head = position > data.length ? data.padEnd(position, "\0") : data.slice(0, position);
  return head + bytes + data.slice(position + bytes.length);
}

/** Text is computed at the first read, and again at the start, as seq_file does. */
function openComputed(node: ComputedFile, path: string, mode: OpenMode): OpenFile {
  let position = 0;
  let text: ByteString | undefined;
  return {
    kind: "proc",
    label: path,
    read(self, max) {
      if (mode.write && !mode.read) return { errno: "EBADF" };
      if (position === 0 || text === undefined) {
        const answer = node.text(self);
        if (typeof answer !== "string") return answer;
        text = answer;
      }
      const bytes = text.slice(position, position + max);
      position += bytes.length;
      return bytes;
    },
    write(self, bytes) {
      if (!mode.write) return { errno: "EBADF" };
      if (node.write === undefined) return { errno: "EIO" };
      const errno: Errno | undefined = node.write(self, bytes);
      return errno === undefined ? bytes.length : { errno };
    },
    changed: never,
    references: 1,
    release() {},
    get position() {
      return position;
    },
    set position(value) {
      position = Math.max(0, value);
    },
  };
}

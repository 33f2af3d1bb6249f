// /proc/sys: every sysctl as a file. Who reads or writes sees the settings of his own network
// namespace, and of his own UTS namespace for the host name, as on Linux.
// Not here: which settings there are and what they refuse (net/core/sysctl.ts).

import { findSysctl, listSysctls, readSysctl, writeSysctl } from "../net/core/sysctl.ts";
import type { ComputedFile, ComputedFolder, FileNode } from "./fileNodes.ts";
import type { Process } from "./process.ts";

const HOSTNAME = "kernel/hostname";

/** Longest host name that the kernel keeps. */
const LONGEST_HOSTNAME = 64;

/** Folders that every namespace has; listing all settings takes too long to do it for each path. */
type Folders = { known: ReadonlySet<string> | undefined };

/** The folder /proc/sys. */
export function procSysFolder(): ComputedFolder {
  return sysctlFolder("", { known: undefined });
}

function sysctlFolder(prefix: string, folders: Folders): ComputedFolder {
  return {
    type: "computed-folder",
    mode: 0o555,
    refusal: "ENOENT",
    names: (self) => {
      const paths = sysctlPaths(self).filter((path) => path.startsWith(prefix));
      return [...new Set(paths.map((path) => path.slice(prefix.length).split("/", 1)[0] ?? ""))];
    },
    entry: (self, name): FileNode | undefined => {
      const path = prefix + name;
      if (path === HOSTNAME) return sysctlFile(path, 0o644);
      const found = findSysctl(self.net, path);
      if (found !== undefined) return sysctlFile(path, found.mode);
      return isFolder(self, path, folders) ? sysctlFolder(`${path}/`, folders) : undefined;
    },
  };
}

/** Folders of devices come and go with them; all others are always there. */
function isFolder(self: Process, path: string, folders: Folders): boolean {
  const device = /^net\/ipv[46]\/(?:conf|neigh)\/(.+)$/.exec(path)?.[1];
  if (device !== undefined && self.net.byName.has(device)) return true;
  folders.known ??= new Set(
    listSysctls(self.machine.kernel.initNet).flatMap((each) => {
      const names = each.split("/").slice(0, -1);
      return names.map((_, index) => names.slice(0, index + 1).join("/"));
    }),
  );
  if (path.endsWith("neigh/default") && self.net !== self.machine.kernel.initNet) return false;
  return folders.known.has(path) && (device === undefined || /^(all|default)$/.test(device));
}

function sysctlPaths(self: Process): string[] {
  const paths = listSysctls(self.net);
  return paths.includes(HOSTNAME) ? paths : [...paths, HOSTNAME];
}

/** Reads of a setting: its text as a line. */
function sysctlText(self: Process, path: string) {
  if (path === HOSTNAME) return `${self.uts.hostname}\n`;
  const answer = readSysctl(self.net, path);
  return typeof answer === "string" ? `${answer}\n` : { errno: answer.errno };
}

function sysctlFile(path: string, mode: number): ComputedFile {
  const file: ComputedFile = {
    type: "computed",
    mode,
    strict: true,
    text: (self) => sysctlText(self, path),
  };
  if ((mode & 0o222) === 0) return file;
  return {
    ...file,
    write: (self, text) => {
      if (path !== HOSTNAME) return writeSysctl(self.net, path, text)?.errno;
      self.uts.hostname = text.split("\n", 1)[0]?.slice(0, LONGEST_HOSTNAME) ?? "";
      return undefined;
    },
  };
}

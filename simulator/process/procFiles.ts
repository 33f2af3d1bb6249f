// /proc: processes and what the kernel tells of itself (proc(5)), in the formats of Linux 6.1.
// A line that this machine cannot know (memory, processor time) is left out; a file that it cannot
// know is not there.
// Not here: /proc/net (procNet.ts), /proc/sys (procSys.ts).
// Not simulated: memory, threads, accounting.

import { KERNEL } from "../net/core/kernelRelease.ts";
import {
  type ComputedFolder,
  computed,
  computedFolder,
  type FileNode,
  folder,
  link,
} from "./fileNodes.ts";
import type { NamespaceFile } from "./fileSystem.ts";
import { type FIRST_NAMESPACES, namespaceInode } from "./namespaces.ts";
import { shareFile } from "./openFiles.ts";
import type { OpenFile, Process } from "./process.ts";
import { procNetFolder } from "./procNet.ts";
import { procSysFolder } from "./procSys.ts";
import { signalNumber } from "./signals.ts";

/** The folder /proc. */
export function procFolder(): ComputedFolder {
  const fixed: Record<string, FileNode> = {
    filesystems: computed(
      () =>
        "nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tdevtmpfs\nnodev\tsockfs\nnodev\tpipefs\nnodev\tdevpts\n",
    ),
    loadavg: computed(loadAverage),
    mounts: link("self/mounts"),
    net: link("self/net"),
    self: { type: "link", mode: 0o777, target: (self) => String(self.pid) },
    sys: procSysFolder(),
    "thread-self": {
      type: "link",
      mode: 0o777,
      target: (self) => `${self.pid}/task/${self.pid}`,
    },
    uptime: computed(upTime),
    version: computed(
      () => `Linux version ${KERNEL.release} ${KERNEL.builder} ${KERNEL.version}\n`,
    ),
  };
  const entry = (self: Process, name: string): FileNode | undefined => {
    if (Object.hasOwn(fixed, name)) return fixed[name];
    const process = /^[1-9]\d{0,9}$/.test(name)
      ? self.machine.processes.get(Number(name))
      : undefined;
    return process === undefined ? undefined : processFolder(process);
  };
  return {
    type: "computed-folder",
    mode: 0o555,
    refusal: "ENOENT",
    names: (self) => [...[...self.machine.processes.keys()].map(String), ...Object.keys(fixed)],
    entry,
  };
}

function loadAverage(self: Process): string {
  const { processes } = self.machine;
  const last = Math.max(...processes.keys());
  return `0.00 0.00 0.00 1/${processes.size} ${last}\n`;
}

function upTime(self: Process): string {
  const seconds = (self.machine.clock.now - self.machine.clock.start) / 1e6;
  return `${seconds.toFixed(2)} ${seconds.toFixed(2)}\n`;
}

/** /proc/PID. */
function processFolder(process: Process): ComputedFolder {
  return computedFolder(() => {
    const files: Record<string, FileNode> = {
      cmdline: computed(() => process.argv.map((word) => `${word}\0`).join("")),
      comm: {
        ...computed(() => `${process.name}\n`, 0o644),
        write: (_self, text) => {
          process.name = text.replace(/\n$/, "").slice(0, 15);
          return undefined;
        },
      },
      cwd: link(process.cwd),
      environ: computed(() => environment(process), 0o400),
      exe: link(process.executable),
      fd: descriptors(process),
      mounts: computed(mounts),
      net: procNetFolder(process.net),
      ns: namespaces(process),
      root: link("/"),
      stat: computed(() => statLine(process)),
      status: computed(() => statusText(process)),
    };
    return { ...files, task: folder({ [process.pid]: folder(files, 0o555) }, 0o555) };
  });
}

function environment(process: Process): string {
  return [...process.environment].map(([name, value]) => `${name}=${value}\0`).join("");
}

function mounts(): string {
  return MOUNTS.map((line) => `${line} 0 0\n`).join("");
}

/** The mounts of the machine, as /proc/mounts has them without the last two columns. */
export const MOUNTS: readonly string[] = [
  "dev /dev devtmpfs rw,relatime,mode=755,inode64",
  "proc /proc proc rw,nosuid,nodev,noexec,relatime",
  "root / overlay rw,relatime",
  "sysfs /sys sysfs rw,nosuid,nodev,noexec,relatime",
  "devpts /dev/pts devpts rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666",
  "tmpfs /dev/shm tmpfs rw,nosuid,nodev,relatime,inode64",
  "tmpfs /run tmpfs rw,nosuid,nodev,relatime,mode=755,inode64",
  "tmpfs /tmp tmpfs rw,nosuid,nodev,relatime,inode64",
];

/** /proc/PID/fd: pipes and terminals lead to the open file itself, all others to their path. */
function descriptors(process: Process): ComputedFolder {
  return computedFolder((self) => {
    const nodes: Record<string, FileNode> = {};
    for (const [fd, file] of [...process.files].sort(([a], [b]) => a - b)) {
      nodes[fd] = descriptor(file);
    }
    // It has its own folder open while it reads it.
    if (self !== process || self.name !== "ls") return nodes;
    let free = 0;
    while (nodes[free] !== undefined) free++;
    const target = () => `/proc/${process.pid}/fd`;
    return { ...nodes, [free]: { type: "link", mode: 0o500, target } };
  });
}

function descriptor(file: OpenFile): FileNode {
  const target = () => file.label;
  if (!["pipe", "tty", "socket"].includes(file.kind)) return { type: "link", mode: 0o700, target };
  const node: FileNode = { type: "socket", mode: 0o600, open: () => shareFile(file) };
  return { type: "link", mode: 0o700, target, magic: () => node };
}

function namespaces(process: Process): ComputedFolder {
  const other = (kind: Exclude<keyof typeof FIRST_NAMESPACES, "mnt">) => {
    const inode = namespaceInode(process, kind);
    return magicLink(`${kind}:[${inode}]`, { kind, inode });
  };
  return computedFolder(() => ({
    cgroup: other("cgroup"),
    ipc: other("ipc"),
    mnt: mountNamespace(process),
    net: magicLink(`net:[${process.net.inode}]`, { kind: "net", net: process.net }),
    pid: other("pid"),
    pid_for_children: other("pid"),
    time: other("time"),
    time_for_children: other("time"),
    user: other("user"),
    uts: magicLink(`uts:[${process.uts.inode}]`, { kind: "uts", uts: process.uts }),
  }));
}

function mountNamespace(process: Process): FileNode {
  const inode = namespaceInode(process, "mnt");
  return magicLink(`mnt:[${inode}]`, { kind: "mnt", inode, sysNet: process.sysNet });
}

function magicLink(label: string, namespace: NamespaceFile): FileNode {
  const node: FileNode = { type: "namespace", mode: 0o444, namespace, label };
  return { type: "link", mode: 0o777, target: () => label, magic: () => node };
}

/** The letter and word of a process's state, as /proc/PID/status and ps show it. */
export function stateOf(process: Process, asker: Process): readonly [letter: string, word: string] {
  if (process.state === "zombie") return ["Z", "zombie"];
  if (process.state === "stopped") return ["T", "stopped"];
  return process === asker ? ["R", "running"] : ["S", "sleeping"];
}

/** Set by whoever reads: the reader of its own file is running. */
function statLine(process: Process): string {
  const [letter] = stateOf(process, process);
  const ticks = Math.floor((process.started - process.machine.clock.start) / 10000);
  const head = [
    process.pid,
    `(${process.name})`,
    letter,
    process.parent?.pid ?? 0,
    process.processGroup,
    process.session,
    process.tty === undefined ? 0 : 34816 + terminalNumber(process),
    process.tty?.foreground ?? -1,
  ];
  const middle = [0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0, 1, 0, ticks];
  return `${[...head, ...middle, ...Array(30).fill(0)].join(" ")}\n`;
}

function terminalNumber(process: Process): number {
  return Number(process.tty?.name.replace(/\D/g, "") ?? 0);
}

function signalSet(process: Process, which: "ignored" | "caught"): string {
  let bits = 0n;
  for (const [signal, handler] of process.handlers) {
    if ((handler === "ignore") === (which === "ignored"))
      bits |= 1n << BigInt(signalNumber(signal) - 1);
  }
  return bits.toString(16).padStart(16, "0");
}

function statusText(process: Process): string {
  const [letter, word] = stateOf(process, process);
  const { pid } = process;
  const size = Math.max(64, ...[256].filter(() => process.files.size > 0));
  const rows: [string, string | number][] = [
    ["Name", process.name],
    ["Umask", process.umask.toString(8).padStart(4, "0")],
    ["State", `${letter} (${word})`],
    ["Tgid", pid],
    ["Ngid", 0],
    ["Pid", pid],
    ["PPid", process.parent?.pid ?? 0],
    ["TracerPid", 0],
    ["Uid", "0\t0\t0\t0"],
    ["Gid", "0\t0\t0\t0"],
    ["FDSize", size],
    ["Groups", " "],
    ["NStgid", pid],
    ["NSpid", pid],
    ["NSpgid", process.processGroup],
    ["NSsid", process.session],
    ["Threads", 1],
    ["SigPnd", "0".repeat(16)],
    ["ShdPnd", "0".repeat(16)],
    ["SigBlk", "0".repeat(16)],
    ["SigIgn", signalSet(process, "ignored")],
    ["SigCgt", signalSet(process, "caught")],
    ["CapInh", "0".repeat(16)],
    ["CapPrm", "000001ffffffffff"],
    ["CapEff", "000001ffffffffff"],
    ["CapBnd", "000001ffffffffff"],
    ["CapAmb", "0".repeat(16)],
    ["NoNewPrivs", 0],
    ["Seccomp", 0],
  ];
  return rows.map(([name, value]) => `${name}:\t${value}\n`).join("");
}

// `stat` of coreutils 9.1 (stat(1)). Times of access and change are those of the last change of
// contents; files of the disk are an overlay's, as in the VM.
// Not simulated: -f, --cached, security contexts, --help, --version.

import { errnoText } from "../../net/core/errno.ts";
import type { FileStatus } from "../../process/fileSystem.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { calendar } from "../calendar.ts";
import { notSimulated, tryHelp } from "../complain.ts";
import { formatDate } from "../dateText.ts";
import { quoteAlways } from "../quoteName.ts";
import { has, lastValue, openTool, readOptions } from "../tool.ts";
import { linkCount } from "./linkCount.ts";
import { modeText } from "./modes.ts";
import { deviceNumbers, fileBlocks, typeLetter } from "./statusText.ts";

const TABLE = {
  short: "c:fLt",
  long: {
    dereference: "L",
    "file-system": "f",
    format: "c:",
    printf: "printf:",
    terse: "t",
    cached: "cached:",
  },
};

const DEFAULT =
  "  File: %N\n  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\n" +
  "Device: %Hd,%Ld\tInode: %-10i  Links: %-5h";
const REST =
  "\nAccess: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\n" +
  "Access: %x\nModify: %y\nChange: %z\n Birth: %w\n";
const DEVICE_TYPE = " Device type: %Hr,%Lr";
const TERSE = "%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o\n";

/** Tells what is known about files. */
export function* stat(self: Process): Execution {
  const given = yield* readOptions(self, TABLE);
  if (typeof given === "number") return given;
  if (has(given, "f", "cached")) return yield* notSimulated(self, "stat -f");
  if (given.operands.length === 0) return yield* tryHelp(self, `${self.argv[0]}: missing operand`);
  const option = given.options.findLast(({ name }) => name === "c" || name === "printf");
  const format = lastValue(given, option?.name ?? "c");
  const tool = openTool(self);
  let code = 0;
  for (const path of given.operands) {
    const status = self.machine.files.stat(self, path, has(given, "L"));
    if ("errno" in status) {
      yield* tool.error(`cannot statx ${quoteAlways(path)}: ${errnoText(status.errno)}`);
      code = 1;
      continue;
    }
    const about = { self, path, status, follow: has(given, "L") };
    const layout =
      format === undefined
        ? has(given, "t")
          ? TERSE
          : plainLayout(status)
        : option?.name === "printf"
          ? escaped(format)
          : `${format}\n`;
    if (tool.add(formatted(layout, about, format === undefined))) yield* tool.flush();
  }
  return yield* tool.end(code);
}

function plainLayout({ type }: FileStatus): string {
  return type === "device"
    ? `${DEFAULT}${DEVICE_TYPE}${REST}`
    : `${DEFAULT.replace(/%-5h$/, "%h")}${REST}`;
}

type About = {
  readonly self: Process;
  readonly path: string;
  readonly status: FileStatus;
  readonly follow: boolean;
};

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  e: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  '"': '"',
  "\\": "\\",
};

function escaped(format: string): string {
  return format.replace(/\\([0-7]{1,3}|.)/gs, (all, code: string) => {
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 255);
    return ESCAPES[code] ?? all;
  });
}

function formatted(format: string, about: About, plain: boolean): string {
  const pattern = /%([-0#+ ']*)(\d*)(?:\.(\d+))?([HL]?)([a-zA-Z%?])/g;
  return format.replace(pattern, (_whole, ...parts: string[]) => {
    const [flags = "", width = "", precision, part = "", letter = ""] = parts;
    if (letter === "%") return "%";
    const text = fieldOf(part + letter, about, plain);
    if (text === undefined) return "?";
    const cut = precision === undefined ? text : text.slice(0, Number(precision));
    const wide = Math.min(1000, Number(width || "0"));
    if (flags.includes("-")) return cut.padEnd(wide);
    return cut.padStart(wide, flags.includes("0") && /^[0-9a-f]/.test(cut) ? "0" : " ");
  });
}

const TYPES = {
  file: "regular file",
  directory: "directory",
  symlink: "symbolic link",
  device: "character special file",
  pipe: "fifo",
} as const;

const TYPE_BITS = {
  file: 0o100000,
  directory: 0o40000,
  symlink: 0o120000,
  device: 0o20000,
  pipe: 0o10000,
};

function fieldOf(letter: string, about: About, plain: boolean): string | undefined {
  const { path, status, self } = about;
  const { type, mode, size, inode, modified } = status;
  const device = type === "device" ? deviceNumbers(path) : [0, 0];
  const [major, minor] = fileDevice(about);
  const target = type === "symlink" ? self.machine.files.readLink(self, path) : undefined;
  const shown = (name: string) => (plain ? name : quoteAlways(name));
  const fields: Readonly<Record<string, () => string>> = {
    n: () => path,
    N: () => (typeof target === "string" ? `${shown(path)} -> ${shown(target)}` : shown(path)),
    F: () => (type === "file" && size === 0 ? "regular empty file" : TYPES[type]),
    s: () => `${size}`,
    b: () => `${blocksAt(about)}`,
    B: () => "512",
    o: () => (major === 0 && (minor === 24 || minor === 20) ? "1024" : "4096"),
    f: () => (TYPE_BITS[type] | mode).toString(16),
    a: () => (mode & 0o7777).toString(8),
    A: () => typeLetter(type) + modeText(mode),
    h: () => `${linkCount(self, path, status)}`,
    i: () => `${inode}`,
    d: () => `${(major << 8) | minor}`,
    D: () => ((major << 8) | minor).toString(16),
    Hd: () => `${major}`,
    Ld: () => `${minor}`,
    t: () => (device[0] ?? 0).toString(16),
    T: () => (device[1] ?? 0).toString(16),
    Hr: () => `${device[0]}`,
    Lr: () => `${device[1]}`,
    u: () => "0",
    U: () => "root",
    g: () => "0",
    G: () => "root",
    m: () => mountOf(about),
    x: () => timeText(modified),
    y: () => timeText(modified),
    z: () => timeText(modified),
    w: () => (minor === 24 || minor === 20 || minor === 25 ? "-" : timeText(modified)),
    X: () => `${Math.floor(modified / 1e6)}`,
    Y: () => `${Math.floor(modified / 1e6)}`,
    Z: () => `${Math.floor(modified / 1e6)}`,
    W: () => `${Math.floor(modified / 1e6)}`,
  };
  return Object.hasOwn(fields, letter) ? fields[letter]?.() : undefined;
}

function timeText(modified: number): string {
  const time = {
    ...calendar(modified),
    seconds: Math.floor(modified / 1e6),
    nanoseconds: (modified % 1e6) * 1000,
  };
  return formatDate("%Y-%m-%d %H:%M:%S.%N %z", time);
}

/** Where file systems are mounted, and their devices in the VM. */
const MOUNTS: readonly (readonly [string, number])[] = [
  ["/dev/shm", 27],
  ["/dev/pts", 26],
  ["/proc", 20],
  ["/sys", 25],
  ["/dev", 5],
  ["/run", 28],
  ["/tmp", 29],
];

function mountOf({ self, path, status, follow }: About): string {
  const { files } = self.machine;
  const isLink = status.type === "symlink" && !follow;
  const real = files.realPath(self, isLink ? path.replace(/[^/]*$/, "") || "." : path);
  const place = typeof real === "string" ? real : path;
  return MOUNTS.find(([at]) => place === at || place.startsWith(`${at}/`))?.[0] ?? "/";
}

/** Folders of the disk are of the overlay (22), files those of what lies under (24) or over (23) it. */
function fileDevice(about: About): readonly [number, number] {
  const mount = mountOf(about);
  const known = MOUNTS.find(([at]) => at === mount)?.[1];
  if (known !== undefined) return [0, known];
  if (about.status.type === "directory") return [0, 22];
  return [0, about.status.modified === about.self.machine.clock.start ? 24 : 23];
}

function blocksAt(about: About): number {
  const mount = mountOf(about);
  return mount === "/proc" || mount === "/sys" ? 0 : fileBlocks(about.status) * 2;
}

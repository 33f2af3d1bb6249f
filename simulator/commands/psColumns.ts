// Columns of `ps` (procps 4.0.2, ps(1) "STANDARD FORMAT SPECIFIERS"): headings, widths and what
// stands in them. Processor time is 0: programs of this machine take none.
// Not simulated: memory; its columns are 0. Priorities, threads, labels, units.

import { type NamespaceKind, namespaceInode } from "../process/namespaces.ts";
import type { Process } from "../process/process.ts";
import { stateOf } from "../process/procFiles.ts";
import { calendar, MONTHS, two, WEEKDAYS } from "./calendar.ts";

/** One column. */
export type PsColumn = {
  readonly heading: string;
  readonly width: number;
  readonly right: boolean;
  text(process: Process, asker: Process): string;
};

/** Names that mean another one. */
const ALIASES: Readonly<Record<string, string>> = {
  "%cpu": "pcpu",
  "%mem": "pmem",
  cputime: "time",
  f: "flags",
  nice: "ni",
  rssize: "rss",
  s: "state",
  session: "sess",
  start_time: "start_time",
  times: "cputimes",
  tty: "tt",
  uname: "user",
  vsize: "vsz",
};

/** Heading, width (negative: text on the left), and what it says. */
type Spec = readonly [heading: string, width: number, text: PsColumn["text"]];

const number = (value: (process: Process) => number) => (process: Process) =>
  String(value(process));
const root = () => "root";
const zero = () => "0";
const none = () => "-";
const own = ({ argv, name }: Process) => (argv.length === 0 ? `[${name}]` : argv.join(" "));
const inNamespace =
  (kind: NamespaceKind) =>
  (process: Process): string =>
    String(namespaceInode(process, kind));

function comm(process: Process): string {
  return process.state === "zombie" ? `${process.name} <defunct>` : process.name;
}

function args(process: Process): string {
  return process.state === "zombie" ? `[${process.name}] <defunct>` : own(process);
}

function terminal({ tty }: Process): string {
  return tty === undefined ? "?" : tty.name.replace("/dev/", "");
}

function stat(process: Process, asker: Process): string {
  const [letter] = stateOf(process, asker);
  const leads = process.session === process.pid ? "s" : "";
  const front = process.tty?.foreground === process.processGroup ? "+" : "";
  return letter + leads + front;
}

function seconds({ machine, started }: Process): number {
  return Math.max(0, Math.floor((machine.clock.now - started) / 1e6));
}

function elapsed(process: Process): string {
  const all = seconds(process);
  const days = Math.floor(all / 86400);
  const hours = Math.floor(all / 3600) % 24;
  const rest = `${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
  if (days > 0) return `${days}-${two(hours)}:${rest}`;
  return hours > 0 ? `${two(hours)}:${rest}` : rest;
}

/** When it started: the time today, the day before that. */
function startTime(process: Process, today: (time: ReturnType<typeof calendar>) => string): string {
  const time = calendar(process.started);
  const now = calendar(process.machine.clock.now);
  if (time.year !== now.year) return String(time.year);
  if (time.dayOfYear === now.dayOfYear) return today(time);
  return `${MONTHS[time.month - 1]?.slice(0, 3)}${two(time.day)}`;
}

const hourMinute = (time: ReturnType<typeof calendar>) => `${two(time.hour)}:${two(time.minute)}`;

function longStart(process: Process): string {
  const time = calendar(process.started);
  const clock = `${hourMinute(time)}:${two(time.second)}`;
  const day = WEEKDAYS[time.weekday]?.slice(0, 3);
  const month = MONTHS[time.month - 1]?.slice(0, 3);
  return `${day} ${month} ${String(time.day).padStart(2)} ${clock} ${time.year}`;
}

const SPECS: Readonly<Record<string, Spec>> = {
  addr: ["ADDR", -4, none],
  addrsz: ["ADDR SZ", -7, () => "-     0"],
  args: ["COMMAND", -27, args],
  bsdstart: ["START", 6, (process) => startTime(process, hourMinute)],
  bsdtime: ["TIME", 6, () => "0:00"],
  c: ["C", 2, zero],
  cgroupns: ["CGROUPNS", 10, inNamespace("cgroup")],
  class: ["CLS", -3, () => "TS"],
  cls: ["CLS", 3, () => "TS"],
  cmd: ["CMD", -27, args],
  comm: ["COMMAND", -15, comm],
  command: ["COMMAND", -27, args],
  cputimes: ["TIME", 8, zero],
  egid: ["EGID", 5, zero],
  egroup: ["EGROUP", -8, root],
  etime: ["ELAPSED", 11, elapsed],
  etimes: ["ELAPSED", 7, number(seconds)],
  euid: ["EUID", 5, zero],
  euser: ["EUSER", -8, root],
  exe: ["EXE", -27, ({ executable }) => executable],
  flags: ["F", 1, () => "4"],
  gid: ["GID", 5, zero],
  group: ["GROUP", -8, root],
  ipcns: ["IPCNS", 10, inNamespace("ipc")],
  lstart: ["STARTED", 24, longStart],
  lwp: ["LWP", 5, number(({ pid }) => pid)],
  mntns: ["MNTNS", 10, inNamespace("mnt")],
  netns: ["NETNS", 10, inNamespace("net")],
  ni: ["NI", 3, zero],
  nlwp: ["NLWP", 4, () => "1"],
  opri: ["PRI", 3, () => "80"],
  pcpu: ["%CPU", 4, () => "0.0"],
  pgid: ["PGID", 5, number(({ processGroup }) => processGroup)],
  pgrp: ["PGRP", 5, number(({ processGroup }) => processGroup)],
  pid: ["PID", 5, number(({ pid }) => pid)],
  pidns: ["PIDNS", 10, inNamespace("pid")],
  pmem: ["%MEM", 4, () => "0.0"],
  ppid: ["PPID", 5, number(({ parent }) => parent?.pid ?? 0)],
  pri: ["PRI", 3, () => "19"],
  priority: ["PRI", 3, () => "20"],
  psr: ["PSR", 3, zero],
  rss: ["RSS", 5, zero],
  ruid: ["RUID", 5, zero],
  ruser: ["RUSER", -8, root],
  sess: ["SESS", 5, number(({ session }) => session)],
  sid: ["SID", 5, number(({ session }) => session)],
  size: ["SIZE", 5, zero],
  start: [
    "STARTED",
    8,
    (each) => startTime(each, (time) => `${hourMinute(time)}:${two(time.second)}`),
  ],
  start_time: ["START", -5, (process) => startTime(process, hourMinute)],
  stat: ["STAT", -4, stat],
  state: ["S", -1, (process, asker) => stateOf(process, asker)[0]],
  stime: ["STIME", -5, (process) => startTime(process, hourMinute)],
  sz: ["SZ", 5, zero],
  thcount: ["THCNT", 5, () => "1"],
  tid: ["TID", 5, number(({ pid }) => pid)],
  time: ["TIME", 8, () => "00:00:00"],
  timens: ["TIMENS", 10, inNamespace("time")],
  tname: ["TTY", -8, terminal],
  tpgid: ["TPGID", 5, number(({ tty }) => tty?.foreground ?? -1)],
  tt: ["TT", -8, terminal],
  ucmd: ["CMD", -15, comm],
  ucomm: ["COMMAND", -15, comm],
  uid: ["UID", 5, zero],
  user: ["USER", -8, root],
  userns: ["USERNS", 10, inNamespace("user")],
  utsns: ["UTSNS", 10, inNamespace("uts")],
  vsz: ["VSZ", 6, zero],
  wchan: ["WCHAN", -6, none],
};

/** The column of a name, or undefined when there is none. */
export function psColumn(word: string): PsColumn | undefined {
  const name = ALIASES[word] ?? word;
  const spec = Object.hasOwn(SPECS, name) ? SPECS[name] : undefined;
  if (spec === undefined) return undefined;
  const [heading, width, text] = spec;
  return { heading, width: Math.abs(width), right: width > 0, text };
}

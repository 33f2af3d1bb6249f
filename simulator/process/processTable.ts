// Processes start, wait for each other, get signals and end (fork(2), execve(2), wait(2), kill(2),
// signal(7), linux/kernel/{fork,exit,signal}.c). Starting one costs as much time as in the VM
// that we follow.
// A handler runs at once, in the middle of whoever sent the signal; the process then goes on and
// looks at what the handler left. A process that ends closes its files, gives its children to init
// and tells its parent.
// Not simulated: users other than root, threads, signal masks, core dumps, vfork.

import type { Errno } from "../net/core/errno.ts";
import { holdNet, releaseNet } from "../net/core/netLifecycle.ts";
import type { Net } from "../net/core/netNamespace.ts";
import type { Machine } from "./machine.ts";
import { leaveMounts } from "./mountNamespaces.ts";
import { closeFile, shareFile } from "./openFiles.ts";
import type {
  ControllingTerminal,
  ExitStatus,
  OpenFile,
  Process,
  Program,
  Signal,
  Uts,
} from "./process.ts";
import { defaultAction } from "./signals.ts";
import { createWaitQueue, type Execution, type Steps } from "./wait.ts";

/**
 * What starting a program costs, in microseconds: at least, and how much chance adds. It is what the
 * VM takes without KVM; the kernel's limits "per second" show after as many commands as there.
 */
const START = { least: 20_000, spread: 8_000 };
/** The same for a copy of a shell, which loads nothing. */
const FORK = { least: 3_000, spread: 1_500 };

/** Numbers wrap here (kernel.pid_max of a small machine). */
const PID_MAX = 32768;

/** How many processes a machine holds; programs ask `mayStart` first. */
const MOST_PROCESSES = 1000;

/** A process to be. What is left out comes from the parent. */
export type SpawnRequest = {
  readonly argv: readonly string[];
  readonly program: Program;
  /** Descriptors; each gets a reference of its own. */
  readonly files?: ReadonlyMap<number, OpenFile>;
  /** Becomes the process's own. */
  readonly environment?: Map<string, string>;
  readonly cwd?: string;
  readonly net?: Net;
  readonly uts?: Uts;
  /** 0 begins a new group, as setpgid(0, 0) does. */
  readonly processGroup?: number;
  /** It goes on with the program of its parent (fork without exec). */
  readonly forked?: boolean;
};

/** False when the machine is full: fork would end in EAGAIN. */
export function mayStart(machine: Machine): boolean {
  return machine.processes.size < MOST_PROCESSES;
}

/** Makes pid 1, which adopts orphans and reaps them at once. */
export function createInit(machine: Machine): Process {
  const net = machine.kernel.initNet;
  const init = newProcess(machine, 1, {
    argv: ["/sbin/init"],
    name: "init",
    parent: undefined,
    processGroup: 0,
    session: 0,
    tty: undefined,
    environment: new Map(),
    cwd: "/",
    umask: 0o022,
    net,
    uts: machine.initUts,
    executable: "/usr/sbin/init",
    otherNamespaces: new Map(),
    sysNet: net,
  });
  holdNet(net);
  machine.processes.set(1, init);
  return init;
}

/** Starts a process that runs `request.program`. */
export function spawn(parent: Process, request: SpawnRequest): Process {
  const { machine } = parent;
  if (machine.processes.size > 2 * MOST_PROCESSES) throw new RangeError("too many processes");
  const cost = request.forked === true ? FORK : START;
  machine.clock.work(cost.least + machine.random.below(cost.spread));
  const pid = takePid(machine);
  const group = request.processGroup ?? parent.processGroup;
  const process = newProcess(machine, pid, {
    argv: request.argv,
    name: commandName(request.argv[0] ?? parent.name),
    parent,
    processGroup: group === 0 ? pid : group,
    // What init starts is a service: it leads a session of its own.
    session: parent.session === 0 ? pid : parent.session,
    tty: parent.tty,
    environment: request.environment ?? new Map(parent.environment),
    cwd: request.cwd ?? parent.cwd,
    umask: parent.umask,
    net: request.net ?? parent.net,
    uts: request.uts ?? parent.uts,
    executable: parent.executable,
    otherNamespaces: new Map(parent.otherNamespaces),
    sysNet: parent.sysNet,
  });
  holdNet(process.net);
  for (const [fd, file] of request.files ?? parent.files) process.files.set(fd, shareFile(file));
  for (const [signal, handler] of parent.handlers) {
    if (handler === "ignore") process.handlers.set(signal, handler);
  }
  parent.children.add(process);
  machine.processes.set(pid, process);
  machine.scheduler.start(process, begin(process, request.program));
  return process;
}

/** The program starts with its first turn, so that nothing of it fails in its parent. */
function* begin(process: Process, program: Program): Execution {
  return yield* program(process);
}

/** What a process gets from whoever starts it. */
type Heritage = Pick<
  Process,
  | ("argv" | "name" | "parent" | "processGroup" | "session" | "tty" | "environment" | "cwd")
  | ("umask" | "net" | "uts" | "executable" | "otherNamespaces" | "sysNet")
>;

/** Property by property: this happens for each command, and engines copy large objects slowly. */
function newProcess(machine: Machine, pid: number, from: Heritage): Process {
  return {
    machine,
    pid,
    parent: from.parent,
    children: new Set(),
    processGroup: from.processGroup,
    session: from.session,
    tty: from.tty,
    argv: from.argv,
    name: from.name,
    started: machine.clock.now,
    executable: from.executable,
    otherNamespaces: from.otherNamespaces,
    environment: from.environment,
    cwd: from.cwd,
    umask: from.umask,
    net: from.net,
    uts: from.uts,
    sysNet: from.sysNet,
    files: new Map(),
    state: "running",
    exitStatus: undefined,
    stopSignal: undefined,
    changed: createWaitQueue(),
    handlers: new Map(),
    pending: new Set(),
  };
}

function takePid(machine: Machine): number {
  while (machine.processes.has(machine.nextPid)) machine.nextPid += 1;
  if (machine.nextPid >= PID_MAX) {
    machine.nextPid = 300;
    return takePid(machine);
  }
  return machine.nextPid++;
}

/** The name of a process that runs this file: at most 15 characters of its last part. */
export function commandName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).slice(0, 15);
}

/** Puts the process into another network namespace, which it keeps alive from now on. */
export function enterNet(process: Process, net: Net): void {
  holdNet(net);
  const before = process.net;
  process.net = net;
  releaseNet(before);
}

/** Begins a session of its own without a terminal (setsid(2)); refused to the leader of a group. */
export function beginSession(process: Process): Errno | undefined {
  for (const other of process.machine.processes.values()) {
    if (other.processGroup === process.pid) return "EPERM";
  }
  process.session = process.pid;
  process.processGroup = process.pid;
  process.tty = undefined;
  return undefined;
}

/** Gives a terminal to the session that the process leads. */
export function takeTerminal(process: Process, tty: ControllingTerminal): void {
  process.tty = tty;
  tty.foreground = process.processGroup;
}

/** Waits until a child has ended, and lets it go. */
export function* waitFor(_self: Process, child: Process): Steps<ExitStatus> {
  for (;;) {
    if (child.exitStatus !== undefined) {
      reap(child);
      return child.exitStatus;
    }
    yield child.changed.wait;
  }
}

/** Waits until a child has ended (and lets it go) or is stopped; for a shell with job control. */
export function* waitForChange(
  self: Process,
  child: Process,
): Steps<ExitStatus | { readonly stopped: Signal }> {
  for (;;) {
    if (child.exitStatus !== undefined) return yield* waitFor(self, child);
    if (child.stopSignal !== undefined) return { stopped: child.stopSignal };
    yield child.changed.wait;
  }
}

/** Removes what is left of an ended process. */
export function reap(process: Process): void {
  if (process.state !== "zombie") return;
  process.parent?.children.delete(process);
  process.machine.processes.delete(process.pid);
}

/** The exit status as a shell's number: 128 and the signal's number for a process that a signal ended. */
export function statusNumber(status: ExitStatus, numberOf: (signal: Signal) => number): number {
  return "code" in status ? status.code : 128 + numberOf(status.signal);
}

/** All members of a process group that have not ended. */
export function groupMembers(machine: Machine, group: number): Process[] {
  return [...machine.processes.values()].filter(
    (process) => process.processGroup === group && process.state !== "zombie",
  );
}

/** Sends a signal to every member of a group; false when there is none. */
export function signalGroup(machine: Machine, group: number, signal: Signal): boolean {
  const members = groupMembers(machine, group);
  for (const member of members) sendSignal(member, signal);
  return members.length > 0;
}

/** What the process does on a signal from now on. */
export function onSignal(
  self: Process,
  signal: Signal,
  handler: "ignore" | "default" | (() => void),
): void {
  if (handler === "default") self.handlers.delete(signal);
  else self.handlers.set(signal, handler);
}

/** Sends a signal; it acts at once unless the process is stopped. */
export function sendSignal(process: Process, signal: Signal): void {
  if (process.state === "zombie") return;
  if (signal === "KILL") {
    if (process.pid !== 1) process.machine.scheduler.end(process, { signal });
    return;
  }
  if (signal === "CONT") goOn(process);
  if (process.state === "stopped" && signal !== "STOP") {
    process.pending.add(signal);
    return;
  }
  const handler = signal === "STOP" ? undefined : process.handlers.get(signal);
  if (handler === "ignore") return;
  if (handler !== undefined) {
    handler();
    process.machine.scheduler.wake(process);
    return;
  }
  if (process.pid !== 1) actByDefault(process, signal);
}

function actByDefault(process: Process, signal: Signal): void {
  const action = defaultAction(signal);
  if (action === "end") {
    process.machine.scheduler.end(process, { signal });
  } else if (action === "stop") {
    if (signal !== "STOP" && isOrphanedGroup(process.machine, process.processGroup)) return;
    if (process.state === "stopped") return;
    process.state = "stopped";
    process.stopSignal = signal;
    announce(process);
  }
}

function goOn(process: Process): void {
  for (const signal of ["STOP", "TSTP", "TTIN", "TTOU"] as const) process.pending.delete(signal);
  if (process.state !== "stopped") return;
  process.state = "running";
  process.stopSignal = undefined;
  process.machine.scheduler.wake(process);
  announce(process);
  const pending = [...process.pending];
  process.pending.clear();
  for (const signal of pending) sendSignal(process, signal);
}

/** Tells the parent, and everybody who waits for this process, that its state is another one. */
function announce(process: Process): void {
  process.changed.wakeAll();
  process.parent?.changed.wakeAll();
  if (process.parent !== undefined) sendSignal(process.parent, "CHLD");
}

/** True when nobody in the session could make the group go on again (setpgid(2), POSIX). */
export function isOrphanedGroup(machine: Machine, group: number): boolean {
  return !groupMembers(machine, group).some(
    ({ parent, session }) =>
      parent !== undefined && parent.processGroup !== group && parent.session === session,
  );
}

/** Called by the scheduler when a program has returned or was ended: the rest of exit(2). */
export function endProcess(process: Process, status: ExitStatus): void {
  const { machine } = process;
  for (const fd of [...process.files.keys()]) closeFile(process, fd);
  process.state = "zombie";
  process.stopSignal = undefined;
  process.exitStatus = status;
  process.handlers.clear();
  releaseNet(process.net);
  leaveMounts(process);
  for (const child of process.children) {
    child.parent = machine.init;
    machine.init.children.add(child);
    if (child.state === "zombie") reap(child);
    else hangUpIfOrphaned(child);
  }
  process.children.clear();
  if (process.tty !== undefined && process.session === process.pid) {
    signalGroup(machine, process.tty.foreground, "HUP");
  }
  announce(process);
  if (process.parent === machine.init) reap(process);
}

/** A stopped group that nobody could wake any more gets HUP and CONT. */
function hangUpIfOrphaned(child: Process): void {
  const members = groupMembers(child.machine, child.processGroup);
  if (!members.some(({ state }) => state === "stopped")) return;
  if (!isOrphanedGroup(child.machine, child.processGroup)) return;
  for (const member of members) sendSignal(member, "HUP");
  for (const member of members) sendSignal(member, "CONT");
}

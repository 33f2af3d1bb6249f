// Jobs: what runs in the background, what has become of it, and what is said of it.
// Source: bash(1) JOB CONTROL; formats by experiment with bash 5.2.
// Not here: the builtins jobs, fg, bg, wait, disown (builtins/jobControl.ts).

import { write } from "../process/io.ts";
import type { ExitStatus, Process, Signal } from "../process/process.ts";
import { reap } from "../process/processTable.ts";
import type { Steps } from "../process/wait.ts";
import { prefix } from "./messages.ts";
import type { Job, ShellState } from "./shellState.ts";
import { statusOf } from "./values.ts";

const names: Partial<Record<Signal, string>> = {
  HUP: "Hangup",
  INT: "Interrupt",
  QUIT: "Quit",
  ILL: "Illegal instruction",
  TRAP: "Trace/breakpoint trap",
  ABRT: "Aborted",
  BUS: "Bus error",
  FPE: "Floating point exception",
  KILL: "Killed",
  USR1: "User defined signal 1",
  SEGV: "Segmentation fault",
  USR2: "User defined signal 2",
  PIPE: "Broken pipe",
  ALRM: "Alarm clock",
  TERM: "Terminated",
  STKFLT: "Stack fault",
  XCPU: "CPU time limit exceeded",
  XFSZ: "File size limit exceeded",
  VTALRM: "Virtual timer expired",
  PROF: "Profiling timer expired",
  IO: "I/O possible",
  PWR: "Power failure",
  SYS: "Bad system call",
};

/** What strsignal(3) calls it. */
function signalText(signal: Signal): string {
  return names[signal] ?? signal;
}

/** Running, stopped or ended; a job is as its last process is. */
export type JobCondition = "running" | "stopped" | "done";

/** What a job does now. Without job control a shell does not hear of a stop. */
export function conditionOf(job: Job): JobCondition {
  if (job.processes.some(({ process }) => process.exitStatus === undefined)) {
    if (!job.controlled) return "running";
    const live = job.processes.filter(({ process }) => process.exitStatus === undefined);
    return live.every(({ process }) => process.state === "stopped") ? "stopped" : "running";
  }
  return "done";
}

/** How the last process of an ended job ended. */
export function endOf(job: Job): ExitStatus {
  return job.processes.at(-1)?.process.exitStatus ?? { code: 0 };
}

/** Running, Stopped, Done, Exit 3, Killed. */
function processText(process: Process): string {
  const { exitStatus, state, stopSignal } = process;
  if (exitStatus === undefined) {
    if (state !== "stopped") return "Running";
    return stopSignal === "STOP" || stopSignal === undefined
      ? "Stopped"
      : stopSignal === "TSTP"
        ? "Stopped"
        : `Stopped (${stopSignal === "TTIN" ? "tty input" : "tty output"})`;
  }
  if ("signal" in exitStatus) return signalText(exitStatus.signal);
  return exitStatus.code === 0 ? "Done" : `Exit ${exitStatus.code}`;
}

/** What the last process does, as jobs(1) tells it. */
function jobText(job: Job): string {
  const condition = conditionOf(job);
  if (condition === "running") return "Running";
  if (condition === "stopped") return "Stopped";
  const last = job.processes.at(-1)?.process;
  return last === undefined ? "Done" : processText(last);
}

/** `+` for the current job, `-` for the one before, else a space. */
export function markOf(state: ShellState, job: Job): string {
  const [current, previous] = currentJobs(state);
  return job === current ? "+" : job === previous ? "-" : " ";
}

/** %+ and %-: stopped jobs first, then the newest; an ended job is only ever %+, when all have ended. */
export function currentJobs(state: ShellState): readonly (Job | undefined)[] {
  const order = [...state.jobs].sort((a, b) => b.number - a.number);
  const stopped = order.filter((job) => conditionOf(job) === "stopped");
  const live = [...stopped, ...order.filter((job) => conditionOf(job) === "running")];
  return live.length > 0 ? live : order.slice(0, 1);
}

/** One job as `jobs` prints it. */
export function jobLine(state: ShellState, job: Job, long = false): string {
  const mark = markOf(state, job);
  const running = conditionOf(job) === "running";
  const tail = running ? " &" : "";
  const start = `[${job.number}]${mark}`;
  if (!long) return `${start}  ${jobText(job).padEnd(24)}${job.text}${tail}\n`;
  let lines = "";
  for (const [index, { process, text }] of job.processes.entries()) {
    const last = index === job.processes.length - 1;
    const told = processText(process).padEnd(24);
    const number = `${process.pid}`.padStart(5);
    const head = index === 0 ? `${start} ${number} ` : `     ${number} `;
    const sameAs =
      index > 0 && processText(process) === processText(job.processes[0]?.process ?? process);
    const status = sameAs ? " ".repeat(22) : told;
    lines += `${head}${status}${index > 0 ? "| " : ""}${text}${last ? tail : ""}\n`;
  }
  return lines;
}

/** The job of `%1`, `%+`, `%name`; "none" or "ambiguous" when there is not one. */
export function findJob(state: ShellState, word: string): Job | "none" | "ambiguous" {
  const name = word.replace(/^%/, "");
  const [current, previous] = currentJobs(state);
  if (name === "" || name === "%" || name === "+") return current ?? "none";
  if (name === "-") return previous ?? current ?? "none";
  if (/^\d+$/.test(name)) return state.jobs.find((job) => job.number === Number(name)) ?? "none";
  const wanted = name.startsWith("?")
    ? state.jobs.filter((job) => job.text.includes(name.slice(1)))
    : state.jobs.filter((job) => job.text.startsWith(name));
  return wanted.length > 1 ? "ambiguous" : (wanted[0] ?? "none");
}

/** A new job. */
export function addJob(state: ShellState, job: Omit<Job, "number" | "told" | "disowned">): Job {
  const number = state.jobs.reduce((most, one) => Math.max(most, one.number), 0) + 1;
  const whole: Job = { ...job, number, told: "Running", disowned: false };
  state.jobs.push(whole);
  return whole;
}

/** The jobs of the shell that this one was forked from, as they are now, for `jobs` and `kill`. */
export function foreignJobs(state: ShellState): Job[] {
  return state.jobs.map((job) => ({
    ...job,
    processes: job.processes.map(({ process, text }) => ({ process: { ...process }, text })),
    foreign: true,
  }));
}

/** Lets an ended job go; its processes' statuses stay known to `wait`. */
export function forgetJob(state: ShellState, job: Job): void {
  state.jobs = state.jobs.filter((one) => one !== job);
  if (job.foreign === true) return;
  for (const { process } of job.processes) {
    if (process.exitStatus === undefined) continue;
    state.ended.set(process.pid, statusOf(process.exitStatus));
    reap(process);
  }
}

/** Says which jobs a signal has ended, as a script's shell does between commands. */
export function* tellDeaths(state: ShellState): Steps<void> {
  if (state.jobs.length === 0 || state.interactive) return;
  for (const job of [...state.jobs]) {
    if (job.foreign === true) continue;
    if (conditionOf(job) !== "done" || job.foreground || job.told === "told") continue;
    job.told = "told";
    yield* tellDeath(state, job);
    if (!state.options.has("monitor") && signalled(job)) forgetJob(state, job);
  }
}

/** What a shell on a terminal says of its jobs: which have stopped, and which have ended. */
export function* tellChanges(state: ShellState): Steps<void> {
  for (const job of [...state.jobs]) {
    const condition = conditionOf(job);
    if (condition === "running") job.told = "Running";
    if (condition === "stopped" && job.told !== "Stopped") {
      job.told = "Stopped";
      yield* write(state.process, 2, `\n${jobLine(state, job)}`);
    }
    if (condition !== "done") continue;
    if (!quietAtPrompt(job)) yield* write(state.process, 2, jobLine(state, job));
    forgetJob(state, job);
  }
}

/** Who pressed Ctrl-C knows. */
function quietAtPrompt(job: Job): boolean {
  const end = endOf(job);
  return job.told === "told" || ("signal" in end && end.signal === "INT");
}

function signalled(job: Job): boolean {
  return "signal" in endOf(job);
}

/** "bash: line 3:   345 Killed                  sleep 9". */
export function* tellDeath(state: ShellState, job: Job): Steps<void> {
  const end = endOf(job);
  if (!("signal" in end) || quiet(job, end.signal)) return;
  yield* write(state.process, 2, deathText(state, job));
}

function quiet(job: Job, signal: Signal): boolean {
  return signal === "INT" || signal === "PIPE" || (signal === "TERM" && !job.foreground);
}

function deathText(state: ShellState, job: Job): string {
  const end = endOf(job);
  if ("signal" in end && end.signal === "TERM") return "Terminated\n";
  if (state.terminal !== undefined && "signal" in end) return `${signalText(end.signal)}\n`;
  let text = "";
  for (const [index, one] of job.processes.entries()) {
    const { process, text: command } = one;
    const told = processText(process).padEnd(24);
    const head = index === 0 ? prefix(state) : "     ";
    text += `${head}${`${process.pid}`.padStart(5)} ${told}${index > 0 ? "| " : ""}${command}\n`;
  }
  return text;
}

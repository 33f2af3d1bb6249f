// Builtins about jobs: jobs, fg, bg, wait, disown, suspend.
// Source: bash(1) JOB CONTROL; messages by experiment with bash 5.2.
// Not here: kill (kill.ts).

import { write } from "../../process/io.ts";
import { signalGroup } from "../../process/processTable.ts";
import { signalNumber } from "../../process/signals.ts";
import { anyOf, type Steps } from "../../process/wait.ts";
import { waitForeground } from "../execute/foreground.ts";
import {
  conditionOf,
  currentJobs,
  endOf,
  findJob,
  forgetJob,
  jobLine,
  markOf,
  tellDeath,
} from "../jobs.ts";
import { complain, refuse, say } from "../messages.ts";
import type { Job, ShellState } from "../shellState.ts";
import { runPending } from "../traps.ts";
import { assign, statusOf } from "../values.ts";
import { type Builtin, readOptions } from "./builtin.ts";

/** jobs. */
export const jobs: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "lnprsx");
  if (options === undefined) return 2;
  const { flags, rest } = options;
  let status = 0;
  const wanted: Job[] = rest.length === 0 ? [...state.jobs] : [];
  for (const word of rest) {
    const job = findJob(state, word.startsWith("%") ? word : `%${word}`);
    if (typeof job !== "string") wanted.push(job);
    else status = yield* noSuchJob(state, { name: "jobs", word, why: job });
  }
  const lines = wanted
    .filter((job) => !flags.has("r") || conditionOf(job) === "running")
    .filter((job) => !flags.has("s") || conditionOf(job) === "stopped")
    .filter((job) => !isQuietEnd(state, job))
    .map((job) =>
      flags.has("p") ? `${job.processes[0]?.process.pid}\n` : jobLine(state, job, flags.has("l")),
    );
  const written = yield* say(state, "jobs", lines.join(""));
  for (const job of wanted) if (conditionOf(job) === "done") forgetJob(state, job);
  return written || status;
};

/** A script does not list what TERM and the like have ended. */
function isQuietEnd(state: ShellState, job: Job): boolean {
  if (conditionOf(job) !== "done" || state.options.has("monitor")) return false;
  return "signal" in endOf(job);
}

type Missing = { readonly name: string; readonly word: string; readonly why: "none" | "ambiguous" };

function* noSuchJob(state: ShellState, { name, word, why }: Missing): Steps<number> {
  if (why === "ambiguous") {
    yield* complain(state, `${name}: ${word.replace(/^%/, "")}: ambiguous job spec`);
  }
  return yield* refuse(state, `${name}: ${word}: no such job`);
}

/** fg and bg. */
export const resume: Builtin = function* (state, call) {
  const { name } = call;
  if (!state.options.has("monitor")) return yield* refuse(state, `${name}: no job control`);
  const options = yield* readOptions(state, call, "");
  if (options === undefined) return 2;
  const words = options.rest.length === 0 ? [""] : options.rest;
  let status = 0;
  for (const word of name === "fg" ? words.slice(0, 1) : words) {
    const job = findJob(state, word);
    if (typeof job === "string") {
      status = yield* noSuchJob(state, { name, word: word === "" ? "current" : word, why: job });
    } else status = yield* name === "fg" ? toForeground(state, job) : toBackground(state, job);
  }
  return status;
};

function* toForeground(state: ShellState, job: Job): Steps<number> {
  if (conditionOf(job) === "done") {
    const status = statusOf(endOf(job));
    forgetJob(state, job);
    return status;
  }
  yield* write(state.process, 1, `${job.text}\n`);
  state.jobs = state.jobs.filter((one) => one !== job);
  const { tty } = state.process;
  if (tty !== undefined && state.interactive) tty.foreground = job.group;
  signalGroup(state.process.machine, job.group, "CONT");
  const waited = job.processes.map(({ process, text }) => ({ process, text: () => text }));
  const statuses = yield* waitForeground(state, waited, () => job.text);
  return statuses.at(-1) ?? 0;
}

function* toBackground(state: ShellState, job: Job): Steps<number> {
  if (conditionOf(job) === "running") {
    yield* complain(state, `bg: job ${job.number} already in background`);
    return 0;
  }
  yield* write(state.process, 1, `[${job.number}]${markOf(state, job)} ${job.text} &\n`);
  job.told = "Running";
  signalGroup(state.process.machine, job.group, "CONT");
  return 0;
}

/** wait. */
export const wait: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "fnp:");
  if (options === undefined) return 2;
  const { flags, rest, values } = options;
  const note = (pid: number | undefined) => {
    const name = values.get("p");
    if (name !== undefined && pid !== undefined) assign(state, { name }, `${pid}`);
  };
  if (flags.has("n")) return yield* waitForNext(state, rest, note);
  if (rest.length === 0) {
    for (;;) {
      const open = state.jobs.filter(
        (job) => job.foreign !== true && conditionOf(job) === "running",
      );
      if (open.length === 0) break;
      const interrupted = yield* waitForJobs(state, open, true);
      if (interrupted !== undefined) return interrupted;
    }
    for (const job of [...state.jobs])
      if (conditionOf(job) === "done") yield* finish(state, job, true);
    return 0;
  }
  let status = 0;
  for (const word of rest) status = yield* waitForOne(state, word, note);
  return status;
};

/** Waits until one (or all) of them have ended; a status when a trap came first. */
function* waitForJobs(
  state: ShellState,
  open: readonly Job[],
  all: boolean,
): Steps<number | undefined> {
  for (;;) {
    const signal = state.pending[0];
    if (signal !== undefined) {
      yield* runPending(state);
      return 128 + signalNumber(signal);
    }
    if (state.interrupted) {
      state.interrupted = false;
      return 130;
    }
    const done = open.filter((job) => conditionOf(job) !== "running").length;
    if (all ? done === open.length : done > 0) return undefined;
    const processes = open.flatMap((job) => job.processes.map(({ process }) => process));
    yield anyOf(...processes.map((process) => process.changed.wait));
  }
}

/** Says what ended a job that was waited for, and lets it go. */
function* finish(state: ShellState, job: Job, tells: boolean): Steps<number> {
  const status = statusOf(endOf(job));
  const end = endOf(job);
  const terminated = "signal" in end && end.signal === "TERM" && state.options.has("monitor");
  if (terminated && !state.interactive) yield* write(state.process, 1, jobLine(state, job));
  else if (tells && job.told !== "told" && !state.interactive) yield* tellDeath(state, job);
  job.told = "told";
  forgetJob(state, job);
  return status;
}

function* waitForOne(
  state: ShellState,
  word: string,
  note: (pid: number | undefined) => void,
): Steps<number> {
  if (word.startsWith("%")) {
    const job = findJob(state, word);
    if (typeof job === "string") {
      yield* noSuchJob(state, { name: "wait", word, why: job });
      return 127;
    }
    return yield* waitForJob(state, job, note);
  }
  if (!/^\d+$/.test(word)) {
    return yield* refuse(state, `wait: \`${word}': not a pid or valid job spec`);
  }
  const pid = Number(word);
  const own = state.jobs.filter((one) => one.foreign !== true);
  const job = own.find((one) => one.processes.some(({ process }) => process.pid === pid));
  if (job === undefined) {
    const known = state.ended.get(pid);
    if (known !== undefined) {
      note(pid);
      return known;
    }
    yield* complain(state, `wait: pid ${word} is not a child of this shell`);
    return 127;
  }
  const process = job.processes.find((one) => one.process.pid === pid)?.process;
  const interrupted = yield* waitForJobs(
    state,
    process === job.processes.at(-1)?.process
      ? [job]
      : [{ ...job, processes: job.processes.filter((one) => one.process === process) }],
    true,
  );
  if (interrupted !== undefined) return interrupted;
  const status = process?.exitStatus === undefined ? 0 : statusOf(process.exitStatus);
  note(pid);
  if (conditionOf(job) === "done") yield* finish(state, job, true);
  return status;
}

function* waitForJob(
  state: ShellState,
  job: Job,
  note: (pid: number | undefined) => void,
): Steps<number> {
  // As bash: waitpid(2) knows no such child.
  if (job.foreign === true) return -1;
  const interrupted = yield* waitForJobs(state, [job], true);
  if (interrupted !== undefined) return interrupted;
  note(job.processes.at(-1)?.process.pid);
  return conditionOf(job) === "done" ? yield* finish(state, job, true) : 128 + signalNumber("STOP");
}

function* waitForNext(
  state: ShellState,
  words: readonly string[],
  note: (pid: number | undefined) => void,
): Steps<number> {
  const wanted =
    words.length === 0
      ? state.jobs.filter((job) => job.foreign !== true)
      : state.jobs.filter((job) => isNamed(state, job, words));
  if (wanted.length === 0) return 127;
  const interrupted = yield* waitForJobs(state, wanted, false);
  if (interrupted !== undefined) return interrupted;
  const job = wanted.find((one) => conditionOf(one) === "done");
  if (job === undefined) return 127;
  note(job.processes.at(-1)?.process.pid);
  return yield* finish(state, job, true);
}

function isNamed(state: ShellState, job: Job, words: readonly string[]): boolean {
  return words.some((word) =>
    word.startsWith("%")
      ? findJob(state, word) === job
      : job.processes.some(({ process }) => `${process.pid}` === word),
  );
}

/** disown. */
export const disown: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "ahr");
  if (options === undefined) return 2;
  const { flags, rest } = options;
  const drop = (job: Job) => {
    if (flags.has("h")) job.disowned = true;
    else state.jobs = state.jobs.filter((one) => one !== job);
  };
  if (rest.length === 0) {
    if (flags.has("a") || flags.has("r")) {
      for (const job of [...state.jobs]) {
        if (!flags.has("r") || conditionOf(job) === "running") drop(job);
      }
      return 0;
    }
    const [current] = currentJobs(state);
    if (current === undefined) return yield* refuse(state, "disown: current: no such job");
    drop(current);
    return 0;
  }
  let status = 0;
  for (const word of rest) {
    const job = /^\d+$/.test(word)
      ? state.jobs.find((one) => one.processes.some(({ process }) => `${process.pid}` === word))
      : findJob(state, word);
    if (job === undefined || typeof job === "string") {
      status = yield* refuse(state, `disown: ${word}: no such job`);
    } else drop(job);
  }
  return status;
};

/** suspend. */
export const suspend: Builtin = function* (state) {
  return yield* refuse(state, "suspend: cannot suspend: no job control");
};

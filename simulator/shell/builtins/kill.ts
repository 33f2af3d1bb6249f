// kill, as bash has it: pids, process groups and jobs.
// Source: bash(1); messages by experiment with bash 5.2.
// Not here: /usr/bin/kill.

import type { Process, Signal } from "../../process/process.ts";
import { sendSignal, signalGroup } from "../../process/processTable.ts";
import { pause } from "../../process/scheduler.ts";
import { SIGNALS, signalNumber, signalOf } from "../../process/signals.ts";
import type { Steps } from "../../process/wait.ts";
import { conditionOf, findJob } from "../jobs.ts";
import { complain, refuse, say } from "../messages.ts";
import type { ShellState } from "../shellState.ts";
import { type Builtin, showUsage } from "./builtin.ts";
import { signalTable } from "./trap.ts";

/** A signal, or "none" for 0. */
type Wanted = Signal | "none" | undefined;

function wantedOf(word: string): Wanted {
  if (word === "0" || word.toUpperCase() === "EXIT") return "none";
  return signalOf(word);
}

/** kill. */
export const kill: Builtin = function* (state, { args }) {
  let wanted: Wanted = "TERM";
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at] ?? "";
    if (word === "--") {
      at += 1;
      break;
    }
    if (!word.startsWith("-") || word === "-") break;
    if (word === "-l" || word === "-L") return yield* listSignals(state, args.slice(at + 1));
    if (/^-\d/.test(word) && at > 0) break;
    const separate = word === "-s" || word === "-n";
    const name = separate
      ? args[++at]
      : /^-[sn]./.test(word) && signalOf(word.slice(1)) === undefined
        ? word.slice(2)
        : word.slice(1);
    if (name === undefined) {
      return yield* refuse(state, `kill: ${word}: option requires an argument`);
    }
    wanted = wantedOf(name);
    if (wanted === undefined) {
      return yield* refuse(state, `kill: ${name}: invalid signal specification`);
    }
    if (!separate) {
      at += 1;
      if (args[at] === "--") at += 1;
      break;
    }
  }
  if (at >= args.length) {
    yield* showUsage(state, "kill");
    return 2;
  }
  let failures = 0;
  const words = args.slice(at);
  for (const word of words) failures += yield* signalWord(state, word, wanted ?? "TERM");
  // What a signal to this shell does, it does before the next command.
  yield pause;
  return failures === words.length ? 1 : 0;
};

/** 1 when it failed, which was said. */
function* signalWord(state: ShellState, word: string, wanted: Signal | "none"): Steps<number> {
  const { machine } = state.process;
  const none = function* (pid: string) {
    return yield* refuse(state, `kill: (${pid}) - No such process`);
  };
  if (word.startsWith("%")) {
    const job = findJob(state, word);
    if (typeof job === "string") return yield* refuse(state, `kill: ${word}: no such job`);
    if (conditionOf(job) === "done" && job.controlled) {
      return yield* none(`${job.processes[0]?.process.pid}`);
    }
    if (wanted === "none") return 0;
    if (job.controlled) {
      signalGroup(machine, job.group, wanted);
      if (wanted === "TERM" || wanted === "HUP") signalGroup(machine, job.group, "CONT");
    } else
      for (const { process } of job.processes) {
        // Without job control bash passes over those that have ended, without a word.
        const one = machine.processes.get(process.pid) ?? process;
        if (one.exitStatus === undefined) deliver(state, one, wanted);
      }
    return 0;
  }
  if (!/^-?\d+$/.test(word)) {
    return yield* refuse(state, `kill: ${word}: arguments must be process or job IDs`);
  }
  const pid = Number(word);
  if (pid <= 0) {
    const group = pid === 0 ? state.process.processGroup : -pid;
    if (wanted === "none") {
      const some = [...machine.processes.values()].some((one) => one.processGroup === group);
      return some ? 0 : yield* none(word);
    }
    return signalGroup(machine, group, wanted) ? 0 : yield* none(word);
  }
  const process = machine.processes.get(pid);
  if (process === undefined || isReaped(state, pid)) return yield* none(word);
  if (wanted !== "none") deliver(state, process, wanted);
  return 0;
}

/** How long another process takes to notice a signal, microseconds. */
const notice = 150;

/** A child acts on a signal only when it gets its turn; until then `jobs` shows it running. */
function deliver(state: ShellState, process: Process, signal: Signal): void {
  if (process.parent !== state.process) sendSignal(process, signal);
  else state.process.machine.clock.after(notice, () => sendSignal(process, signal));
}

/** Bash has noticed the end of its own children by then. */
function isReaped(state: ShellState, pid: number): boolean {
  const process = state.process.machine.processes.get(pid);
  return process?.exitStatus !== undefined && process.parent === state.process;
}

function* listSignals(state: ShellState, words: readonly string[]): Steps<number> {
  if (words.length === 0) return yield* say(state, "kill", signalTable());
  let status = 0;
  for (const word of words) {
    const number = Number(word);
    const name = SIGNALS[(number > 128 ? number - 128 : number) - 1];
    const signal = signalOf(word);
    if (/^\d+$/.test(word) && (name !== undefined || number === 0)) {
      yield* say(state, "kill", `${number === 0 ? "EXIT" : name}\n`);
    } else if (!/^\d+$/.test(word) && signal !== undefined) {
      yield* say(state, "kill", `${signalNumber(signal)}\n`);
    } else {
      yield* complain(state, `kill: ${word}: invalid signal specification`);
      status = 1;
    }
  }
  return status;
}

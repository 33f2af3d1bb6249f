// `timeout` of coreutils 9.1 (timeout(1)): runs a command in a process group of its own and sends a
// signal to the group when the time is over.
// Not simulated: --help, --version.

import { errnoText } from "../net/core/errno.ts";
import { timeout as timer, warn } from "../process/io.ts";
import type { ExitStatus, Process, Signal } from "../process/process.ts";
import { onSignal, sendSignal, signalGroup, spawn, waitFor } from "../process/processTable.ts";
import { exec, findProgram } from "../process/programLookup.ts";
import { signalNumber, signalOf } from "../process/signals.ts";
import { anyOf, type Execution, type Steps } from "../process/wait.ts";
import { notSimulated, tryHelp } from "./complain.ts";
import { getopt } from "./getopt.ts";
import { FOREVER, parseInterval } from "./interval.ts";

const TABLE = {
  short: "+k:s:v",
  long: {
    "kill-after": "k:",
    signal: "s:",
    verbose: "v",
    foreground: "foreground",
    "preserve-status": "preserve",
    help: "help",
    version: "version",
  },
};

type Settings = {
  signal: Signal;
  seconds: number;
  killAfter: number;
  verbose: boolean;
  foreground: boolean;
  preserve: boolean;
};

type Run = Settings & { readonly command: readonly string[]; timedOut: boolean };

/** Runs a command for a limited time. */
export function* timeout(self: Process): Execution {
  const name = self.argv[0] ?? "timeout";
  const given = getopt(self.argv, TABLE);
  const run: Run = {
    signal: "TERM",
    seconds: 0,
    killAfter: 0,
    verbose: false,
    foreground: false,
    preserve: false,
    command: given.operands.slice(1),
    timedOut: false,
  };
  for (const option of given.options) {
    if (option.name === "help" || option.name === "version") {
      return yield* notSimulated(self, `timeout --${option.name}`);
    }
    const error = setOption(run, option.name, option.value ?? "");
    if (error !== undefined) return yield* tryHelp(self, `${name}: ${error}`, 125);
  }
  if (given.error !== undefined) return yield* tryHelp(self, given.error, 125);
  if (given.operands.length < 2) return yield* tryHelp(self, undefined, 125);
  const duration = given.operands[0] ?? "";
  const seconds = parseInterval(duration);
  if (seconds === undefined) {
    return yield* tryHelp(self, `${name}: invalid time interval ‘${duration}’`, 125);
  }
  run.seconds = seconds;
  return yield* runCommand(self, run);
}

function setOption(run: Run, name: string, value: string): string | undefined {
  if (name === "k") {
    const seconds = parseInterval(value);
    if (seconds === undefined) return `invalid time interval ‘${value}’`;
    run.killAfter = seconds;
  } else if (name === "s") {
    const signal = signalOf(value);
    if (signal === undefined) return `‘${value}’: invalid signal`;
    run.signal = signal;
  } else if (name === "v") {
    run.verbose = true;
  } else if (name === "foreground") {
    run.foreground = true;
  } else {
    run.preserve = true;
  }
  return undefined;
}

function* runCommand(self: Process, run: Run): Execution {
  if (!run.foreground) self.processGroup = self.pid;
  onSignal(self, "TTIN", "ignore");
  onSignal(self, "TTOU", "ignore");
  const child = spawn(self, {
    argv: run.command,
    program: (started) => startCommand(started, run.command),
  });
  const forwarded: Signal[] = [];
  for (const signal of ["INT", "QUIT", "HUP", "TERM", run.signal] as const) {
    onSignal(self, signal, () => forwarded.push(signal));
  }
  const { clock } = self.machine;
  let due = deadline(clock.now, run.seconds);
  let signal = run.signal;
  while (child.exitStatus === undefined) {
    const asked = forwarded.shift();
    const over = clock.now >= due;
    if (asked !== undefined || over) {
      if (over) run.timedOut = true;
      yield* send(self, { child, run, signal: asked ?? signal });
      if (run.killAfter > 0) {
        due = deadline(clock.now, run.killAfter);
        signal = "KILL";
        run.killAfter = 0;
      } else if (over) {
        due = FOREVER * 10;
      }
      continue;
    }
    yield anyOf(child.changed.wait, timer(self, Math.min(FOREVER, due - clock.now)));
  }
  return endAs(self, run, yield* waitFor(self, child));
}

/** When so many seconds are over; 0 is never. */
function deadline(now: number, seconds: number): number {
  return seconds === 0 ? FOREVER * 10 : now + Math.min(FOREVER, Math.ceil(seconds * 1e6));
}

function* startCommand(child: Process, command: readonly string[]): Execution {
  onSignal(child, "TTIN", "default");
  onSignal(child, "TTOU", "default");
  const found = findProgram(child, command[0] ?? "");
  if ("errno" in found) {
    const text = errnoText(found.errno);
    yield* warn(child, `timeout: failed to run command ‘${command[0]}’: ${text}\n`);
    return found.errno === "ENOENT" ? 127 : 126;
  }
  return yield* exec(child, command);
}

function* send(
  self: Process,
  { child, run, signal }: { child: Process; run: Run; signal: Signal },
): Steps<void> {
  if (run.verbose) {
    yield* warn(self, `timeout: sending signal ${signal} to command ‘${run.command[0]}’\n`);
  }
  sendSignal(child, signal);
  if (run.foreground) return;
  onSignal(self, signal, "ignore");
  signalGroup(self.machine, self.processGroup, signal);
  if (signal !== "KILL" && signal !== "CONT") {
    sendSignal(child, "CONT");
    onSignal(self, "CONT", "ignore");
    signalGroup(self.machine, self.processGroup, "CONT");
  }
}

function endAs(self: Process, run: Run, status: ExitStatus): number {
  if ("code" in status) return run.timedOut && !run.preserve ? 124 : status.code;
  if (!run.timedOut) {
    onSignal(self, status.signal, "default");
    sendSignal(self, status.signal);
  }
  const preserve = run.preserve || status.signal === "KILL";
  return run.timedOut && !preserve ? 124 : 128 + signalNumber(status.signal);
}

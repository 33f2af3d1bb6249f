// `watch` of procps 4.0.2 (watch(1)): runs a command again and again and shows what it prints from
// the top of the terminal. It needs one.
// Not simulated: colours, --differences, --errexit, --chgexit, --equexit, --beep; without a terminal.

import { errnoText } from "../net/core/errno.ts";
import { print, readAll, timeout, warn } from "../process/io.ts";
import { dropFile } from "../process/openFiles.ts";
import { createPipe } from "../process/pipe.ts";
import type { Process } from "../process/process.ts";
import { onSignal, spawn, waitFor } from "../process/processTable.ts";
import { exec } from "../process/programLookup.ts";
import type { Execution, Steps } from "../process/wait.ts";
import { calendar, MONTHS, two, WEEKDAYS } from "./calendar.ts";
import { notSimulated } from "./complain.ts";
import { getopt } from "./getopt.ts";

const USAGE = `
Usage:
 watch [options] command

Options:
  -b, --beep             beep if command has a non-zero exit
  -c, --color            interpret ANSI color and style sequences
  -d, --differences[=<permanent>]
                         highlight changes between updates
  -e, --errexit          exit if command has a non-zero exit
  -g, --chgexit          exit when output from command changes
  -q, --equexit <cycles>
                         exit when output from command does not change
  -n, --interval <secs>  seconds to wait between updates
  -p, --precise          attempt run command in precise intervals
  -t, --no-title         turn off header
  -w, --no-wrap          turn off line wrapping
  -x, --exec             pass command to exec instead of "sh -c"

 -h, --help     display this help and exit
 -v, --version  output version information and exit

For more details see watch(1).
`;

const LONG = {
  beep: "b",
  color: "c",
  differences: "d::",
  errexit: "e",
  chgexit: "g",
  equexit: "q:",
  interval: "n:",
  precise: "p",
  "no-title": "t",
  "no-wrap": "w",
  exec: "x",
  help: "h",
  version: "v",
};

/** Shows what a command prints, again and again. */
export function* watch(self: Process): Execution {
  const given = getopt(self.argv, { short: "+bced::ghq:n:pvtwx", long: LONG });
  let interval = 2;
  for (const { name, value } of given.options) {
    if (name === "h") {
      yield* print(self, USAGE);
      return 0;
    }
    if (name === "v") {
      yield* print(self, "watch from procps-ng 4.0.2\n");
      return 0;
    }
    if ("bcdegq".includes(name)) return yield* notSimulated(self, `watch -${name}`);
    if (name === "n") interval = Math.min(86400, Math.max(0.1, Number(value) || 0.1));
  }
  if (given.error !== undefined || given.operands.length === 0) {
    yield* warn(self, `${given.error === undefined ? "" : `${given.error}\n`}${USAGE}`);
    return 1;
  }
  const terminal = self.files.get(1)?.terminal;
  if (terminal === undefined) return yield* notSimulated(self, "watch without a terminal");
  const has = (name: string) => given.options.some((option) => option.name === name);
  const command = has("x") ? given.operands : ["sh", "-c", given.operands.join(" ")];
  let ended = false;
  for (const signal of ["INT", "TERM", "HUP"] as const)
    onSignal(self, signal, () => (ended = true));
  yield* print(self, "\x1b[?1049h\x1b[H\x1b[2J");
  while (!ended) {
    const text = yield* capture(self, command);
    const title = has("t") ? "" : titleLine(self, interval, given.operands.join(" "));
    const room = terminal.rows - (has("t") ? 0 : 2);
    yield* print(self, `\x1b[H\x1b[2J${title}${fit(text, terminal.columns, room)}`);
    const end = self.machine.clock.now + interval * 1e6;
    while (!ended && self.machine.clock.now < end) {
      yield timeout(self, end - self.machine.clock.now);
    }
  }
  yield* print(self, `\x1b[${terminal.rows};1H\x1b[?1049l`);
  return 0;
}

/** Runs the command and takes all that it prints. */
function* capture(self: Process, command: readonly string[]): Steps<string> {
  const { readEnd, writeEnd } = createPipe(self.machine);
  const files = new Map(self.files);
  files.set(1, writeEnd);
  files.set(2, writeEnd);
  const child = spawn(self, {
    argv: command,
    files,
    program: function* (started): Execution {
      for (const signal of ["INT", "TERM", "HUP"] as const) onSignal(started, signal, "default");
      const code = yield* exec(started, command);
      if (code === 127 && command[0] !== "sh") {
        yield* warn(started, `watch: unable to execute '${command[0]}': ${errnoText("ENOENT")}\n`);
      }
      return code;
    },
  });
  dropFile(writeEnd);
  self.files.set(99, readEnd);
  const text = yield* readAll(self, 99);
  self.files.delete(99);
  dropFile(readEnd);
  yield* waitFor(self, child);
  return text;
}

function titleLine(self: Process, interval: number, command: string): string {
  const columns = self.files.get(1)?.terminal?.columns ?? 80;
  const time = calendar(self.machine.clock.now);
  const day = `${WEEKDAYS[time.weekday]?.slice(0, 3)} ${MONTHS[time.month - 1]?.slice(0, 3)}`;
  const clock = `${two(time.hour)}:${two(time.minute)}:${two(time.second)}`;
  const right = `${self.uts.hostname}: ${day} ${String(time.day).padStart(2)} ${clock} ${time.year}`;
  const left = `Every ${interval.toFixed(1)}s: ${command}`.slice(
    0,
    Math.max(0, columns - right.length - 1),
  );
  return `${left.padEnd(Math.max(0, columns - right.length))}${right}\n\n`;
}

/** As many lines as fit, each as long as fits. */
function fit(text: string, columns: number, rows: number): string {
  const lines = text.replace(/\n$/, "").split("\n").slice(0, Math.max(1, rows));
  return lines.map((line) => line.slice(0, columns)).join("\n");
}

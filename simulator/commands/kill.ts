// `kill` of procps 4.0.2 (kill(1)). A negative number is a process group, -1 is everybody.
// Not here: the kill that bash has built in. Not simulated: --queue.

import { errnoText } from "../net/core/errno.ts";
import { print, warn } from "../process/io.ts";
import type { Process, Signal } from "../process/process.ts";
import { groupMembers, sendSignal } from "../process/processTable.ts";
import { SIGNALS, signalNumber, signalOf } from "../process/signals.ts";
import type { Execution } from "../process/wait.ts";
import { notSimulated } from "./complain.ts";

const USAGE = `
Usage:
 kill [options] <pid> [...]

Options:
 <pid> [...]            send signal to every <pid> listed
 -<signal>, -s, --signal <signal>
                        specify the <signal> to be sent
 -q, --queue <value>    integer value to be sent with the signal
 -l, --list=[<signal>]  list all signal names, or convert one to a name
 -L, --table            list all signal names in a nice table

 -h, --help     display this help and exit
 -V, --version  output version information and exit

For more details see kill(1).
`;

/** As procps names them: IO is POLL. */
const NAMES = SIGNALS.map((signal) => (signal === "IO" ? "POLL" : signal));

/** All names, sixteen to a line. */
export const SIGNAL_LIST = `${NAMES.slice(0, 16).join(" ")}\n${NAMES.slice(16).join(" ")}\n`;

/** Sends a signal to processes. */
export function* kill(self: Process): Execution {
  const words = self.argv.slice(1);
  let signal: Signal | 0 | undefined = "TERM";
  const targets: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") {
      targets.push(...words.slice(at + 1));
      break;
    }
    if (word === "-h" || word === "--help") return yield* usage(self, true);
    if (word === "-V" || word === "--version") return yield* version(self);
    if (word === "-L" || word === "--table") return yield* table(self);
    if (word === "-l" || word.startsWith("--list")) {
      return yield* list(self, word.includes("=") ? word.slice(7) : words[at + 1]);
    }
    if (word === "-q" || word.startsWith("--queue"))
      return yield* notSimulated(self, "kill --queue");
    if (word === "-s" || word === "--signal") {
      signal = signalWord(words[++at] ?? "");
    } else if (word.startsWith("--signal=")) {
      signal = signalWord(word.slice(9));
    } else if (word.startsWith("-") && targets.length === 0 && !/^-\d{3,}$/.test(word)) {
      signal = signalWord(word.slice(1));
      if (signal === undefined) {
        yield* warn(self, `${self.argv[0]}: invalid argument ${word.charAt(1)}\n`);
        return yield* usage(self, false);
      }
    } else {
      targets.push(word);
    }
  }
  if (targets.length === 0) return yield* usage(self, false);
  return yield* sendAll(self, signal, targets);
}

function signalWord(word: string): Signal | 0 | undefined {
  return word === "0" ? 0 : signalOf(word);
}

function* usage(self: Process, asked: boolean): Execution {
  yield* asked ? print(self, USAGE) : warn(self, USAGE);
  return asked ? 0 : 1;
}

function* version(self: Process): Execution {
  yield* print(self, "kill from procps-ng 4.0.2\n");
  return 0;
}

function* table(self: Process): Execution {
  const cells = NAMES.map((name, index) => `${String(index + 1).padStart(2)} ${name.padEnd(8)}`);
  const rows: string[] = [];
  for (let at = 0; at < cells.length; at += 7) {
    const row = cells.slice(at, at + 7).join("");
    rows.push(cells.length - at >= 7 ? row.trimEnd() : row);
  }
  yield* print(self, `${rows.join("\n")}\n`);
  return 0;
}

function* list(self: Process, word: string | undefined): Execution {
  if (word === undefined) {
    yield* print(self, SIGNAL_LIST);
    return 0;
  }
  const signal = signalOf(word);
  if (signal === undefined) {
    yield* warn(self, `${self.argv[0]}: unknown signal name ${word}\n`);
    return 0;
  }
  const number = signalNumber(signal);
  yield* print(self, `${/^\d/.test(word) ? NAMES[number - 1] : number}\n`);
  return 0;
}

function* sendAll(
  self: Process,
  signal: Signal | 0 | undefined,
  targets: readonly string[],
): Execution {
  let code = 0;
  for (const word of targets) {
    if (!/^-?\d{1,10}$/.test(word)) {
      yield* warn(self, `${self.argv[0]}: failed to parse argument: '${word}'\n`);
      code = 1;
      continue;
    }
    const pid = Number(word);
    const found = processesOf(self, pid);
    const errno = signal === undefined ? "EINVAL" : found.length === 0 ? "ESRCH" : undefined;
    if (errno !== undefined) {
      yield* warn(self, `${self.argv[0]}: (${pid}): ${errnoText(errno)}\n`);
      code = 1;
    } else if (signal !== 0 && signal !== undefined) {
      for (const process of found) sendSignal(process, signal);
    }
  }
  return code;
}

/** Whom kill(2) means by a number. */
export function processesOf(self: Process, pid: number): readonly Process[] {
  const { processes } = self.machine;
  if (pid > 0) {
    const process = processes.get(pid);
    return process === undefined ? [] : [process];
  }
  if (pid === -1) return [...processes.values()].filter((each) => each.pid > 1 && each !== self);
  return groupMembers(self.machine, pid === 0 ? self.processGroup : -pid);
}

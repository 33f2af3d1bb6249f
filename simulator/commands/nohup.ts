// Commands that start another one in a changed setting: `nohup`, `nice` and `stdbuf` of coreutils 9.1,
// `setsid` of util-linux 2.38.
// Not simulated: buffers that -o, -i and -e ask for (programs here write at once), priorities themselves (the number is kept in the environment's stead), --help.

import type { Errno } from "../net/core/errno.ts";
import { errnoText } from "../net/core/errno.ts";
import { print, warn } from "../process/io.ts";
import { setFile } from "../process/openFiles.ts";
import type { Process } from "../process/process.ts";
import { beginSession, onSignal, spawn, statusNumber, waitFor } from "../process/processTable.ts";
import { exec, findProgram } from "../process/programLookup.ts";
import { signalNumber } from "../process/signals.ts";
import type { Execution } from "../process/wait.ts";
import { fail, notSimulated, tryHelp } from "./complain.ts";
import { getopt } from "./getopt.ts";

const HELP = { help: "help", version: "version" };

/** Goes on as another program, or says why not. */
function* become(
  self: Process,
  words: readonly string[],
  refuse: (errno: Errno) => string,
): Execution {
  const found = findProgram(self, words[0] ?? "");
  if (!("errno" in found)) return yield* exec(self, words);
  yield* warn(self, `${refuse(found.errno)}\n`);
  return found.errno === "ENOENT" ? 127 : 126;
}

/** Runs a command that a hang-up does not end. */
export function* nohup(self: Process): Execution {
  const given = getopt(self.argv, { short: "+", long: HELP });
  const [option] = given.options;
  if (option !== undefined) return yield* notSimulated(self, `nohup --${option.name}`);
  if (given.error !== undefined) return yield* tryHelp(self, given.error, 125);
  if (given.operands.length === 0) return yield* tryHelp(self, "nohup: missing operand", 125);
  const refusal = yield* redirectTerminal(self);
  if (refusal !== 0) return refusal;
  onSignal(self, "HUP", "ignore");
  const refuse = (errno: Errno) =>
    `nohup: failed to run command '${given.operands[0]}': ${errnoText(errno)}`;
  return yield* become(self, given.operands, refuse);
}

function* redirectTerminal(self: Process): Execution {
  const { files } = self.machine;
  const isTerminal = (fd: number) => self.files.get(fd)?.kind === "tty";
  const [input, output, errors] = [isTerminal(0), isTerminal(1), isTerminal(2)];
  if (input) {
    const nothing = files.open(self, "/dev/null", { write: true });
    if (!("errno" in nothing)) setFile(self, 0, nothing);
  }
  if (output) {
    const file = files.open(self, "nohup.out", { write: true, create: true, append: true });
    if ("errno" in file) {
      yield* fail(self, `failed to open 'nohup.out': ${errnoText(file.errno)}`);
      return 125;
    }
    setFile(self, 1, file);
    const start = input ? "ignoring input and appending" : "appending";
    yield* warn(self, `nohup: ${start} output to 'nohup.out'\n`);
  } else if (input && !errors) {
    yield* warn(self, "nohup: ignoring input\n");
  } else if (errors) {
    const start = input ? "ignoring input and redirecting" : "redirecting";
    yield* warn(self, `nohup: ${start} stderr to stdout\n`);
  }
  const out = self.files.get(1);
  if (errors && out !== undefined) {
    out.references += 1;
    setFile(self, 2, out);
  }
  return 0;
}

/** Shows the niceness, 0, or runs a command: all are as nice. */
export function* nice(self: Process): Execution {
  const argv = self.argv.map((word, index) =>
    index === 1 && /^-{1,2}\d+$/.test(word) ? `-n${word.slice(1)}` : word,
  );
  const given = getopt(argv, { short: "+n:", long: { adjustment: "n:", ...HELP } });
  const odd = given.options.find(({ name }) => name !== "n");
  if (odd !== undefined) return yield* notSimulated(self, `nice --${odd.name}`);
  if (given.error !== undefined) return yield* tryHelp(self, given.error, 125);
  const adjustment = given.options.at(-1)?.value;
  if (adjustment !== undefined && !/^[-+]?\d+$/.test(adjustment)) {
    return yield* fail(self, `invalid adjustment ‘${adjustment}’`, 125);
  }
  if (given.operands.length === 0) {
    if (adjustment !== undefined) {
      return yield* tryHelp(self, "nice: a command must be given with an adjustment", 125);
    }
    yield* print(self, "0\n");
    return 0;
  }
  const refuse = (errno: Errno) => `nice: ‘${given.operands[0]}’: ${errnoText(errno)}`;
  return yield* become(self, given.operands, refuse);
}

/** Runs a command with other buffers. */
export function* stdbuf(self: Process): Execution {
  const given = getopt(self.argv, {
    short: "+i:o:e:",
    long: { input: "i:", output: "o:", error: "e:", ...HELP },
  });
  for (const { name, value = "" } of given.options) {
    if (name === "help" || name === "version") return yield* notSimulated(self, `stdbuf --${name}`);
    if (name === "i" && value === "L") {
      return yield* tryHelp(self, "stdbuf: line buffering stdin is meaningless", 125);
    }
    if (value !== "L" && !/^\d+[kKMGTPEZY]?(i?B)?$/.test(value)) {
      return yield* fail(self, `invalid mode ‘${value}’`, 125);
    }
  }
  if (given.error !== undefined) return yield* tryHelp(self, given.error, 125);
  if (given.operands.length === 0) return yield* tryHelp(self, "stdbuf: missing operand", 125);
  if (given.options.length === 0) {
    return yield* tryHelp(self, "stdbuf: you must specify a buffering mode option", 125);
  }
  const refuse = (errno: Errno) =>
    `stdbuf: failed to run command ‘${given.operands[0]}’: ${errnoText(errno)}`;
  return yield* become(self, given.operands, refuse);
}

/** Runs a command in a new session. */
export function* setsid(self: Process): Execution {
  const long = { ctty: "c", fork: "f", wait: "w", help: "h", version: "V" };
  const given = getopt(self.argv, { short: "+cfwhV", long });
  const odd = given.options.find(({ name }) => "chV".includes(name));
  if (odd !== undefined) return yield* notSimulated(self, `setsid -${odd.name}`);
  if (given.error !== undefined) return yield* tryHelp(self, given.error);
  if (given.operands.length === 0) return yield* tryHelp(self, "setsid: no command specified");
  const has = (name: string) => given.options.some((option) => option.name === name);
  const refuse = (errno: Errno) =>
    `setsid: failed to execute ${given.operands[0]}: ${errnoText(errno)}`;
  const start = function* (process: Process): Execution {
    beginSession(process);
    return yield* become(process, given.operands, refuse);
  };
  if (!has("f") && self.processGroup !== self.pid) return yield* start(self);
  const child = spawn(self, { argv: self.argv, program: start });
  if (!has("w")) return 0;
  return statusNumber(yield* waitFor(self, child), signalNumber);
}

// `killall` of psmisc 23.6 (killall(1)): sends a signal to every process of a name.
// Not simulated: --regexp, --interactive, --wait, --younger-than, --older-than, --user, --ns.

import { print, warn } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import { sendSignal } from "../process/processTable.ts";
import { signalNumber, signalOf } from "../process/signals.ts";
import type { Execution } from "../process/wait.ts";
import { notSimulated } from "./complain.ts";
import { getopt } from "./getopt.ts";
import { SIGNAL_LIST } from "./kill.ts";

const USAGE = `Usage: killall [OPTION]... [--] NAME...
       killall -l, --list
       killall -V, --version

  -e,--exact          require exact match for very long names
  -I,--ignore-case    case insensitive process name match
  -g,--process-group  kill process group instead of process
  -y,--younger-than   kill processes younger than TIME
  -o,--older-than     kill processes older than TIME
  -i,--interactive    ask for confirmation before killing
  -l,--list           list all known signal names
  -q,--quiet          don't print complaints
  -r,--regexp         interpret NAME as an extended regular expression
  -s,--signal SIGNAL  send this signal instead of SIGTERM
  -u,--user USER      kill only process(es) running as USER
  -v,--verbose        report if the signal was successfully sent
  -V,--version        display version information
  -w,--wait           wait for processes to die
  -n,--ns PID         match processes that belong to the same namespaces
                      as PID
  -Z,--context REGEXP kill only process(es) having context
                      (must precede other arguments)

`;

const LONG = {
  exact: "e",
  "ignore-case": "I",
  "process-group": "g",
  list: "l",
  quiet: "q",
  signal: "s:",
  verbose: "v",
  version: "V",
};

/** Sends a signal to processes by name. */
export function* killall(self: Process): Execution {
  const at = self.argv.findIndex((word) => /^-(\d+|(SIG)?[A-Z]{3,}[0-9]?)$/.test(word));
  const short = at < 0 ? undefined : (self.argv[at] ?? "").slice(1);
  const argv = self.argv.filter((_, index) => index !== at);
  const given = getopt(argv, { short: "egIiyorwu:n:Zs:lqvV", long: LONG });
  let word = short ?? "TERM";
  for (const { name, value } of given.options) {
    if (name === "l") {
      yield* print(self, SIGNAL_LIST);
      return 0;
    }
    if ("iyorwunZV".includes(name)) return yield* notSimulated(self, `killall -${name}`);
    if (name === "s") word = value ?? "";
  }
  if (given.error !== undefined || given.operands.length === 0) {
    yield* warn(self, USAGE);
    return 1;
  }
  const signal = signalOf(word);
  if (signal === undefined) {
    yield* warn(self, `${word}: unknown signal; killall -l lists signals.\n`);
    return 1;
  }
  const has = (name: string) => given.options.some((option) => option.name === name);
  const fold = (text: string) => (has("I") ? text.toLowerCase() : text);
  let code = 0;
  for (const name of given.operands) {
    const found = [...self.machine.processes.values()].filter(
      (each) =>
        each !== self && each.state !== "zombie" && fold(each.name) === fold(name.slice(0, 15)),
    );
    if (found.length === 0) {
      if (!has("q")) yield* warn(self, `${name}: no process found\n`);
      code = 1;
    }
    for (const process of found) {
      sendSignal(process, signal);
      if (has("v")) {
        const text = `${process.name}(${process.pid}) with signal ${signalNumber(signal)}`;
        yield* warn(self, `Killed ${text}\n`);
      }
    }
  }
  return code;
}

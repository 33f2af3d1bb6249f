// `uname`, `arch` and `nproc` of coreutils 9.1 (uname(1), arch(1), nproc(1)).
// Not simulated: --help, --version.

import { KERNEL } from "../net/core/kernelRelease.ts";
import { print } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import type { Execution } from "../process/wait.ts";
import { notSimulated, tryHelp } from "./complain.ts";
import { getopt } from "./getopt.ts";

const LONG = {
  all: "a",
  "kernel-name": "s",
  sysname: "s",
  nodename: "n",
  "kernel-release": "r",
  release: "r",
  "kernel-version": "v",
  machine: "m",
  processor: "p",
  "hardware-platform": "i",
  "operating-system": "o",
  help: "help",
  version: "version",
};

/** Options in the order in which what they ask for is printed. */
const ORDER = "snrvmpio";

/** Prints names of the system. */
export function* uname(self: Process): Execution {
  const given = getopt(self.argv, { short: "asnrvmpio", long: LONG });
  const asked = new Set<string>();
  for (const { name } of given.options) {
    if (name.length > 1) return yield* notSimulated(self, `uname --${name}`);
    for (const each of name === "a" ? "snrvmo" : name) asked.add(each);
  }
  if (given.error !== undefined) return yield* tryHelp(self, given.error);
  const [extra] = given.operands;
  if (extra !== undefined) {
    return yield* tryHelp(self, `${self.argv[0]}: extra operand ‘${extra}’`);
  }
  if (asked.size === 0) asked.add("s");
  const values: Record<string, string> = {
    s: KERNEL.name,
    n: self.uts.hostname,
    r: KERNEL.release,
    v: KERNEL.version,
    m: KERNEL.machine,
    p: "unknown",
    i: "unknown",
    o: "GNU/Linux",
  };
  const words = [...ORDER].filter((name) => asked.has(name)).map((name) => values[name]);
  yield* print(self, `${words.join(" ")}\n`);
  return 0;
}

/** The same for both: no operands, no options. */
function* printOne(self: Process, text: string): Execution {
  const given = getopt(self.argv, { short: "", long: { help: "help", version: "version" } });
  const [option] = given.options;
  if (option !== undefined) return yield* notSimulated(self, `${self.name} --${option.name}`);
  if (given.error !== undefined) return yield* tryHelp(self, given.error);
  const [extra] = given.operands;
  if (extra !== undefined) {
    return yield* tryHelp(self, `${self.argv[0]}: extra operand ‘${extra}’`);
  }
  yield* print(self, `${text}\n`);
  return 0;
}

/** Prints the machine's name. */
export function arch(self: Process): Execution {
  return printOne(self, KERNEL.machine);
}

/** Prints how many CPUs there are. */
export function nproc(self: Process): Execution {
  return printOne(self, "1");
}

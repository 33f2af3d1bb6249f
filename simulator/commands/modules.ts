// `lsmod`, `modprobe` and `rmmod` of kmod 30: the modules that the kernel of this machine has in it.
// They are there from the start, and taking one out changes nothing but the list.
// Not simulated: loading for the first time, dependencies, parameters, modinfo.

import { KERNEL } from "../net/core/kernelRelease.ts";
import { print, warn } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import type { Execution } from "../process/wait.ts";
import { notSimulated } from "./complain.ts";
import { getopt } from "./getopt.ts";

/** Name, size, users and who uses it, in lsmod's order on the machine that we follow. */
const MODULES: readonly (readonly [name: string, size: number, users: string])[] = [
  ["dummy", 16384, "0"],
  ["macvlan", 28672, "0"],
  ["8021q", 40960, "0"],
  ["garp", 16384, "1 8021q"],
  ["mrp", 20480, "1 8021q"],
  ["bridge", 294912, "0"],
  ["stp", 16384, "2 bridge,garp"],
  ["llc", 16384, "3 bridge,stp,garp"],
  ["veth", 36864, "0"],
];

/** Lists modules. */
export function* lsmod(self: Process): Execution {
  if (self.argv.length > 1) {
    yield* warn(self, "Usage: lsmod\n");
    return 1;
  }
  const rows = MODULES.map(
    ([name, size, users]) => `${name.padEnd(19)} ${String(size).padStart(8)}  ${users}\n`,
  );
  yield* print(self, `Module                  Size  Used by\n${rows.join("")}`);
  return 0;
}

function isKnown(word: string): boolean {
  const name = word.replaceAll("-", "_").replace(/^rtnl_link_/, "");
  return MODULES.some(([each]) => each === name);
}

/** Loads modules: those that are known are there already. */
export function* modprobe(self: Process): Execution {
  const given = getopt(self.argv, {
    short: "arRibfDcnC:d:S:qsvVh",
    long: {
      all: "a",
      remove: "r",
      quiet: "q",
      verbose: "v",
      "dry-run": "n",
      show: "n",
      version: "V",
    },
  });
  const has = (name: string) => given.options.some((option) => option.name === name);
  if (given.error !== undefined) {
    yield* warn(self, `${given.error}\n`);
    return 1;
  }
  const odd = given.options.find(({ name }) => "RDcCdShV".includes(name));
  if (odd !== undefined) return yield* notSimulated(self, `modprobe -${odd.name}`);
  const names = has("a") || has("r") ? given.operands : given.operands.slice(0, 1);
  if (names.length === 0) {
    yield* warn(self, "modprobe: ERROR: missing parameters. See -h.\n");
    return 1;
  }
  let code = 0;
  for (const name of names) {
    if (isKnown(name)) continue;
    code = 1;
    if (has("q")) continue;
    const place = has("r") ? "" : ` in directory /lib/modules/${KERNEL.release}`;
    yield* warn(self, `modprobe: FATAL: Module ${name} not found${place}${has("r") ? "." : ""}\n`);
  }
  return code;
}

/** Takes modules out. */
export function* rmmod(self: Process): Execution {
  const given = getopt(self.argv, { short: "fhsvV", long: { force: "f", verbose: "v" } });
  if (given.error !== undefined) {
    yield* warn(self, `${given.error}\n`);
    return 1;
  }
  if (given.operands.length === 0) {
    yield* warn(self, "rmmod: ERROR: missing module name.\n");
    return 1;
  }
  let code = 0;
  for (const name of given.operands) {
    if (isKnown(name)) continue;
    yield* warn(self, `rmmod: ERROR: Module ${name} is not currently loaded\n`);
    code = 1;
  }
  return code;
}

// `dmesg` of util-linux 2.38 (dmesg(1)): what the kernel has logged. Lines begin with the seconds
// since the machine was made.
// Not simulated: levels and facilities of lines, --follow, colours, filters.

import { print } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import type { Execution } from "../process/wait.ts";
import { calendar, MONTHS, two, WEEKDAYS } from "./calendar.ts";
import { notSimulated, tryHelp } from "./complain.ts";
import { getopt } from "./getopt.ts";

const TABLE = {
  short: "CcDdEeF:f:HhJkL::l:n:Pprs:STtuVwWx",
  long: {
    clear: "C",
    "read-clear": "c",
    "console-level": "n:",
    "console-on": "E",
    "console-off": "D",
    kernel: "k",
    nopager: "P",
    color: "L::",
    ctime: "T",
    notime: "t",
    help: "h",
    version: "V",
    follow: "w",
    level: "l:",
    human: "H",
    raw: "r",
    decode: "x",
  },
};

/** Shows or clears the kernel's log. */
export function* dmesg(self: Process): Execution {
  const given = getopt(self.argv, TABLE);
  const odd = given.options.find(({ name }) => !"CcDEkLnPTtV".includes(name));
  if (odd !== undefined) return yield* notSimulated(self, `dmesg -${odd.name}`);
  if (given.error !== undefined) return yield* tryHelp(self, given.error);
  const has = (name: string) => given.options.some((option) => option.name === name);
  const { log } = self.machine.kernel;
  if (has("V")) {
    yield* print(self, "dmesg from util-linux 2.38.1\n");
  } else if (!has("C") && !has("n") && !has("D") && !has("E")) {
    const lines = log.map((line) => lineAs(self, line, has("t") ? "bare" : has("T") ? "date" : ""));
    yield* print(self, lines.map((line) => `${line}\n`).join(""));
  }
  if (has("C") || has("c")) log.length = 0;
  return 0;
}

function lineAs(self: Process, line: string, look: string): string {
  const [, seconds = "0", text = line] = /^\[\s*([\d.]+)\] ([\s\S]*)$/.exec(line) ?? [];
  if (look === "bare") return text;
  if (look === "") return line;
  const time = calendar(self.machine.clock.start + Math.round(Number(seconds) * 1e6));
  const day = `${WEEKDAYS[time.weekday]?.slice(0, 3)} ${MONTHS[time.month - 1]?.slice(0, 3)}`;
  const clock = `${two(time.hour)}:${two(time.minute)}:${two(time.second)}`;
  return `[${day} ${String(time.day).padStart(2)} ${clock} ${time.year}] ${text}`;
}

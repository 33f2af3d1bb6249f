// umask, ulimit, times.
// Source: bash(1); formats by experiment with bash 5.2.
// Not simulated: limits that bind; ulimit only tells them.

import type { Steps } from "../../process/wait.ts";
import { complain, refuse, say } from "../messages.ts";
import type { ShellState } from "../shellState.ts";
import { type Builtin, readOptions } from "./builtin.ts";

/** umask. */
export const umask: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "Sp");
  if (options === undefined) return 2;
  const { flags, rest } = options;
  const [word] = rest;
  if (word === undefined) {
    const shown = flags.has("S") ? symbolic(state.process.umask) : octal(state.process.umask);
    return yield* say(state, "umask", `${flags.has("p") ? "umask " : ""}${shown}\n`);
  }
  if (/^\d/.test(word)) {
    if (!/^[0-7]+$/.test(word) || Number.parseInt(word, 8) > 0o777) {
      return yield* refuse(state, `umask: ${word}: octal number out of range`);
    }
    state.process.umask = Number.parseInt(word, 8);
    return 0;
  }
  const mask = applySymbolic(state.process.umask, word);
  if (typeof mask === "string") return yield* refuse(state, `umask: ${mask}`);
  state.process.umask = mask;
  return flags.has("S") ? yield* say(state, "umask", `${symbolic(mask)}\n`) : 0;
};

const octal = (mask: number): string => mask.toString(8).padStart(4, "0");

function symbolic(mask: number): string {
  const rights = (shift: number) =>
    [..."rwx"].filter((_, at) => ((mask >> shift) & (4 >> at)) === 0).join("");
  return `u=${rights(6)},g=${rights(3)},o=${rights(0)}`;
}

const shifts: Readonly<Record<string, readonly number[]>> = {
  u: [6],
  g: [3],
  o: [0],
  a: [6, 3, 0],
};

function applySymbolic(mask: number, text: string): number | string {
  let allowed = ~mask & 0o777;
  for (const clause of text.split(",")) {
    const match = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(clause);
    if (match === null) {
      const bad = clause.replace(/^[ugoa]*/, "").slice(0, 1);
      return `\`${bad}': invalid symbolic mode operator`;
    }
    const [, who = "", operator = "=", rights = ""] = match;
    const bits = [...rights].reduce((sum, one) => sum | ({ r: 4, w: 2, x: 1 }[one] ?? 0), 0);
    for (const one of who === "" ? "a" : who) {
      for (const shift of shifts[one] ?? []) {
        if (operator === "=") allowed &= ~(7 << shift);
        if (operator === "-") allowed &= ~(bits << shift);
        else allowed |= bits << shift;
      }
    }
  }
  return ~allowed & 0o777;
}

const limits: readonly (readonly [string, string, string, string])[] = [
  ["R", "real-time non-blocking time", "microseconds", "unlimited"],
  ["c", "core file size", "blocks", "0"],
  ["d", "data seg size", "kbytes", "unlimited"],
  ["e", "scheduling priority", "", "0"],
  ["f", "file size", "blocks", "unlimited"],
  ["i", "pending signals", "", "1721"],
  ["l", "max locked memory", "kbytes", "8192"],
  ["m", "max memory size", "kbytes", "unlimited"],
  ["n", "open files", "", "1024"],
  ["p", "pipe size", "512 bytes", "8"],
  ["q", "POSIX message queues", "bytes", "819200"],
  ["r", "real-time priority", "", "0"],
  ["s", "stack size", "kbytes", "8192"],
  ["t", "cpu time", "seconds", "unlimited"],
  ["u", "max user processes", "", "1721"],
  ["v", "virtual memory", "kbytes", "unlimited"],
  ["x", "file locks", "", "unlimited"],
];

/** ulimit. */
export const ulimit: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "SHabcdefiklmnpqrstuvxPRT");
  if (options === undefined) return 2;
  const { flags, rest } = options;
  if (flags.has("a")) {
    const lines = limits.map(([letter, name, unit, value]) => {
      const how = unit === "" ? `(-${letter})` : `(${unit}, -${letter})`;
      return `${name.padEnd(28 - 0)}${how.padStart(20)} ${value}\n`;
    });
    return yield* say(state, "ulimit", lines.join(""));
  }
  const letters = [...flags].filter((letter) => letter !== "S" && letter !== "H");
  if (rest.length > 0) return yield* check(state, rest[0] ?? "");
  for (const letter of letters.length === 0 ? ["f"] : letters) {
    const value = limits.find(([known]) => known === letter)?.[3] ?? "unlimited";
    yield* say(state, "ulimit", `${value}\n`);
  }
  return 0;
};

function* check(state: ShellState, word: string): Steps<number> {
  if (/^(?:\d+|unlimited|hard|soft)$/.test(word)) return 0;
  yield* complain(state, `ulimit: ${word}: invalid number`);
  return 1;
}

/** times. */
export const times: Builtin = function* (state) {
  return yield* say(state, "times", "0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n");
};

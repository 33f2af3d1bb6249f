// One file of /proc/sys as the kernel sees it, and how written text becomes numbers
// (linux/kernel/sysctl.c, proc_dointvec and its relatives). Texts are without the final newline.
// A number may be decimal, octal with 0, or hexadecimal with 0x; what follows the last number that
// a file has room for is ignored; a number out of range is EINVAL and changes nothing.
// Not here: which files there are (sysctl.ts).

import type { Refusal } from "./errno.ts";

/** One file: its mode, its text now, and what becomes of a text that is written. */
export type SysctlEntry = {
  readonly mode: number;
  read(): string | Refusal;
  write(text: string): Refusal | undefined;
};

/** EINVAL. */
export const INVALID: Refusal = { errno: "EINVAL" };

/** The numbers at the beginning of a text, at most `count`; INVALID when there is none in range. */
export function parseNumbers(
  text: string,
  count: number,
  low: number,
  high: number,
): readonly number[] | Refusal {
  const numbers: number[] = [];
  const pattern = /[ \t\n]*(-?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)(?=[ \t\n]|$)/y;
  while (numbers.length < count) {
    const match = pattern.exec(text);
    const [, sign, digits = ""] = match ?? [];
    if (match === null || digits.length > 20) break;
    const size = /^0[0-7]/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
    const number = sign === "-" ? 0 - size : size;
    if (number < low || number > high) return INVALID;
    numbers.push(number);
  }
  return numbers.length === 0 ? INVALID : numbers;
}

/** One number at the beginning of a text. */
export function parseNumber(text: string, low = -0x80000000, high = 0x7fffffff): number | Refusal {
  const numbers = parseNumbers(text, 1, low, high);
  return "errno" in numbers ? numbers : (numbers[0] ?? INVALID);
}

/** A file that holds one number. */
export function numberEntry(
  get: () => number,
  set: (value: number) => Refusal | undefined,
  range: readonly [low: number, high: number] = [-0x80000000, 0x7fffffff],
): SysctlEntry {
  return {
    mode: 0o644,
    read: () => String(get()),
    write(text) {
      const value = parseNumber(text, range[0], range[1]);
      return typeof value === "number" ? set(value) : value;
    },
  };
}

/** A file that can only be read. */
export function fixedEntry(text: string): SysctlEntry {
  return { mode: 0o444, read: () => text, write: () => ({ errno: "EACCES" }) };
}

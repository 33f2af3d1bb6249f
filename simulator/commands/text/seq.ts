// `seq` of coreutils 9.1 (seq(1)).
// Not simulated: hexadecimal floating point, more digits than JavaScript's numbers have.

import type { Process } from "../../process/process.ts";
import { pause } from "../../process/scheduler.ts";
import type { Execution } from "../../process/wait.ts";
import { formatFloat } from "../../shell/builtins/floatFormat.ts";
import { fail, tryHelp } from "../complain.ts";
import { quote } from "../quoteName.ts";
import { has, lastValue, openTool, readOptions } from "../tool.ts";

const TABLE = { short: "+f:s:w", long: { format: "f:", separator: "s:", "equal-width": "w" } };

/** How many decimals a number was given with, and how many characters before them. */
type Operand = { readonly value: number; readonly decimals: number; readonly width: number };

/** Prints numbers from one to another. */
export function* seq(self: Process): Execution {
  const argv = [...self.argv];
  argv.splice(operandIndex(argv), 0, "--");
  const given = yield* readOptions(self, TABLE, { argv });
  if (typeof given === "number") return given;
  const { operands } = given;
  const complain = (text: string) => tryHelp(self, `${self.argv[0]}: ${text}`);
  if (operands.length === 0) return yield* complain("missing operand");
  if (operands.length > 3) return yield* complain(`extra operand ${quote(operands[3] ?? "")}`);
  const format = lastValue(given, "f");
  const wrong = format === undefined ? undefined : formatError(format);
  if (wrong !== undefined) return yield* fail(self, wrong);
  if (format !== undefined && has(given, "w")) {
    return yield* complain("format string may not be specified when printing equal width strings");
  }
  const numbers: Operand[] = [];
  for (const text of operands) {
    const operand = parseOperand(text);
    if (operand === undefined) {
      return yield* complain(`invalid floating point argument: ${quote(text)}`);
    }
    numbers.push(operand);
  }
  const last = numbers.at(-1);
  const first = numbers.length > 1 ? numbers[0] : ONE;
  const step = numbers.length > 2 ? numbers[1] : ONE;
  if (last === undefined || first === undefined || step === undefined) return 1;
  if (step.value === 0) {
    return yield* complain(`invalid Zero increment value: ${quote(operands[1] ?? "")}`);
  }
  const range = { first, step, last };
  const separator = lastValue(given, "s") ?? "\n";
  const huge =
    operands.some((word) => word.length > 15) && operands.every((word) => /^\d+$/.test(word));
  if (huge && format === undefined) {
    const [from, by, to] = [
      operands.length > 1 ? operands[0] : "1",
      operands.length > 2 ? operands[1] : "1",
      operands.at(-1),
    ].map((word) => BigInt(word ?? "1"));
    return yield* printHuge(self, [from ?? 1n, by ?? 1n, to ?? 1n], separator);
  }
  const text = textOf(range, { format, equal: has(given, "w") });
  return yield* printAll(self, range, { text, separator });
}

/** Where the first number stands; it may begin with a minus sign. */
function operandIndex(argv: readonly string[]): number {
  let at = 1;
  for (; /^-(?![.\d])./.test(argv[at] ?? "") && argv[at] !== "--"; at++) {
    if (/^(-w*[sf]|--separator|--format)$/.test(argv[at] ?? "")) at += 1;
  }
  return Math.min(at, argv.length);
}

const ONE: Operand = { value: 1, decimals: 0, width: 1 };

type Range = { readonly first: Operand; readonly step: Operand; readonly last: Operand };

function parseOperand(text: string): Operand | undefined {
  const match = /^\s*([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/.exec(text);
  if (match === null) {
    const infinite = /^[-+]?inf(inity)?$/i.test(text);
    if (infinite) {
      return { value: text.startsWith("-") ? -Infinity : Infinity, decimals: 0, width: 0 };
    }
    const hexadecimal = /^[-+]?0x[0-9a-f]+$/i.test(text);
    const size = Number(text.replace(/^[-+]/, ""));
    return hexadecimal
      ? { value: text.startsWith("-") ? -size : size, decimals: 0, width: text.length }
      : undefined;
  }
  const [, sign = "", whole = "", fraction, exponent = "0"] = match;
  if (whole === "" && (fraction === undefined || fraction === "")) return undefined;
  const decimals = Math.max(0, (fraction?.length ?? 0) - Number(exponent));
  const value = Number(text.trim());
  const digits = whole.length + (whole === "" ? 1 : 0) + Math.max(0, Number(exponent));
  return { value, decimals, width: digits + (sign === "-" ? 1 : 0) };
}

function formatError(format: string): string | undefined {
  const directives = format.replaceAll("%%", "").match(/%[^%]*/g) ?? [];
  if (directives.length === 0) return `format ${quote(format)} has no % directive`;
  if (directives.length > 1) return `format ${quote(format)} has too many % directives`;
  const directive = /^%[-+ 0#']*\d*(?:\.\d*)?L?(.?)/s.exec(directives[0] ?? "");
  const letter = directive?.[1] ?? "";
  if (letter === "") return `format ${quote(format)} ends in %`;
  return /[efgaEFGA]/.test(letter)
    ? undefined
    : `format ${quote(format)} has unknown %${letter} directive`;
}

type Look = { readonly format: string | undefined; readonly equal: boolean };

function textOf({ first, step, last }: Range, { format, equal }: Look): (value: number) => string {
  if (format !== undefined) {
    const match = /^((?:[^%]|%%)*)%([-+ 0#']*)(\d*)(?:\.(\d*))?L?([efgaEFGA])(.*)$/s.exec(format);
    const [, before = "", flags = "", width = "", places, letter = "g", after = ""] = match ?? [];
    const precision = places === undefined ? undefined : Math.min(1000, Number(places));
    const shape = { flags, width: Math.min(1000, Number(width)), precision };
    const plain = (text: string) => text.replaceAll("%%", "%");
    return (value) => plain(before) + formatFloat(value, shape, letter) + plain(after);
  }
  const decimals = Math.max(first.decimals, step.decimals);
  const plain = (value: number) =>
    Number.isFinite(value)
      ? formatFloat(value, { flags: "", width: 0, precision: decimals }, "f")
      : "inf";
  if (!equal) return plain;
  const part = decimals === 0 ? 0 : decimals + 1;
  const width = Math.max(first.width, last.width) + part;
  return (value) => {
    const text = plain(Math.abs(value));
    return value < 0 ? `-${text.padStart(width - 1, "0")}` : text.padStart(width, "0");
  };
}

function* printAll(
  self: Process,
  { first, step, last }: Range,
  { text, separator }: { text: (value: number) => string; separator: string },
): Execution {
  const tool = openTool(self);
  const end = last.value;
  // Decimal fractions must not miss the last one by a rounding error.
  const slack = first.decimals + step.decimals > 0 ? Math.abs(step.value) * 1e-9 : 0;
  for (let count = 0; ; count++) {
    const value = first.value + count * step.value;
    if (step.value > 0 ? value > end + slack : value < end - slack) {
      if (count > 0) tool.add("\n");
      break;
    }
    if (tool.add(count === 0 ? text(value) : separator + text(value))) yield* tool.flush();
    if (count % 4096 === 4095) {
      self.machine.clock.spend(200);
      yield pause;
      if (tool.failed) break;
    }
  }
  return yield* tool.end(0);
}

/** Whole numbers that JavaScript's are too coarse for. */
function* printHuge(
  self: Process,
  [first, step, last]: readonly [bigint, bigint, bigint],
  separator: string,
): Execution {
  const tool = openTool(self);
  for (let value = first; value <= last; value += step) {
    if (tool.add(value === first ? `${value}` : `${separator}${value}`)) {
      yield* tool.flush();
      self.machine.clock.spend(50);
      yield pause;
      if (tool.failed) break;
    }
  }
  if (first <= last) tool.add("\n");
  return yield* tool.end(0);
}

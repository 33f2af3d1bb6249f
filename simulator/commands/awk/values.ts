// What awk computes with: numbers, texts, and texts from input that look like numbers and compare as
// such (POSIX awk, "Expressions in awk"; mawk 1.3.4).
// Not simulated: hexadecimal input.

import { formatFloat } from "../../shell/builtins/floatFormat.ts";

/** A value; `input` texts compare as numbers when they look like one. */
export type Value = number | string | { readonly input: string };

/** A variable that was never set: "" and 0. */
export const UNSET: Value = { input: "" };

const NUMBER = /^\s*[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+([eE][-+]?\d+)?|inf|nan)/i;
const WHOLE_NUMBER = /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/;

/** The number that a text begins with, else 0. */
export function numberOf(value: Value): number {
  if (typeof value === "number") return value;
  const text = typeof value === "string" ? value : value.input;
  const found = NUMBER.exec(text)?.[0];
  return found === undefined ? 0 : Number(found) || 0;
}

/** The text of a value; `format` is CONVFMT or OFMT. */
export function textOf(value: Value, format = "%.6g"): string {
  if (typeof value === "string") return value;
  if (typeof value !== "number") return value.input;
  if (Number.isInteger(value) && Math.abs(value) < 2147483648)
    return String(value === 0 ? 0 : value);
  return sprintf(format, [value]);
}

/** True unless it is 0 or an empty text. */
export function truthOf(value: Value): boolean {
  if (typeof value === "number") return value !== 0;
  if (typeof value === "string") return value !== "";
  return looksNumeric(value) ? numberOf(value) !== 0 : value.input !== "";
}

function looksNumeric(value: Value): boolean {
  if (typeof value === "number") return true;
  return typeof value !== "string" && (value === UNSET || WHOLE_NUMBER.test(value.input));
}

/** Less than 0, 0 or more than 0, as awk compares. */
export function compare(left: Value, right: Value): number {
  if (looksNumeric(left) && looksNumeric(right)) return numberOf(left) - numberOf(right);
  const [a, b] = [textOf(left), textOf(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

const LONGEST = 65_536;

/** As sprintf: %d %i %o %x %X %u %c %s %e %E %f %F %g %G %%. */
export function sprintf(format: string, values: readonly Value[]): string {
  let next = 0;
  const take = (): Value => values[next++] ?? UNSET;
  return format.replace(CONVERSION, (whole) => {
    const [, flags, width = "", precision, letter = ""] =
      new RegExp(CONVERSION.source).exec(whole) ?? [];
    if (flags === undefined) return "%";
    const wide = width === "*" ? numberOf(take()) : Number(width || "0");
    const shape = {
      flags: wide < 0 ? `${flags}-` : flags,
      width: Math.min(Math.abs(wide), LONGEST),
      precision:
        precision === "*"
          ? numberOf(take())
          : precision === undefined
            ? undefined
            : Number(precision || "0"),
    };
    return convert(letter, take(), shape) ?? whole;
  });
}

const CONVERSION = /%(?:%|([-+ #0]*)(\*|\d*)(?:\.(\*|\d*))?([a-zA-Z]))/g;

type Shape = {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
};

function convert(letter: string, value: Value, shape: Shape): string | undefined {
  const pad = (text: string) =>
    shape.flags.includes("-") ? text.padEnd(shape.width) : text.padStart(shape.width);
  switch (letter) {
    case "d":
    case "i":
      return integer(Math.trunc(numberOf(value)), shape, 10);
    case "u":
      return integer(Math.trunc(Math.abs(numberOf(value))), shape, 10);
    case "o":
      return integer(Math.trunc(numberOf(value)), shape, 8);
    case "x":
    case "X": {
      const text = integer(Math.trunc(numberOf(value)), shape, 16);
      return letter === "X" ? text.toUpperCase() : text;
    }
    case "c":
      return pad(
        typeof value === "number" ? String.fromCharCode(value & 255) : textOf(value).slice(0, 1),
      );
    case "s":
      return pad(textOf(value).slice(0, shape.precision));
    default:
      return /[eEfFgG]/.test(letter) ? formatFloat(numberOf(value), shape, letter) : undefined;
  }
}

function integer(value: number, { flags, width, precision }: Shape, base: number): string {
  const sign = value < 0 ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  const prefix = flags.includes("#") && base === 16 && value !== 0 ? "0x" : "";
  let digits = Math.abs(value)
    .toString(base)
    .padStart(Math.min(precision ?? 1, LONGEST), "0");
  if (flags.includes("0") && !flags.includes("-") && precision === undefined) {
    digits = digits.padStart(width - sign.length - prefix.length, "0");
  }
  const text = sign + prefix + digits;
  return flags.includes("-") ? text.padEnd(width) : text.padStart(width);
}

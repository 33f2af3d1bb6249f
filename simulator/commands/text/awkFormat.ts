// Formats of printf and sprintf as mawk 1.3.4 does them: whole numbers have 32 bits, and what is too
// large becomes the largest one.
// Not simulated: %n, widths of more than 100000.

import { formatFloat } from "../../shell/builtins/floatFormat.ts";
import { numberField, padded, type Shape } from "../../shell/builtins/numberField.ts";
import { type AwkValue, toNumber } from "./awkNumber.ts";

const LARGEST = 2147483647;
const WIDEST = 100_000;

const CONVERSION = /%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?(?:hh|h|ll|l|L|q|j|z|t)*([a-zA-Z%])/y;

/** The text of a format; undefined when `refuse` was called with what is wrong, and the text before. */
export function formatAwk(
  format: string,
  args: readonly AwkValue[],
  refuse: (problem: string, before: string) => void,
): string | undefined {
  let out = "";
  let next = 0;
  let conversions = 0;
  for (let at = 0; at < format.length; ) {
    const percent = format.indexOf("%", at);
    out += format.slice(at, percent < 0 ? undefined : percent);
    if (percent < 0) break;
    if (format.charAt(percent + 1) === "%") {
      out += "%";
      at = percent + 2;
      continue;
    }
    conversions += 1;
    CONVERSION.lastIndex = percent;
    const match = CONVERSION.exec(format);
    if (match === null && percent === format.length - 1) return `${out}%`;
    const stars = (match?.[0].split("*").length ?? 1) - 1;
    if (next + stars >= args.length) {
      refuse("not enough arguments passed to", out);
      return undefined;
    }
    const [whole = "", flags = "", width = "", precision, letter = ""] = match ?? [];
    if (!/[dicouxXeEfFgGaAs]/.test(letter)) {
      refuse(`improper conversion(number ${conversions}) in`, out);
      return undefined;
    }
    const wide = width === "*" ? toWhole(toNumber(args[next++])) : Number(width || "0");
    const digits =
      precision === "*"
        ? toWhole(toNumber(args[next++]))
        : precision === undefined
          ? -1
          : Number(precision || "0");
    const shape = {
      flags: wide < 0 ? `${flags}-` : flags,
      width: Math.min(WIDEST, Math.abs(wide)),
      precision: digits < 0 ? undefined : Math.min(WIDEST, digits),
    };
    out += convert(letter, shape, args[next++]);
    at = percent + whole.length;
  }
  return out;
}

function toWhole(value: number): number {
  if (Number.isNaN(value)) return -LARGEST;
  return Math.trunc(Math.min(LARGEST, Math.max(-LARGEST, value)));
}

function convert(letter: string, shape: Shape, value: AwkValue): string {
  switch (letter) {
    case "d":
    case "i": {
      const number = toWhole(toNumber(value));
      const sign =
        number < 0 ? "-" : shape.flags.includes("+") ? "+" : shape.flags.includes(" ") ? " " : "";
      return numberField(sign, `${Math.abs(number)}`, shape);
    }
    case "o":
    case "u":
    case "x":
    case "X": {
      const number = Math.trunc(Math.min(4294967295, Math.max(0, toNumber(value) || 0)));
      const base = letter === "o" ? 8 : letter === "u" ? 10 : 16;
      const digits = number.toString(base);
      const shown = letter === "X" ? digits.toUpperCase() : digits;
      const marked = shape.flags.includes("#") && number !== 0;
      return numberField(
        marked && base === 16 ? `0${letter}` : "",
        marked && base === 8 ? `0${shown}` : shown,
        shape,
      );
    }
    case "c": {
      const number = typeof value === "number" || value === undefined;
      const text = number
        ? String.fromCharCode(toWhole(toNumber(value)) & 255)
        : toText(value, "%.6g").charAt(0) || "\0";
      return padded(text, { ...shape, precision: undefined });
    }
    case "s":
      return padded(toText(value, "%.6g"), shape);
    default: {
      const number = toNumber(value);
      const text = formatFloat(number, shape, letter);
      // What a calculation makes on this machine is -nan.
      return Number.isNaN(number) ? padded("-nan", { ...shape, precision: undefined }) : text;
    }
  }
}

/** As a text; `format` is for numbers that are not whole. */
export function toText(value: AwkValue, format: string): string {
  if (typeof value === "string") return value;
  if (value === undefined) return "";
  if (typeof value !== "number") return value.text;
  if (Number.isInteger(value) && Math.abs(value) <= LARGEST) return `${value === 0 ? 0 : value}`;
  return formatAwk(format, [value], () => {}) ?? "";
}

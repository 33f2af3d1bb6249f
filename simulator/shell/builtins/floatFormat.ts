// Floating point for printf: %f %e %g %a.
// Source: printf(3).
// Not simulated: long double; JavaScript's numbers have 53 bits.

import type { Shape } from "./printf.ts";

/** A number as one of these conversions prints it, in its field. */
export function formatFloat(value: number, shape: Shape, letter: string): string {
  const { flags, width } = shape;
  const negative = value < 0 || Object.is(value, -0);
  const sign = negative ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  const upper = letter === letter.toUpperCase();
  const body = Number.isFinite(value)
    ? digitsOf(Math.abs(value), shape, letter.toLowerCase())
    : Number.isNaN(value)
      ? "nan"
      : "inf";
  const text = upper ? body.toUpperCase() : body;
  if (flags.includes("-")) return (sign + text).padEnd(width);
  const zeros = flags.includes("0") && Number.isFinite(value);
  return zeros ? sign + text.padStart(width - sign.length, "0") : (sign + text).padStart(width);
}

function digitsOf(value: number, shape: Shape, letter: string): string {
  const precision = Math.min(shape.precision ?? 6, 100);
  if (letter === "f") return fixed(value, precision);
  if (letter === "e") return exponent(value.toExponential(precision));
  if (letter === "a") return hexadecimal(value);
  const significant = precision === 0 ? 1 : precision;
  const power = value === 0 ? 0 : Number(value.toExponential(significant - 1).split("e")[1]);
  const alternate = shape.flags.includes("#");
  const trim = (text: string) =>
    alternate || !text.includes(".") ? text : text.replace(/\.?0+(?=e|$)/, "");
  if (power < -4 || power >= significant)
    return trim(exponent(value.toExponential(significant - 1)));
  return trim(fixed(value, Math.max(0, significant - 1 - power)));
}

function fixed(value: number, precision: number): string {
  if (value < 1e21) return value.toFixed(precision);
  const whole = BigInt(value).toString();
  return precision === 0 ? whole : `${whole}.${"0".repeat(precision)}`;
}

function exponent(text: string): string {
  return text.replace(/e([-+])(\d)$/, "e$10$2");
}

function hexadecimal(value: number): string {
  if (value === 0) return "0x0p+0";
  let power = Math.floor(Math.log2(value));
  let rest = value / 2 ** power;
  // glibc shows long doubles with four bits before the point.
  rest *= 8;
  power -= 3;
  let text = Math.floor(rest).toString(16);
  rest -= Math.floor(rest);
  if (rest > 0) text += ".";
  while (rest > 0) {
    rest *= 16;
    text += Math.floor(rest).toString(16);
    rest -= Math.floor(rest);
  }
  return `0x${text}p${power < 0 ? "-" : "+"}${Math.abs(power)}`;
}

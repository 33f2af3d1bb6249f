// Floating point for printf: %f %e %g %a.
// Source: printf(3).
// Not simulated: long double; JavaScript's numbers have 53 bits.

import type { Shape } from "./numberField.ts";

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
  const precision = Math.min(shape.precision ?? 6, 1000);
  if (letter === "f") return fixed(value, precision);
  if (letter === "e") return exponential(value, precision).text;
  if (letter === "a") return hexadecimal(value);
  const significant = precision === 0 ? 1 : precision;
  const { power, text } = exponential(value, significant - 1);
  const trim = (long: string) =>
    shape.flags.includes("#") || !long.includes(".") ? long : long.replace(/\.?0+(?=e|$)/, "");
  if (power < -4 || power >= significant) return trim(text);
  return trim(fixed(value, Math.max(0, significant - 1 - power)));
}

/** value * 10^places as a whole number, rounded to even as the C library does. */
function scaled(value: number, places: number): bigint {
  let numerator = value;
  let power = 0;
  while (!Number.isInteger(numerator)) {
    numerator *= 2;
    power += 1;
  }
  let over = BigInt(numerator);
  let under = 1n << BigInt(power);
  if (places >= 0) over *= 10n ** BigInt(places);
  else under *= 10n ** BigInt(-places);
  const whole = over / under;
  const twice = (over % under) * 2n;
  return twice > under || (twice === under && whole % 2n === 1n) ? whole + 1n : whole;
}

function point(digits: string, places: number): string {
  if (places === 0) return digits;
  const long = digits.padStart(places + 1, "0");
  return `${long.slice(0, -places)}.${long.slice(-places)}`;
}

function fixed(value: number, precision: number): string {
  return point(scaled(value, precision).toString(), precision);
}

function exponential(value: number, precision: number): { power: number; text: string } {
  let power = value === 0 ? 0 : Number(value.toExponential().split("e")[1]);
  let digits = scaled(value, precision - power).toString();
  if (digits.length > precision + 1) {
    power += 1;
    digits = scaled(value, precision - power).toString();
  }
  const tail = `${Math.abs(power)}`.padStart(2, "0");
  return { power, text: `${point(digits, precision)}e${power < 0 ? "-" : "+"}${tail}` };
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

// Comparing values of `awk` (mawk(1)): as numbers where both are or look like numbers, else as texts.
// Not here: what values are (awkNumber.ts).

import { toText } from "./awkFormat.ts";
import { type AwkValue, inputNumber } from "./awkNumber.ts";

/** True when it counts as true. */
export function isTrue(value: AwkValue): boolean {
  if (typeof value === "number") return value !== 0;
  if (typeof value === "string") return value !== "";
  if (value === undefined) return false;
  const number = inputNumber(value);
  return number === undefined ? value.text !== "" : number !== 0;
}

/** The number where it is to be compared as one. */
function comparable(value: AwkValue): number | undefined {
  if (typeof value === "number") return value;
  if (value === undefined) return 0;
  return typeof value === "string" ? undefined : inputNumber(value);
}

/** Below 0, 0 or above 0; NaN is equal to nothing. */
export function compareValues(left: AwkValue, right: AwkValue, format: string): number {
  const [a, b] = [comparable(left), comparable(right)];
  if (a !== undefined && b !== undefined) return a - b || (a === b ? 0 : a - b);
  const [x, y] = [toText(left, format), toText(right, format)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The key of an element: a whole number, or a text. */
export function toKey(value: AwkValue, format: string): string | number {
  const whole =
    typeof value === "number" && Number.isInteger(value) && Math.abs(value) <= 2147483647;
  return whole ? (value === 0 ? 0 : value) : toText(value, format);
}

// Values of `awk` (mawk(1)) and the numbers they stand for.
// Not here: their texts (awkFormat.ts), comparing (awkValue.ts).

/** Text that came from outside: a number where it looks like one. */
export type AwkInput = { readonly text: string; number: number | undefined | null };

/** A value; undefined is what nobody has set. */
export type AwkValue = number | string | AwkInput | undefined;

const NUMBER =
  /^[ \t\n\r\f\v]*([-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|inf(?:inity)?|nan))/i;

/** The number that a text begins with, and how long it is; 0 when there is none. */
function leadingNumber(text: string): { readonly value: number; readonly length: number } {
  const match = NUMBER.exec(text);
  if (match === null) return { value: 0, length: 0 };
  const [whole, digits = "0"] = match;
  const sign = digits.startsWith("-") ? -1 : 1;
  const bare = digits.replace(/^[-+]/, "").toLowerCase();
  const size = bare.startsWith("inf")
    ? Number.POSITIVE_INFINITY
    : bare === "nan"
      ? Number.NaN
      : Number(bare);
  return { value: sign * size, length: whole.length };
}

/** Text from outside. */
export function input(text: string): AwkInput {
  return { text, number: null };
}

/** The number of input that looks like one; undefined when it does not. */
export function inputNumber(value: AwkInput): number | undefined {
  if (value.number === null) {
    const { value: number, length } = leadingNumber(value.text);
    // Only what ends in a digit or a point is looked at.
    const ends = /[0-9.][ \t\n\r\f\v]*$/.test(value.text);
    value.number =
      ends && length > 0 && /^[ \t\n\r\f\v]*$/.test(value.text.slice(length)) ? number : undefined;
  }
  return value.number ?? undefined;
}

/** As a number. */
export function toNumber(value: AwkValue): number {
  if (typeof value === "number") return value;
  if (value === undefined) return 0;
  return leadingNumber(typeof value === "string" ? value : value.text).value;
}

// Fields of printf(3): a text or a number in its width, with its flags and its precision.
// Not here: from values to digits (printf.ts, and awk of its own).

/** What stands between "%" and the letter. */
export type Shape = {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
};

/** A text, cut to the precision and padded to the width. */
export function padded(text: string, { flags, width, precision }: Shape): string {
  const cut = precision === undefined ? text : text.slice(0, precision);
  return flags.includes("-") ? cut.padEnd(width) : cut.padStart(width);
}

/** A whole number of these digits behind its sign or prefix. */
export function numberField(sign: string, digits: string, shape: Shape): string {
  const { flags, width, precision } = shape;
  const long =
    precision === undefined
      ? digits
      : precision === 0 && digits === "0"
        ? ""
        : digits.padStart(precision, "0");
  const zeros = flags.includes("0") && !flags.includes("-") && precision === undefined;
  const filled = zeros ? long.padStart(width - sign.length, "0") : long;
  return padded(sign + filled, { flags, width, precision: undefined });
}

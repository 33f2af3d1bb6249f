// Lengths of time as coreutils read them: a number, decimals and exponents allowed, and s, m, h or d.

/** Seconds, Infinity for "infinity"; undefined for anything else or less than 0. */
export function parseInterval(text: string): number | undefined {
  const match =
    /^\s*\+?(inf(?:inity)?|0x[0-9a-f]+|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)([smhd]?)$/i.exec(text);
  if (match === null) return undefined;
  const [, digits = "", unit = "s"] = match;
  const value = /^inf/i.test(digits) ? Number.POSITIVE_INFINITY : Number(digits);
  if (unit !== unit.toLowerCase()) return undefined;
  return value * ({ m: 60, h: 3600, d: 86400 }[unit] ?? 1);
}

/** The longest that a timer waits, in microseconds; more is as good as for ever. */
export const FOREVER = 1e15;

// Numbers that options of coreutils take: "5", "+3", "2K", "1MB".
// Not here: times (interval.ts).

const UNITS = "KMGTPEZY";

/**
 * A count with an optional unit; Infinity beyond what fits, undefined when it is none. `b` is 512;
 * K is 1024, KB is 1000, KiB is 1024.
 */
export function parseCount(text: string, units = "bkKmMGTPEZY"): number | undefined {
  const match = /^(\d+)(?:([a-zA-Z])(B|iB|D)?)?$/.exec(text);
  if (match === null) return undefined;
  const [, digits = "", unit = "", suffix = ""] = match;
  if (unit !== "" && !units.includes(unit)) return undefined;
  if (unit === "b") return suffix === "" ? Number(digits) * 512 : undefined;
  if (unit === "") return Number(digits);
  const base = suffix === "B" || suffix === "D" ? 1000 : 1024;
  return Number(digits) * base ** (UNITS.indexOf(unit.toUpperCase()) + 1);
}

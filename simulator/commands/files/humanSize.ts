// Sizes as people read them: 4.0K, 12M (ls -h, du -h).

/** A size with a unit, rounded up as -h does. */
export function humanSize(bytes: number, base: 1000 | 1024): string {
  if (bytes < base) return `${bytes}`;
  let size = bytes;
  let unit = -1;
  while (size >= base && unit < 7) {
    size /= base;
    unit += 1;
  }
  let text = size < 10 ? (Math.ceil(size * 10) / 10).toFixed(1) : `${Math.ceil(size)}`;
  if (text === "10.0") text = "10";
  if (text === `${base}`) {
    text = "1.0";
    unit += 1;
  }
  return `${text}${(base === 1000 ? "kMGTPEZY" : "KMGTPEZY").charAt(unit)}`;
}

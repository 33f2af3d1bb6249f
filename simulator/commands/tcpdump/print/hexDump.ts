// Bytes in rows of 16: in hex, in hex with text beside it, or as text (-x, -X, -A).

/** A range of bytes. */
export type Range = { readonly bytes: Uint8Array; readonly from: number; readonly to: number };

/** Rows of 16 bytes in hex, each behind `gap`; with `text` also as ASCII. */
export function hexDump({ bytes, from, to }: Range, text: boolean, gap = "\n\t"): string {
  let out = "";
  for (let at = from; at < to; at += 16) {
    const end = Math.min(to, at + 16);
    let row = "";
    let ascii = "";
    for (let index = at; index < end; index++) {
      const byte = bytes[index] ?? 0;
      if ((index - at) % 2 === 0) row += " ";
      row += byte.toString(16).padStart(2, "0");
      ascii += byte > 32 && byte < 127 ? String.fromCharCode(byte) : ".";
    }
    out += `${gap}0x${(at - from).toString(16).padStart(4, "0")}: ${text ? `${row.padEnd(40)}  ${ascii}` : row}`;
  }
  return out;
}

/** All bytes as text; newlines and blanks stay. */
export function asciiDump({ bytes, from, to }: Range): string {
  let out = "\n";
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    const next = bytes[at + 1];
    if (byte === 13 && at + 1 < to && next === 10) continue;
    if (byte === 13) out += ".";
    else if (byte === 10 || byte === 9 || (byte >= 32 && byte < 127))
      out += String.fromCharCode(byte);
    else out += ".";
  }
  return out;
}

// The formats of `od` (od(1)) and how bytes look in them.

/** One way to show bytes. */
export type OdFormat = {
  readonly kind: string;
  readonly size: number;
  readonly width: number;
  /** Characters stand at the end of the line. */
  readonly trailer: boolean;
};

/** Widths of numbers of 1, 2, 4 and 8 bytes. */
const WIDTHS: Readonly<Record<string, readonly number[]>> = {
  d: [4, 6, 11, 20],
  u: [3, 5, 10, 20],
  o: [3, 6, 11, 22],
  x: [2, 4, 8, 16],
};

const SIZES: Readonly<Record<string, number>> = { C: 1, S: 2, I: 4, L: 8 };

/** Reads formats such as "x1z"; undefined when they are none. */
export function parseOdFormats(text: string): OdFormat[] | undefined {
  const formats: OdFormat[] = [];
  for (let at = 0; at < text.length; ) {
    const match = /^([acdoux])(\d+|[CSIL])?(z?)/.exec(text.slice(at));
    if (match === null) return undefined;
    const [whole, kind = "", length = "", trailer] = match;
    const character = kind === "a" || kind === "c";
    const size = character ? 1 : (SIZES[length] ?? (length === "" ? 4 : Number(length)));
    const width = character ? 3 : WIDTHS[kind]?.[Math.log2(size)];
    if (width === undefined) return undefined;
    formats.push({ kind, size, width, trailer: trailer === "z" });
    at += whole.length;
  }
  return formats.length === 0 ? undefined : formats;
}

/** Bytes in one format, as wide as the widest format makes a block. */
export function drawOdLine(
  part: string,
  format: OdFormat,
  { width, block }: { readonly width: number; readonly block: number },
): string {
  const { size, trailer } = format;
  const fields = Math.ceil(width / size);
  const spare = block - fields * (format.width + 1);
  let out = "";
  let used = 0;
  for (let index = 0; index < Math.ceil(part.length / size); index++) {
    const pad = Math.floor((spare * (index + 1)) / fields) - used;
    used += pad;
    out += ` ${" ".repeat(pad)}${fieldText(part.slice(index * size, (index + 1) * size), format)}`;
  }
  if (!trailer) return out;
  return `${out.padEnd(block)}  >${part.replace(/[^ -~]/g, ".")}<`;
}

const NAMES = (
  "nul soh stx etx eot enq ack bel bs ht nl vt ff cr so si " +
  "dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us sp"
).split(" ");

const ESCAPES: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

function fieldText(bytes: string, { kind, size, width }: OdFormat): string {
  const code = bytes.charCodeAt(0);
  if (kind === "c") {
    const octal = code.toString(8).padStart(3, "0");
    return (ESCAPES[bytes] ?? (code >= 32 && code < 127 ? bytes : octal)).padStart(width);
  }
  if (kind === "a") {
    const low = code & 127;
    return (NAMES[low] ?? (low === 127 ? "del" : String.fromCharCode(low))).padStart(width);
  }
  let value = 0n;
  for (let at = Math.min(size, bytes.length) - 1; at >= 0; at--) {
    value = (value << 8n) | BigInt(bytes.charCodeAt(at));
  }
  if (kind === "d")
    return BigInt.asIntN(size * 8, value)
      .toString()
      .padStart(width);
  if (kind === "u") return value.toString().padStart(width);
  return value.toString(kind === "x" ? 16 : 8).padStart(width, "0");
}

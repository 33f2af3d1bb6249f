// Finds the marks of our shell integration in what a terminal prints. A mark is an OSC 133 escape
// sequence that ends in a nonce which only the server and the shell know:
//
//     ESC ] 133 ; KIND [ ; ARGUMENT ] ; NONCE BEL
//
// Everything else, other programs' OSC 133 and marks with a nonce that is not known included, is
// output and passes unchanged. Source: the FinalTerm/OSC 133 convention; server/agent/bashrc.

/** A piece of what a terminal printed, in order. */
export type Piece =
  | { readonly type: "output"; readonly bytes: Buffer }
  | {
      readonly type: "mark";
      /** One letter; their meanings stand in server/agent/bashrc and attach.c. */
      readonly kind: string;
      readonly argument: string;
      readonly nonce: string;
    };

const start = Buffer.from("\x1b]133;");
const bell = 7;
const firstPrintable = 0x20;
/** Longer than any mark; a sequence that goes on beyond it is somebody else's. */
const markMaximum = 700;

/**
 * Returns a function that takes chunks, which may end anywhere, and gives the pieces found so far.
 * The beginning of what may become a mark is held back until the next chunk decides.
 */
export function markParser(known: (nonce: string) => boolean): (chunk: Buffer) => Piece[] {
  let held: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const data = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const pieces: Piece[] = [];
    let shown = 0;
    const show = (end: number): void => {
      if (end > shown) pieces.push({ type: "output", bytes: data.subarray(shown, end) });
      shown = end;
    };
    let at = data.indexOf(start[0] ?? 0);
    while (at !== -1) {
      const found = readMark(data, at);
      if (found === "incomplete") {
        show(at);
        held = Buffer.from(data.subarray(at));
        return pieces;
      }
      if (found !== undefined && known(found.mark.nonce)) {
        show(at);
        shown = found.end;
        pieces.push(found.mark);
      }
      at = data.indexOf(start[0] ?? 0, found?.end ?? at + 1);
    }
    show(data.length);
    held = Buffer.alloc(0);
    return pieces;
  };
}

type Found = { readonly mark: Extract<Piece, { type: "mark" }>; readonly end: number };

function readMark(data: Buffer, at: number): Found | "incomplete" | undefined {
  const compared = Math.min(start.length, data.length - at);
  if (data.compare(start, 0, compared, at, at + compared) !== 0) return undefined;
  let end = at + start.length;
  while (end < data.length && end - at < markMaximum && byteAt(data, end) >= firstPrintable) end++;
  if (end - at >= markMaximum) return undefined;
  if (end >= data.length) return "incomplete";
  if (byteAt(data, end) !== bell) return undefined;
  const fields = data.toString("utf8", at + start.length, end).split(";");
  const kind = fields.shift() ?? "";
  const nonce = fields.pop() ?? "";
  return {
    mark: { type: "mark", kind, argument: fields.join(";"), nonce },
    end: end + 1,
  };
}

function byteAt(data: Buffer, index: number): number {
  return data[index] ?? 0;
}

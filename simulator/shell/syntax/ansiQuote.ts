// Backslash escapes: `$'…'`, `echo -e`, and printf's format and %b, which differ in a few of them.
// Source: bash(1) QUOTING, echo, printf.
// Not here: printing such quotes (../quote.ts).

import { encodeUtf8 } from "../utf8.ts";

const letters: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  e: "\x1b",
  E: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};

/** Who asks: `$'…'`, `echo -e`, `printf %b`, or printf's format. */
export type EscapeDialect = "quote" | "echo" | "percentB" | "format";

/** The text without escapes; `stopped` when `\c` asked to print nothing after it. */
export function decodeAnsi(
  text: string,
  dialect: EscapeDialect,
): { readonly text: string; readonly stopped: boolean } {
  let out = "";
  let from = 0;
  for (let at = text.indexOf("\\"); at >= 0; at = text.indexOf("\\", from)) {
    out += text.slice(from, at);
    if (text[at + 1] === "c" && (dialect === "echo" || dialect === "percentB")) {
      return { text: out, stopped: true };
    }
    const decoded = decodeOne(text, at, dialect);
    out += decoded.text;
    from = at + decoded.length;
  }
  out += text.slice(from);
  const zero = dialect === "quote" ? out.indexOf("\0") : -1;
  return { text: zero < 0 ? out : out.slice(0, zero), stopped: false };
}

const patterns = {
  octal: /[0-7]{1,3}/y,
  zeroOctal: /0[0-7]{0,3}/y,
  x: /x([0-9a-fA-F]{1,2})/y,
  u: /u([0-9a-fA-F]{1,4})/y,
  U: /U([0-9a-fA-F]{1,8})/y,
};

function decodeOne(
  text: string,
  at: number,
  dialect: EscapeDialect,
): { text: string; length: number } {
  const next = text[at + 1];
  if (next === undefined) return { text: "\\", length: 1 };
  const letter = letters[next];
  if (letter !== undefined) return { text: letter, length: 2 };
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at + 1;
    return pattern.exec(text);
  };
  const zero = dialect === "echo" || dialect === "percentB" ? match(patterns.zeroOctal) : null;
  const octal = zero ?? (dialect === "echo" ? null : match(patterns.octal));
  if (octal !== null) {
    const code = Number.parseInt(octal[0], 8) & 0xff;
    return { text: String.fromCharCode(code), length: octal[0].length + 1 };
  }
  const byte = match(patterns.x);
  if (byte !== null) {
    return {
      text: String.fromCharCode(Number.parseInt(byte[1] ?? "0", 16)),
      length: byte[0].length + 1,
    };
  }
  const unicode = match(patterns.u) ?? match(patterns.U);
  if (unicode !== null) {
    const code = Number.parseInt(unicode[1] ?? "0", 16);
    return { text: encodeUtf8(code), length: unicode[0].length + 1 };
  }
  if (dialect === "quote" && next === "c" && at + 2 < text.length) {
    return { text: String.fromCharCode((text.charCodeAt(at + 2) & 0x1f) % 0x80), length: 3 };
  }
  const plain = dialect === "echo" ? "" : dialect === "format" ? "\"'?" : "\"'?";
  if (plain.includes(next)) return { text: next, length: 2 };
  return { text: `\\${next}`, length: 2 };
}

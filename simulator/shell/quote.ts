// Text in quotes, as bash prints it so that it can be read again: `declare -p`, `set -x`, `printf %q`,
// `${x@Q}`, traps.
// Source: experiments with bash 5.2.
// Not here: reading quotes (syntax/).

import { characters } from "./utf8.ts";

const control = /[^ -~\x80-\xff]/;

const escapes: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\x1b": "\\E",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  "'": "\\'",
};

/** True when some of it cannot be printed as it is: control characters, bytes that are no characters. */
function needsAnsi(text: string): boolean {
  return control.test(text) || characters(text).some((one) => one.length === 1 && one >= "\x80");
}

/** `$'…'`. */
function ansiQuote(text: string): string {
  const body = characters(text).map((one) => {
    if (escapes[one] !== undefined) return escapes[one];
    if (control.test(one) || (one.length === 1 && one >= "\x80")) {
      return `\\${one.charCodeAt(0).toString(8).padStart(3, "0")}`;
    }
    return one;
  });
  return `$'${body.join("")}'`;
}

/** `'…'`. */
export function singleQuote(text: string): string {
  return text === "'" ? "\\'" : `'${text.replaceAll("'", "'\\''")}'`;
}

/** `"…"`, as declare -p has it. */
export function doubleQuote(text: string): string {
  return needsAnsi(text) ? ansiQuote(text) : `"${text.replace(/["$`\\]/g, "\\$&")}"`;
}

/** `${x@Q}`. */
export function quoteAlways(text: string): string {
  return needsAnsi(text) ? ansiQuote(text) : singleQuote(text);
}

const meta = /[ \t\n'"\\|&;()<>!{}*[\]?^$`,]|^[#~]|[=:]~/;
const traceMeta = /[ \t\n'"\\|&;()<>!{}*[\]?^$`]|^[#~]|[=:]~/;

/** A value in `set`: quoted only when need be. */
export function quoteIfNeeded(text: string): string {
  if (text === "") return "''";
  if (needsAnsi(text)) return ansiQuote(text);
  return traceMeta.test(text) ? singleQuote(text) : text;
}

/** A word of `set -x`: white space is shown as it is. */
export function quoteForTrace(text: string): string {
  if (!/[\t\n]/.test(text)) return quoteIfNeeded(text);
  return needsAnsi(text.replace(/[\t\n]/g, " ")) ? ansiQuote(text) : singleQuote(text);
}

/** `printf %q`: backslashes. */
export function quoteByBackslash(text: string): string {
  if (text === "") return "''";
  if (needsAnsi(text)) return ansiQuote(text);
  if (!meta.test(text)) return text;
  return text
    .replace(/[ \t\n'"\\|&;()<>!{}*[\]?^$`,]/g, "\\$&")
    .replace(/^[#~]/, "\\$&")
    .replace(/([=:])~/g, "$1\\~");
}

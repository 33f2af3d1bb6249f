// Names in messages, quoted as gnulib's quotearg does for coreutils in a UTF-8 locale: for a shell
// where that is needed ('a b', 'a'$'\n''b'), or in typographic quotes (‘a b’).
// Not simulated: other quoting styles than those and C's.

/** What makes a shell quote a word; # and ~ only at its start. */
const SPECIAL = /[^!-~\x80-\xff]|[!"$&'()*;<=>?[\\^`|]|^[#~]|^[{}]?$/;

const CONTROL = /[^ -~\x80-\xff]/;

const LETTERS: Readonly<Record<string, string>> = {
  "\x07": "a",
  "\b": "b",
  "\t": "t",
  "\n": "n",
  "\v": "v",
  "\f": "f",
  "\r": "r",
};

/** Matches bytes that belong to no character of UTF-8, and characters that do. */
const HIGH =
  /([\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})|[\x80-\xff]/g;

/** A byte as C's strings show it. */
export function escapeByte(byte: string): string {
  const letter = LETTERS[byte];
  return letter === undefined
    ? `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`
    : `\\${letter}`;
}

function isBroken(name: string): boolean {
  return (name.match(HIGH) ?? []).some((part) => part.length === 1 && part >= "\x80");
}

/** The name, quoted for a shell where that is needed. */
export function quoteIfNeeded(name: string): string {
  return SPECIAL.test(name) || isBroken(name) ? quoteAlways(name) : name;
}

/** The name, quoted for a shell. */
export function quoteAlways(name: string): string {
  const odd = CONTROL.test(name) || isBroken(name);
  if (name.includes("'") && !odd && !/["$`\\!]/.test(name)) return `"${name}"`;
  const plain = name.replaceAll("'", "'\\''");
  if (!odd) return `'${plain}'`;
  const marked = plain
    .replace(/[^ -~\x80-\xff]/g, (byte) => `\0${escapeByte(byte)}\0`)
    .replace(HIGH, (part, whole) => (whole === undefined ? `\0${escapeByte(part)}\0` : part))
    .replaceAll("\0\0", "");
  const text = `'${marked.replace(/\0([^\0]*)\0/g, "'$$'$1''")}'`;
  return text.endsWith("'''") ? text.slice(0, -2) : text;
}

/** The name in ‘typographic quotes’. */
export function quote(name: string): string {
  const escaped = name
    .replaceAll("\\", "\\\\")
    .replace(/[^ -~\x80-\xff]/g, escapeByte)
    .replace(HIGH, (part, whole) => (whole === undefined ? escapeByte(part) : part));
  return `‘${escaped}’`;
}

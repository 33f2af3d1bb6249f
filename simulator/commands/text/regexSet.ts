// Bracket expressions of regular expressions (regex(7)): [a-z], [^[:space:]], [[=a=]].
// Not simulated: collating elements of more than one character.

import { characters, codeOf } from "../../shell/utf8.ts";
import type { CharSet, RegexSyntax } from "./regexSyntax.ts";

type Class = { readonly bytes: RegExp; readonly others: RegExp | undefined };

const CLASSES: Readonly<Record<string, Class>> = {
  alpha: { bytes: /[A-Za-z]/, others: /\p{L}/u },
  digit: { bytes: /[0-9]/, others: undefined },
  alnum: { bytes: /[A-Za-z0-9]/, others: /[\p{L}\p{N}]/u },
  upper: { bytes: /[A-Z]/, others: /\p{Lu}/u },
  lower: { bytes: /[a-z]/, others: /\p{Ll}/u },
  space: {
    bytes: /[ \t-\r]/,
    others: /[\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]/,
  },
  blank: { bytes: /[ \t]/, others: /[\u1680\u2000-\u2006\u2008-\u200a\u205f\u3000]/ },
  punct: { bytes: /[!-/:-@[-`{-~]/, others: /[\p{P}\p{S}]/u },
  cntrl: { bytes: /[^ -~\x80-\xff]/, others: /[\x80-\x9f\u2028\u2029]/ },
  graph: { bytes: /[!-~]/, others: /[^\s\p{C}]/u },
  print: { bytes: /[ -~]/, others: /[^\p{C}]/u },
  xdigit: { bytes: /[0-9A-Fa-f]/, others: undefined },
};

const PERL_WORD: Class = { bytes: /\w/, others: /[\p{L}\p{N}]/u };

type Builder = {
  readonly table: Uint8Array;
  readonly ranges: number[];
  readonly classes: RegExp[];
};

/** A set of what `bytes` matches, and of other characters that match `others`. */
export function plainSet(bytes: RegExp, others: RegExp | undefined, negated = false): CharSet {
  const builder: Builder = { table: new Uint8Array(256), ranges: [], classes: [] };
  addClass(builder, { bytes, others });
  return { ...builder, negated, ignoreCase: false };
}

/** One character and its other case. */
export function caselessSet(character: string): CharSet {
  const builder: Builder = { table: new Uint8Array(256), ranges: [], classes: [] };
  addRange(builder, codeOf(character), codeOf(character));
  return finished(builder, false, true);
}

function addClass({ table, classes }: Builder, { bytes, others }: Class): void {
  for (let code = 0; code < 256; code++) {
    if (bytes.test(String.fromCharCode(code))) table[code] = 1;
  }
  if (others !== undefined) classes.push(others);
}

function addRange({ table, ranges }: Builder, from: number, to: number): void {
  for (let code = from; code <= Math.min(to, 255); code++) table[code] = 1;
  if (to > 127) ranges.push(Math.max(from, 128), to);
}

function finished(builder: Builder, negated: boolean, ignoreCase: boolean): CharSet {
  const { table } = builder;
  for (let code = 65; ignoreCase && code <= 90; code++) {
    const either = (table[code] ?? 0) | (table[code + 32] ?? 0);
    table[code] = either;
    table[code + 32] = either;
  }
  return { ...builder, negated, ignoreCase };
}

/** True when the set has this character (of UTF-8: its number; of bytes: the byte). */
export function setHas(set: CharSet, code: number, bytes: boolean): boolean {
  if (bytes || code < 128) return (set.table[code] === 1) !== set.negated;
  return hasOther(set, code) !== set.negated;
}

function hasOther(set: CharSet, code: number): boolean {
  if (inRanges(set, code)) return true;
  const character = String.fromCodePoint(code);
  if (set.classes.some((one) => one.test(character))) return true;
  if (!set.ignoreCase) return false;
  return [character.toLowerCase(), character.toUpperCase()].some((other) => {
    const number = other.codePointAt(0) ?? 0;
    return number !== code && inRanges(set, number);
  });
}

function inRanges({ ranges }: CharSet, code: number): boolean {
  for (let at = 0; at < ranges.length; at += 2) {
    if (code >= (ranges[at] ?? 0) && code <= (ranges[at + 1] ?? 0)) return true;
  }
  return false;
}

const UNMATCHED = "Unmatched [, [^, [:, [., or [=";

/** Reads the bracket expression at `open`; `end` is behind its "]". */
export function readBracket(
  source: string,
  open: number,
  syntax: RegexSyntax,
): { readonly set: CharSet; readonly end: number } | { readonly error: string } {
  const builder: Builder = { table: new Uint8Array(256), ranges: [], classes: [] };
  let at = open + 1;
  const negated = source.charAt(at) === "^";
  if (negated) at += 1;
  const start = at;
  for (;;) {
    if (at >= source.length) return { error: UNMATCHED };
    if (source.charAt(at) === "]" && at > start) break;
    const item = readItem(source, at, syntax);
    if ("error" in item) return item;
    at = item.end;
    if (source.charAt(at) === "-" && source.charAt(at + 1) !== "]" && at + 1 < source.length) {
      const last = readItem(source, at + 1, syntax);
      if ("error" in last) return last;
      if (typeof item.what !== "number" || typeof last.what !== "number" || last.what < item.what) {
        return { error: "Invalid range end" };
      }
      if (last.what > 127 && !syntax.bytes && syntax.style !== "perl") {
        return { error: "Invalid collation character" };
      }
      addRange(builder, item.what, last.what);
      at = last.end;
    } else if (typeof item.what === "number") addRange(builder, item.what, item.what);
    else addClass(builder, item.what);
  }
  const inner = source.slice(start, at);
  if (syntax.lenient && /^:.*:$/.test(inner) && inner.length > 1) {
    return { error: "character class syntax is [[:space:]], not [:space:]" };
  }
  return { set: finished(builder, negated, syntax.ignoreCase === true), end: at + 1 };
}

type Item = { readonly what: number | Class; readonly end: number } | { readonly error: string };

function readItem(source: string, at: number, syntax: RegexSyntax): Item {
  const opener = /^\[([:.=])/.exec(source.slice(at, at + 2))?.[1];
  if (opener !== undefined) {
    const end = source.indexOf(`${opener}]`, at + 2);
    if (end < 0 && opener !== ":") return { error: UNMATCHED };
    const name = source.slice(at + 2, end);
    if (opener !== ":") {
      if (characters(name).length !== 1) return { error: "Invalid collation character" };
      return { what: codeOf(name), end: end + 2 };
    }
    const named = end < 0 ? undefined : CLASSES[name];
    if (named === undefined && end >= 0 && syntax.style !== "awk") {
      return { error: "Invalid character class name" };
    }
    if (named === undefined) return { error: UNMATCHED };
    const letters = syntax.ignoreCase && (name === "upper" || name === "lower");
    return { what: (letters ? CLASSES.alpha : undefined) ?? named, end: end + 2 };
  }
  const letter = source.charAt(at + 1);
  if (syntax.style === "perl" && source.charAt(at) === "\\" && /[dwsh]/.test(letter)) {
    const names = { d: CLASSES.digit, w: PERL_WORD, s: CLASSES.space, h: CLASSES.blank };
    const what = names[letter as keyof typeof names];
    if (what !== undefined) return { what, end: at + 2 };
  }
  const escaped = escapeAt(source, at, syntax);
  if (escaped !== undefined) return { what: escaped.code, end: at + escaped.length };
  if (syntax.bytes) return { what: source.charCodeAt(at), end: at + 1 };
  const [character = ""] = characters(source.slice(at, at + 4));
  return { what: codeOf(character), end: at + character.length };
}

const LETTERS: Readonly<Record<string, number>> = { n: 10, t: 9, f: 12, v: 11, a: 7, r: 13, b: 8 };

/** A backslash with a letter or number that stands for a character, in `sed` and `awk`. */
export function escapeAt(
  source: string,
  at: number,
  syntax: RegexSyntax,
): { readonly code: number; readonly length: number } | undefined {
  if (source.charAt(at) !== "\\") return undefined;
  const next = source.charAt(at + 1);
  if (syntax.style === "awk") {
    const octal = /^[0-7]{1,3}/.exec(source.slice(at + 1, at + 4))?.[0];
    if (octal !== undefined)
      return { code: Number.parseInt(octal, 8) & 255, length: octal.length + 1 };
    if (next === "") return undefined;
    return { code: LETTERS[next] ?? next.charCodeAt(0), length: 2 };
  }
  if (syntax.style === "perl") return perlEscape(source, at);
  if (!syntax.escapes) return undefined;
  if (next !== "b" && LETTERS[next] !== undefined) return { code: LETTERS[next] ?? 0, length: 2 };
  const number = /^(?:x([0-9A-Fa-f]{1,2})|o([0-7]{1,3})|d([0-9]{1,3}))/.exec(
    source.slice(at + 1, at + 5),
  );
  if (number !== null) {
    const [whole, hexadecimal, octal, decimal] = number;
    const code =
      hexadecimal !== undefined
        ? Number.parseInt(hexadecimal, 16)
        : octal !== undefined
          ? Number.parseInt(octal, 8)
          : Number(decimal);
    return { code: code & 255, length: whole.length + 1 };
  }
  if (next === "c" && at + 2 < source.length) {
    return {
      code:
        source
          .charAt(at + 2)
          .toUpperCase()
          .charCodeAt(0) ^ 64,
      length: 3,
    };
  }
  return undefined;
}

/** Escapes of Perl for one character: letters, and any other character for itself. */
function perlEscape(source: string, at: number): { code: number; length: number } | undefined {
  const rest = source.slice(at + 1, at + 12);
  const number = /^x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{0,2}))/.exec(rest);
  if (number !== null) {
    const code = Number.parseInt(number[1] || number[2] || "0", 16);
    return { code: Math.min(code, 0x10ffff), length: number[0].length + 1 };
  }
  const next = rest.charAt(0);
  if (next === "e") return { code: 27, length: 2 };
  if (next === "0") return { code: 0, length: 2 };
  if (next !== "b" && next !== "v" && LETTERS[next] !== undefined) {
    return { code: LETTERS[next] ?? 0, length: 2 };
  }
  return next === "" || /[A-Za-z0-9]/.test(next)
    ? undefined
    : { code: next.charCodeAt(0), length: 2 };
}

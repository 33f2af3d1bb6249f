// What Perl's expressions have beyond POSIX's (pcre2syntax(3)), for `grep -P`.
// Not simulated: atomic groups, possessive repeats, recursion, conditions, properties, \Q…\E.

import { encodeUtf8 } from "../../shell/utf8.ts";
import { escapeAt, plainSet } from "./regexSet.ts";
import type { Peeked, Place } from "./regexSyntax.ts";

const SETS: Readonly<Record<string, ReturnType<typeof plainSet>>> = {
  d: plainSet(/[0-9]/, undefined),
  D: plainSet(/[0-9]/, undefined, true),
  h: plainSet(/[ \t]/, /[\u1680\u2000-\u200a\u205f\u3000]/),
  H: plainSet(/[ \t]/, /[\u1680\u2000-\u200a\u205f\u3000]/, true),
  v: plainSet(/[\n-\r]/, /[\x85\u2028\u2029]/),
  N: plainSet(/\n/, undefined, true),
  R: plainSet(/[\n-\r]/, undefined),
};

const PLACES: Readonly<Record<string, Place>> = { A: "textStart", z: "textEnd", Z: "textEnd" };

/** A token that only Perl has; undefined when it is one of POSIX. */
export function peekPerl(source: string, at: number): Peeked | undefined {
  const char = source.charAt(at);
  if (char === "(") return peekGroup(source.slice(at, at + 80));
  if (char === "{" && !/^\{\d+(,\d*)?\}/.test(source.slice(at, at + 20))) {
    return { kind: "literal", bytes: char, length: 1 };
  }
  if (char !== "\\") return undefined;
  const next = source.charAt(at + 1);
  if (next === "K") return { kind: "keep", length: 2 };
  const set = SETS[next];
  if (set !== undefined) return { kind: "set", set, length: 2 };
  const place = PLACES[next];
  if (place !== undefined) return { kind: "place", place, length: 2 };
  if (/[QEGXpPkg<>`']/.test(next)) {
    if (/[<>`']/.test(next)) return { kind: "literal", bytes: next, length: 2 };
    return { kind: "mistake", text: `\\${next} is not simulated`, length: 2 };
  }
  const escaped = escapeAt(source, at, { style: "perl" });
  if (escaped === undefined) return undefined;
  return { kind: "literal", bytes: encodeUtf8(escaped.code), length: escaped.length };
}

function peekGroup(head: string): Peeked {
  if (!head.startsWith("(?")) return { kind: "open", length: 1 };
  const comment = /^\(\?#[^)]*\)/.exec(head);
  if (comment !== null) return { kind: "skip", length: comment[0].length };
  const look = /^\(\?(<?)([=!])/.exec(head);
  if (look !== null) {
    const [whole, behind, sign] = look;
    return { kind: "look", behind: behind === "<", negative: sign === "!", length: whole.length };
  }
  if (head.startsWith("(?:")) return { kind: "plainOpen", length: 3 };
  const named = /^\(\?P?(?:<\w+>|'\w+')/.exec(head);
  if (named !== null) return { kind: "open", length: named[0].length };
  return { kind: "mistake", text: "such a group is not simulated", length: 2 };
}

const WORDS: Readonly<Record<string, string>> = {
  "Unmatched ( or \\(": "missing closing parenthesis",
  "Unmatched ) or \\)": "unmatched closing parenthesis",
  "Unmatched [, [^, [:, [., or [=": "missing terminating ] for character class",
  "Invalid range end": "range out of order in character class",
  "Invalid preceding regular expression": "quantifier does not follow a repeatable item",
  "Invalid back reference": "reference to non-existent subpattern",
  "Trailing backslash": "\\ at end of pattern",
  "Invalid character class name": "unknown POSIX class name",
  "Invalid content of \\{\\}": "numbers out of order in {} quantifier",
};

/** PCRE's words for a mistake. */
export function perlWords(text: string): string {
  return WORDS[text] ?? text;
}

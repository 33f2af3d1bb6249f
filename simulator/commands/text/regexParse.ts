// Reads regular expressions (regex(7), grep(1), sed(1), mawk(1)) with the words of glibc and mawk for
// what is wrong.
// Not here: bracket expressions (regexSet.ts), matching (regex.ts).

import { characters } from "../../shell/utf8.ts";
import { peekPerl, perlWords } from "./regexPerl.ts";
import { caselessSet, escapeAt, plainSet, readBracket } from "./regexSet.ts";
import type { ParsedRegex, Peeked, Place, RegexNode, RegexSyntax, Token } from "./regexSyntax.ts";

/** RE_DUP_MAX. */
const MOST_REPEATS = 32767;

/** How deep groups may nest. */
const DEEPEST = 200;

type Reader = {
  readonly source: string;
  readonly syntax: RegexSyntax;
  at: number;
  groups: number;
  depth: number;
  readonly closed: Set<number>;
  hasReference: boolean;
  readonly warnings: string[];
};

/** What reading stopped at; thrown within this file only. */
class Mistake extends Error {}

/** Reads an expression; its groups are numbered from `firstGroup` on. */
export function parseRegex(source: string, syntax: RegexSyntax, firstGroup = 1): ParsedRegex {
  const caseless = syntax.style === "perl" && source.startsWith("(?i)");
  const reader: Reader = {
    source: caseless ? source.slice(4) : source,
    syntax: caseless ? { ...syntax, ignoreCase: true } : syntax,
    at: 0,
    groups: firstGroup - 1,
    depth: 0,
    closed: new Set(),
    hasReference: false,
    warnings: [],
  };
  try {
    const node = readChoice(reader, firstGroup - 1);
    const { groups, hasReference, warnings } = reader;
    return { node, groups, hasReference, warnings };
  } catch (error) {
    if (error instanceof Mistake) {
      return { error: syntax.style === "perl" ? perlWords(error.message) : error.message };
    }
    throw error;
  }
}

function readChoice(reader: Reader, base: number): RegexNode {
  const { syntax } = reader;
  const branches: RegexNode[] = [];
  for (;;) {
    branches.push(readBranch(reader, base));
    const token = peek(reader);
    if (token.kind === "or") {
      take(reader, token);
      continue;
    }
    if (token.kind === "close" && reader.depth === 0) throw new Mistake("Unmatched ) or \\)");
    break;
  }
  const [only] = branches;
  if (branches.length > 1 && syntax.style === "awk" && branches.some(isEmpty)) {
    throw new Mistake("missing operand");
  }
  return branches.length === 1 && only !== undefined ? only : { type: "choice", nodes: branches };
}

function isEmpty(node: RegexNode): boolean {
  return node.type === "sequence" && node.nodes.length === 0;
}

function readBranch(reader: Reader, base: number): RegexNode {
  const nodes: RegexNode[] = [];
  for (let first = true; ; first = false) {
    const token = peek(reader, first);
    if (token.kind === "end" || token.kind === "or" || token.kind === "close") break;
    take(reader, token);
    if (token.kind === "skip") continue;
    if (token.kind === "repeat") nodes.push(repeated(reader, token, nodes.pop()));
    else nodes.push(readAtom(reader, token, base));
  }
  const [only] = nodes;
  return nodes.length === 1 && only !== undefined ? only : { type: "sequence", nodes };
}

type Repeat = Extract<Token, { kind: "repeat" }>;

function repeated(
  { syntax, warnings }: Reader,
  token: Repeat,
  node: RegexNode | undefined,
): RegexNode {
  const { least, most } = token;
  const anchor = node?.type === "place" && (node.place === "lineStart" || node.place === "lineEnd");
  const twice = syntax.style === "basic" && !syntax.lenient && token.text === "*";
  if (node?.type === "repeat" && (syntax.style === "perl" || twice)) {
    throw new Mistake("Invalid preceding regular expression");
  }
  if (node !== undefined && !(anchor && syntax.style !== "basic" && node.place === "lineStart")) {
    return { type: "repeat", node, least, most, lazy: token.lazy === true };
  }
  if (syntax.style === "awk") {
    throw new Mistake(anchor ? "syntax error ^* or ^+" : "missing operand");
  }
  if (!syntax.lenient || syntax.style === "perl")
    throw new Mistake("Invalid preceding regular expression");
  const text = token.text.startsWith("{") ? "{...}" : token.text;
  warnings.push(`${text} at start of expression`);
  return { type: "repeat", node: node ?? { type: "sequence", nodes: [] }, least: 0, most };
}

function readAtom(reader: Reader, token: Token, base: number): RegexNode {
  const { syntax } = reader;
  switch (token.kind) {
    case "mistake":
      throw new Mistake(token.text);
    case "open":
      return readGroup(reader, base, ++reader.groups);
    case "plainOpen":
      return readGroup(reader, base, undefined);
    case "look": {
      const { behind, negative } = token;
      return { type: "look", node: readGroup(reader, base, undefined), behind, negative };
    }
    case "keep":
      return { type: "keep" };
    case "set":
      return { type: "set", set: token.set };
    case "any":
      return { type: "set", set: syntax.bytes ? ANY_BYTE : ANY };
    case "bracket": {
      const found = readBracket(reader.source, reader.at - 1, syntax);
      if ("error" in found) {
        throw new Mistake(syntax.style === "awk" ? "bad class -- [], [^] or [" : found.error);
      }
      reader.at = found.end;
      return { type: "set", set: found.set };
    }
    case "start":
      return { type: "place", place: "lineStart" };
    case "finish":
      return { type: "place", place: "lineEnd" };
    case "place":
      return { type: "place", place: token.place };
    case "reference": {
      const number = token.number + base;
      if (!reader.closed.has(number)) throw new Mistake("Invalid back reference");
      reader.hasReference = true;
      return { type: "reference", number };
    }
    default:
      return literal(token.kind === "literal" ? token.bytes : "", syntax);
  }
}

const ANY = plainSet(/[\s\S]/, /[\s\S]/u);
const ANY_BYTE = plainSet(/[\s\S]/, undefined);

const WORD = [/\w/, /[\p{L}\p{N}]/u] as const;
const SPACE = [/[ \t-\r]/, /[\u2000-\u2006\u2008-\u200a\u2028\u2029\u3000]/] as const;
const CLASSES: Readonly<Record<string, ReturnType<typeof plainSet>>> = {
  w: plainSet(...WORD),
  W: plainSet(...WORD, true),
  s: plainSet(...SPACE),
  S: plainSet(...SPACE, true),
};

function literal(bytes: string, syntax: RegexSyntax): RegexNode {
  const caseless = syntax.ignoreCase && (/[A-Za-z]/.test(bytes) || bytes.length > 1);
  return caseless ? { type: "set", set: caselessSet(bytes) } : { type: "bytes", bytes };
}

function readGroup(reader: Reader, base: number, number: number | undefined): RegexNode {
  reader.depth += 1;
  if (reader.depth > DEEPEST) throw new Mistake("Regular expression too big");
  const node = readChoice(reader, base);
  const token = peek(reader);
  if (token.kind !== "close") {
    throw new Mistake(reader.syntax.style === "awk" ? "missing ')'" : "Unmatched ( or \\(");
  }
  if (reader.syntax.style === "awk" && isEmpty(node)) throw new Mistake("missing operand");
  take(reader, token);
  reader.depth -= 1;
  if (number === undefined) return node;
  reader.closed.add(number);
  return { type: "group", number, node };
}

function take(reader: Reader, token: Peeked): void {
  reader.at += token.length;
}

function peek(reader: Reader, first = false): Peeked {
  const { source, at, syntax } = reader;
  if (at >= source.length) return { kind: "end", length: 0 };
  const char = source.charAt(at);
  const perl = syntax.style === "perl" ? peekPerl(source, at) : undefined;
  if (perl !== undefined) return perl;
  if (char === "[") return { kind: "bracket", length: 1 };
  if (char === ".") return { kind: "any", length: 1 };
  if (char === "\\") return peekEscape(reader, first);
  if (syntax.style === "basic") return peekBasic(reader, first);
  const token = peekExtended(reader);
  if (syntax.style !== "perl" || token.kind !== "repeat") return token;
  const mark = source.charAt(at + token.length);
  if (mark === "+")
    return { kind: "mistake", text: "possessive repeats are not simulated", length: 1 };
  return mark === "?" ? { ...token, lazy: true, length: token.length + 1 } : token;
}

/** Characters that are special in basic expressions, each where it is. */
function peekBasic(reader: Reader, first: boolean): Peeked {
  const { source, at } = reader;
  const char = source.charAt(at);
  if (char === "*") {
    const before = source.slice(0, at);
    const atStart = first || (before.endsWith("^") && /(^|\\\(|\\\|)\^$/.test(before));
    return atStart
      ? { kind: "literal", bytes: char, length: 1 }
      : { kind: "repeat", least: 0, most: Number.POSITIVE_INFINITY, text: char, length: 1 };
  }
  if (char === "^" && first) return { kind: "start", length: 1 };
  if (char === "$" && /^\$($|\\\)|\\\|)/.test(source.slice(at, at + 3))) {
    return { kind: "finish", length: 1 };
  }
  return plain(reader);
}

const ENDLESS = Number.POSITIVE_INFINITY;

function peekExtended(reader: Reader): Peeked {
  const { source, at, syntax } = reader;
  const char = source.charAt(at);
  switch (char) {
    case "*":
      return { kind: "repeat", least: 0, most: ENDLESS, text: char, length: 1 };
    case "+":
      return { kind: "repeat", least: 1, most: ENDLESS, text: char, length: 1 };
    case "?":
      return { kind: "repeat", least: 0, most: 1, text: char, length: 1 };
    case "(":
      return { kind: "open", length: 1 };
    case ")":
      // Where no group is open, grep and mawk take it for a character.
      return reader.depth === 0 &&
        (syntax.lenient || syntax.style === "awk") &&
        syntax.style !== "perl"
        ? plain(reader)
        : { kind: "close", length: 1 };
    case "|":
      return { kind: "or", length: 1 };
    case "^":
      return { kind: "start", length: 1 };
    case "$":
      return { kind: "finish", length: 1 };
    case "{":
      return syntax.style === "awk" ? plain(reader) : peekInterval(reader, at + 1, "}");
    default:
      return plain(reader);
  }
}

/** {n}, {n,}, {,m}, {n,m} behind an opening brace. */
function peekInterval(reader: Reader, from: number, closer: string): Peeked {
  const { source, at, syntax } = reader;
  const lenient = syntax.lenient && syntax.style !== "basic";
  const end = source.indexOf(closer, from);
  const inside = end < 0 ? "" : source.slice(from, end);
  const match = /^(\d*)(,?)(\d*)$/.exec(inside);
  if (end < 0 || match === null || inside === "") {
    if (lenient && !(end >= 0 && inside === "")) return plain(reader);
    const digits = /^\d*,?\d*/.exec(source.slice(from))?.[0].length ?? 0;
    const open = end < 0 && from + digits >= source.length;
    throw new Mistake(open ? "Unmatched \\{" : "Invalid content of \\{\\}");
  }
  const [, low = "", comma = "", high = ""] = match;
  const least = Number(low || "0");
  const most = comma === "" ? least : high === "" ? ENDLESS : Number(high);
  if (most < least) throw new Mistake("Invalid content of \\{\\}");
  if (least > MOST_REPEATS || (most > MOST_REPEATS && most !== ENDLESS)) {
    throw new Mistake("Regular expression too big");
  }
  return { kind: "repeat", least, most, text: "{", length: end + closer.length - at };
}

const PLACES: Readonly<Record<string, Place>> = {
  b: "edge",
  B: "noEdge",
  "<": "wordStart",
  ">": "wordEnd",
  "`": "textStart",
  "'": "textEnd",
};

function peekEscape(reader: Reader, first: boolean): Peeked {
  const { source, at, syntax } = reader;
  const next = source.charAt(at + 1);
  if (next === "") {
    if (syntax.style === "awk") return { kind: "literal", bytes: "\\", length: 1 };
    throw new Mistake("Trailing backslash");
  }
  const escaped = escapeAt(source, at, syntax);
  if (escaped !== undefined) {
    return { kind: "literal", bytes: String.fromCharCode(escaped.code), length: escaped.length };
  }
  if (syntax.style === "basic") {
    if (next === "(") return { kind: "open", length: 2 };
    if (next === ")") return { kind: "close", length: 2 };
    if (next === "|") return { kind: "or", length: 2 };
    if (next === "{" && !first) return peekInterval(reader, at + 2, "\\}");
    if (next === "+" && !first) {
      return { kind: "repeat", least: 1, most: ENDLESS, text: next, length: 2 };
    }
    if (next === "?" && !first) return { kind: "repeat", least: 0, most: 1, text: next, length: 2 };
  }
  if (/[1-9]/.test(next)) return { kind: "reference", number: Number(next), length: 2 };
  const set = CLASSES[next];
  if (set !== undefined) return { kind: "set", set, length: 2 };
  const place = PLACES[next];
  if (place !== undefined) return { kind: "place", place, length: 2 };
  const [character = next] = characters(source.slice(at + 1, at + 5));
  return { kind: "literal", bytes: character, length: character.length + 1 };
}

function plain({ source, at, syntax }: Reader): Peeked {
  if (syntax.bytes) return { kind: "literal", bytes: source.charAt(at), length: 1 };
  const [bytes = ""] = characters(source.slice(at, at + 4));
  return { kind: "literal", bytes, length: bytes.length };
}

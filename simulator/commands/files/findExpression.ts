// Reads the words of `find` (find(1)): options, places to start from, and the expression, with the
// words of findutils 4.9 for what is wrong.
// Not here: what tests mean (findTests.ts).

import { errnoText } from "../../net/core/errno.ts";
import type { Process } from "../../process/process.ts";
import { type ModeChange, parseMode } from "./modes.ts";

/** A part of an expression. */
export type FindNode =
  | { readonly kind: "and" | "or" | "list"; readonly left: FindNode; readonly right: FindNode }
  | { readonly kind: "not"; readonly operand: FindNode }
  | FindTest
  | {
      readonly kind: "print";
      readonly how: "print" | "print0" | "printf" | "ls";
      readonly format: string;
    }
  | { readonly kind: "prune" | "quit" | "delete" }
  | {
      readonly kind: "exec";
      readonly words: readonly string[];
      /** -exec … +: one command for many files. */
      readonly together: boolean;
      readonly inFolder: boolean;
    };

/** A test. `text` is its argument; a number may be more or less than. */
export type FindTest = {
  readonly kind: "test";
  readonly name: string;
  readonly text: string;
  readonly sign: number;
  readonly number: number;
  readonly mode: ModeChange | undefined;
};

/** What to do. */
export type Search = {
  readonly starts: readonly string[];
  readonly follow: "never" | "operands" | "always";
  readonly least: number;
  readonly most: number;
  readonly depthFirst: boolean;
  readonly expression: FindNode;
  readonly warnings: readonly string[];
};

/** Thrown while words are read, and caught here. */
class Mistake extends Error {}

/** Thrown for what is out of reach. */
class Refusal extends Error {}

type Reader = {
  readonly self: Process;
  readonly words: readonly string[];
  at: number;
  least: number;
  most: number;
  depthFirst: boolean;
  acts: boolean;
  readonly follow: boolean;
  readonly warnings: string[];
};

/** Reads the command line. */
export function parseFind(
  self: Process,
): Search | { readonly error: string } | { readonly refusal: string } {
  const words = self.argv.slice(1);
  let follow: Search["follow"] = "never";
  let at = 0;
  for (; /^-[HLP]$/.test(words[at] ?? ""); at++) {
    follow = words[at] === "-L" ? "always" : words[at] === "-H" ? "operands" : "never";
  }
  const starts: string[] = [];
  const begins = (word: string) => /^-./.test(word) || word === "!" || word === "(";
  for (; at < words.length && !begins(words[at] ?? ""); at++) starts.push(words[at] ?? "");
  const reader: Reader = {
    self,
    words,
    at,
    least: 0,
    most: Number.POSITIVE_INFINITY,
    depthFirst: false,
    acts: false,
    follow: follow === "always",
    warnings: [],
  };
  try {
    const expression = at < words.length ? readWhole(reader) : undefined;
    const print: FindNode = { kind: "print", how: "print", format: "" };
    const { least, most, depthFirst, acts, warnings } = reader;
    const whole: FindNode =
      expression === undefined
        ? print
        : acts
          ? expression
          : { kind: "and", left: expression, right: print };
    return {
      starts: starts.length > 0 ? starts : ["."],
      follow,
      least,
      most,
      depthFirst,
      expression: whole,
      warnings,
    };
  } catch (error) {
    if (error instanceof Mistake) return { error: error.message };
    if (error instanceof Refusal) return { refusal: error.message };
    throw error;
  }
}

function readWhole(reader: Reader): FindNode {
  const node = readList(reader);
  const word = reader.words[reader.at];
  if (word === undefined) return node;
  if (word === ")") {
    throw new Mistake("invalid expression; you have too many ')'");
  }
  throw new Mistake(`paths must precede expression: \`${word}'`);
}

function readList(reader: Reader): FindNode {
  let left = readOr(reader);
  while (reader.words[reader.at] === ",") {
    reader.at += 1;
    left = { kind: "list", left, right: readOr(reader) };
  }
  return left;
}

function readOr(reader: Reader): FindNode {
  let left = readAnd(reader);
  for (;;) {
    const word = reader.words[reader.at];
    if (word !== "-o" && word !== "-or") return left;
    reader.at += 1;
    needOperand(reader, word);
    left = { kind: "or", left, right: readAnd(reader) };
  }
}

function needOperand(reader: Reader, operator: string): void {
  if (reader.at >= reader.words.length)
    throw new Mistake(`expected an expression after '${operator}'`);
}

function readAnd(reader: Reader): FindNode {
  let left = readNot(reader);
  for (;;) {
    const word = reader.words[reader.at];
    if (word === undefined || word === ")" || word === "," || word === "-o" || word === "-or")
      return left;
    if (word === "-a" || word === "-and") {
      reader.at += 1;
      needOperand(reader, word);
    }
    left = { kind: "and", left, right: readNot(reader) };
  }
}

function readNot(reader: Reader): FindNode {
  const word = reader.words[reader.at];
  if (word === "!" || word === "-not") {
    reader.at += 1;
    needOperand(reader, word);
    return { kind: "not", operand: readNot(reader) };
  }
  if (word !== "(") return readPredicate(reader);
  reader.at += 1;
  const missing =
    "invalid expression; expected to find a ')' but didn't see one. Perhaps you need an extra predicate after '('";
  if (reader.at >= reader.words.length) throw new Mistake(missing);
  if (reader.words[reader.at] === ")") {
    throw new Mistake("invalid expression; empty parentheses are not allowed.");
  }
  const inside = readList(reader);
  if (reader.words[reader.at] !== ")") throw new Mistake(missing);
  reader.at += 1;
  return inside;
}

/** Tests with an argument that is a number with or without a sign. */
const NUMERIC = new Set(
  "-amin -atime -cmin -ctime -inum -links -mmin -mtime -uid -gid -used".split(" "),
);

/** Tests with a text. */
const TEXTUAL = new Set(
  (
    "-name -iname -path -ipath -wholename -iwholename -lname -ilname -regex -iregex -newer -anewer " +
    "-cnewer -samefile -user -group -fstype -size -type -xtype -perm"
  ).split(" "),
);

const PLAIN = new Set(
  "-empty -true -false -executable -readable -writable -nouser -nogroup".split(" "),
);

/** Options that change nothing here. */
const IGNORED = new Set(
  "-xdev -mount -noleaf -warn -nowarn -follow -daystart -ignore_readdir_race".split(" "),
);

function argumentOf(reader: Reader, name: string): string {
  const word = reader.words[reader.at];
  if (word === undefined) throw new Mistake(`missing argument to \`${name}'`);
  reader.at += 1;
  return word;
}

function test(name: string, text = "", sign = 0, number = 0): FindTest {
  return { kind: "test", name, text, sign, number, mode: undefined };
}

function readPredicate(reader: Reader): FindNode {
  const name = reader.words[reader.at] ?? "";
  if (["-o", "-or", "-a", "-and", ","].includes(name)) {
    throw new Mistake(
      `invalid expression; you have used a binary operator '${name}' with nothing before it.`,
    );
  }
  if (name === ")") throw new Mistake("invalid expression; you have too many ')'");
  if (!name.startsWith("-")) throw new Mistake(`paths must precede expression: \`${name}'`);
  reader.at += 1;
  if (name === "-maxdepth" || name === "-mindepth") return readDepth(reader, name);
  if (name === "-depth" || name === "-d") {
    reader.depthFirst = true;
    return test("-true");
  }
  if (IGNORED.has(name)) return test("-true");
  if (PLAIN.has(name)) return test(name);
  if (NUMERIC.has(name)) return readNumeric(reader, name);
  if (TEXTUAL.has(name)) return readTextual(reader, name);
  if (name === "-regextype") {
    argumentOf(reader, name);
    throw new Refusal("find -regextype");
  }
  return readActionWord(reader, name);
}

function readDepth(reader: Reader, name: string): FindNode {
  const text = argumentOf(reader, name);
  if (!/^\d+$/.test(text)) {
    throw new Mistake(`Expected a positive decimal integer argument to ${name}, but got ‘${text}’`);
  }
  if (name === "-maxdepth") reader.most = Number(text);
  else reader.least = Number(text);
  return test("-true");
}

function readNumeric(reader: Reader, name: string): FindNode {
  const text = argumentOf(reader, name);
  const match = /^([-+]?)(\d+(?:\.\d+)?)$/.exec(text);
  if (match === null) throw new Mistake(`invalid argument \`${text}' to \`${name}'`);
  const sign = match[1] === "+" ? 1 : match[1] === "-" ? -1 : 0;
  return test(name, text, sign, Number(match[2]));
}

const UNITS: Readonly<Record<string, number>> = {
  b: 512,
  c: 1,
  w: 2,
  k: 1024,
  M: 2 ** 20,
  G: 2 ** 30,
};

function readTextual(reader: Reader, name: string): FindNode {
  const text = argumentOf(reader, name);
  if (name === "-type" || name === "-xtype") {
    if (text === "") throw new Mistake(`Arguments to ${name} should contain at least one letter`);
    const odd = text.split(",").find((letter) => !/^[bcdpflsD]$/.test(letter));
    if (odd !== undefined && odd.length > 1) {
      throw new Mistake(`Must separate multiple arguments to ${name} using: ','`);
    }
    if (odd !== undefined) throw new Mistake(`Unknown argument to ${name}: ${odd.charAt(0)}`);
  }
  if (name === "-size") {
    const match = /^([-+]?)(\d+)([bcwkMG]?)$/.exec(text);
    if (match === null) throw new Mistake(`invalid ${name} type \`${text}'`);
    const sign = match[1] === "+" ? 1 : match[1] === "-" ? -1 : 0;
    return { ...test(name, text, sign, Number(match[2])), text: `${UNITS[match[3] || "b"]}` };
  }
  if (name === "-perm") {
    const mode = parseMode(text.replace(/^[-/+]/, ""));
    if (mode === undefined) throw new Mistake(`invalid mode ‘${text}’`);
    return { ...test(name, text), mode };
  }
  if (/newer$|^-samefile$/.test(name)) {
    const status = reader.self.machine.files.stat(reader.self, text, reader.follow);
    if ("errno" in status) throw new Mistake(`‘${text}’: ${errnoText(status.errno)}`);
    return test(name, text, 0, name === "-samefile" ? status.inode : status.modified);
  }
  if ((name === "-user" || name === "-group") && text !== "root" && !/^\d+$/.test(text)) {
    const what = name === "-user" ? "user" : "group";
    throw new Mistake(
      name === "-user"
        ? `‘${text}’ is not the name of a known ${what}`
        : `‘${text}’ is not the name of an existing ${what}`,
    );
  }
  return test(name, text);
}

function readActionWord(reader: Reader, name: string): FindNode {
  switch (name) {
    case "-print":
    case "-print0":
    case "-ls":
      reader.acts = true;
      return {
        kind: "print",
        how: name === "-print" ? "print" : name === "-ls" ? "ls" : "print0",
        format: "",
      };
    case "-printf":
      reader.acts = true;
      return {
        kind: "print",
        how: "printf",
        format: checkedFormat(reader, argumentOf(reader, name)),
      };
    case "-prune":
      return { kind: "prune" };
    case "-quit":
      return { kind: "quit" };
    case "-delete":
      reader.acts = true;
      reader.depthFirst = true;
      return { kind: "delete" };
    case "-exec":
    case "-execdir":
      reader.acts = true;
      return readExec(reader, name);
    case "-ok":
    case "-okdir":
      throw new Refusal(`find ${name}`);
    default:
      throw new Mistake(`unknown predicate \`${name}'`);
  }
}

/** The format as it is; a directive that nobody knows is remarked. */
function checkedFormat({ warnings }: Reader, format: string): string {
  for (const [whole, letter = ""] of format.matchAll(/%[-+ #0]*\d*(?:\.\d+)?(.)/gs)) {
    if ("%abcdDfFgGhHiklmMnpPsStuUyYzABCT".includes(letter)) continue;
    warnings.push(`unrecognized format directive \`${whole}'`);
  }
  return format;
}

function readExec(reader: Reader, name: string): FindNode {
  const words: string[] = [];
  for (;;) {
    const word = reader.words[reader.at++];
    if (word === undefined || (word === ";" && words.length === 0)) {
      throw new Mistake(`missing argument to \`${name}'`);
    }
    const together = word === "+" && words.at(-1) === "{}";
    if (word === ";" || together)
      return { kind: "exec", words, together, inFolder: name === "-execdir" };
    words.push(word);
  }
}

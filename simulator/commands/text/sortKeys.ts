// How `sort` compares lines (sort(1)): keys from a field to a field, and their orders; when all keys
// are equal, the whole lines decide.
// Not simulated: -R, precision of numbers beyond JavaScript's with -g.

/** Letters that say how to compare. */
export const RULES = "bdfgiMhnRrV";

/** How one key is compared. */
export type KeyRules = {
  readonly start: { readonly field: number; readonly char: number };
  /** Undefined: to the end of the line. `char` 0: to the end of the field. */
  readonly end: { readonly field: number; readonly char: number } | undefined;
  readonly blanksAtStart: boolean;
  readonly blanksAtEnd: boolean;
  readonly kind: string;
  /** All orders that were asked for; more than one is refused. */
  readonly kinds: string;
  readonly fold: boolean;
  readonly dictionary: boolean;
  readonly printing: boolean;
  readonly reverse: boolean;
};

/** How lines are compared. */
export type Comparison = {
  readonly keys: readonly KeyRules[];
  readonly separator: string | undefined;
  readonly stable: boolean;
  readonly reverse: boolean;
};

/** The rules that letters stand for, for the whole line. */
export function rulesOf(letters: readonly string[]): KeyRules {
  const has = (letter: string) => letters.includes(letter);
  const kinds = [..."nghMV"].filter(has).join("");
  return {
    start: { field: 1, char: 1 },
    end: undefined,
    blanksAtStart: has("b"),
    blanksAtEnd: has("b"),
    kind: kinds.charAt(0),
    kinds,
    fold: has("f"),
    dictionary: has("d"),
    printing: has("i"),
    reverse: has("r"),
  };
}

/** A key such as "2,3n" or "1.2b,1.4"; a text says what is wrong with it. */
export function parseKey(text: string, global: KeyRules): KeyRules | string {
  const invalid = (why: string) => `${why}: invalid field specification ‘${text}’`;
  const match = /^(\d*)(?:(\.)(\d*))?([a-zA-Z]*)(?:(,)(\d*)(?:(\.)(\d*))?([a-zA-Z]*))?/.exec(text);
  const [whole = "", f1 = "", dot1, c1 = "", l1 = "", comma, f2 = "", dot2, c2 = "", l2 = ""] =
    match ?? [];
  if (f1 === "") return `invalid number at field start: invalid count at start of ‘${text}’`;
  if (Number(f1) === 0) return invalid("field number is zero");
  if (dot1 !== undefined && c1 === "") {
    return `invalid number after '.': invalid count at start of ‘${text.slice(f1.length + 1)}’`;
  }
  if (dot1 !== undefined && Number(c1) === 0) return invalid("character offset is zero");
  if (comma !== undefined && f2 === "") {
    return `invalid number after ',': invalid count at start of ‘${text.slice(text.indexOf(",") + 1)}’`;
  }
  if (comma !== undefined && Number(f2) === 0) return invalid("field number is zero");
  if (dot2 !== undefined && c2 === "") {
    return `invalid number after '.': invalid count at start of ‘’`;
  }
  if (whole.length < text.length || [...l1, ...l2].some((letter) => !RULES.includes(letter))) {
    return invalid("stray character in field spec");
  }
  const own = rulesOf([...l1, ...l2]);
  const rules = l1 + l2 === "" ? global : own;
  return {
    ...rules,
    start: { field: Number(f1), char: dot1 === undefined ? 1 : Number(c1) },
    end: comma === undefined ? undefined : { field: Number(f2), char: Number(c2) },
    blanksAtStart: l1 + l2 === "" ? global.blanksAtStart : l1.includes("b"),
    blanksAtEnd: l1 + l2 === "" ? global.blanksAtEnd : l2.includes("b"),
  };
}

/** The order of two lines. */
export function compareLines({
  keys,
  separator,
  stable,
  reverse,
}: Comparison): (a: string, b: string) => number {
  const [only] = keys;
  const plain = keys.length === 1 && only !== undefined && isPlain(only);
  if (plain) return reverse ? (a, b) => compareText(b, a) : compareText;
  return (a, b) => {
    for (const key of keys) {
      const order = compareBy(key, keyText(a, key, separator), keyText(b, key, separator));
      if (order !== 0) return key.reverse ? -order : order;
    }
    if (stable) return 0;
    return reverse ? compareText(b, a) : compareText(a, b);
  };
}

function isPlain(key: KeyRules): boolean {
  const { start, end, kind, fold, dictionary, printing, blanksAtStart } = key;
  const whole = start.field === 1 && start.char === 1 && end === undefined;
  return whole && kind === "" && !fold && !dictionary && !printing && !blanksAtStart;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function skipBlanks(line: string, from: number): number {
  let at = from;
  while (line.charAt(at) === " " || line.charAt(at) === "\t") at += 1;
  return at;
}

/** Where the field after so many fields begins; without a separator its blanks belong to it. */
function afterFields(line: string, count: number, separator: string | undefined): number {
  let at = 0;
  for (let left = count; left > 0 && at < line.length; left--) {
    if (separator !== undefined) {
      const end = line.indexOf(separator, at);
      at = end < 0 ? line.length : end + 1;
    } else {
      at = skipBlanks(line, at);
      while (at < line.length && !" \t".includes(line.charAt(at))) at += 1;
    }
  }
  return at;
}

function keyText(line: string, key: KeyRules, separator: string | undefined): string {
  let from = afterFields(line, key.start.field - 1, separator);
  if (key.blanksAtStart) from = skipBlanks(line, from);
  from = Math.min(line.length, from + key.start.char - 1);
  if (key.end === undefined) return line.slice(from);
  const { field, char } = key.end;
  if (char === 0) {
    let to = afterFields(line, field, separator);
    const cut = separator !== undefined && to > 0 && line.charAt(to - 1) === separator;
    if (cut && (to < line.length || countOf(line, separator) >= field)) to -= 1;
    return line.slice(from, Math.max(from, to));
  }
  let to = afterFields(line, field - 1, separator);
  if (key.blanksAtEnd) to = skipBlanks(line, to);
  return line.slice(from, Math.max(from, Math.min(line.length, to + char)));
}

function countOf(line: string, separator: string): number {
  return line.split(separator).length - 1;
}

function compareBy(key: KeyRules, a: string, b: string): number {
  switch (key.kind) {
    case "n":
      return compareNumbers(a, b);
    case "h":
      return compareHuman(a, b);
    case "g":
      return compareGeneral(a, b);
    case "M":
      return monthOf(a) - monthOf(b);
    case "V":
      return compareVersions(a, b);
    default:
      return compareText(shape(key, a), shape(key, b));
  }
}

function shape({ fold, dictionary, printing }: KeyRules, text: string): string {
  let out = text;
  if (dictionary) out = out.replace(/[^A-Za-z0-9 \t]/g, "");
  if (printing) out = out.replace(/[^ -~]/g, "");
  return fold ? out.replace(/[a-z]/g, (letter) => letter.toUpperCase()) : out;
}

type Decimal = { readonly negative: boolean; readonly whole: string; readonly part: string };

function decimal(text: string): Decimal {
  const match = /^[ \t]*(-?)0*(\d*)(?:\.(\d*))?/.exec(text);
  const [, sign = "", whole = "", part = ""] = match ?? [];
  const short = part.replace(/0+$/, "");
  return { negative: sign === "-" && whole + short !== "", whole, part: short };
}

/** Numbers of any length, digit by digit. */
function compareNumbers(a: string, b: string): number {
  const [x, y] = [decimal(a), decimal(b)];
  if (x.negative !== y.negative) return x.negative ? -1 : 1;
  const size =
    x.whole.length - y.whole.length || compareText(x.whole, y.whole) || compareText(x.part, y.part);
  return x.negative ? -size : size;
}

const UNITS = "KMGTPEZY";

function compareHuman(a: string, b: string): number {
  const order = (text: string) => {
    const match = /^[ \t]*(-?)\d*(?:\.\d*)?([a-zA-Z]?)/.exec(text);
    const { whole, part } = decimal(text);
    const unit = UNITS.indexOf((match?.[2] ?? "").replace("k", "K") || " ") + 1;
    const size = whole + part === "" ? 0 : unit;
    return match?.[1] === "-" ? -size : size;
  };
  return order(a) - order(b) || compareNumbers(a, b);
}

function compareGeneral(a: string, b: string): number {
  const [x, y] = [Number.parseFloat(a), Number.parseFloat(b)];
  const rank = (text: string, value: number) =>
    !Number.isNaN(value) ? 2 : /^\s*[-+]?nan/i.test(text) ? 1 : 0;
  return rank(a, x) - rank(b, y) || (x < y ? -1 : x > y ? 1 : 0);
}

function monthOf(text: string): number {
  const name = text.trimStart().slice(0, 3).toUpperCase();
  return name.length < 3 ? -1 : "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC".indexOf(name);
}

/** As filevercmp of gnulib: runs of digits compare as numbers, letters before other characters. */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0;
  const special = (text: string) =>
    text === "" ? 0 : text === "." ? 1 : text === ".." ? 2 : text.startsWith(".") ? 3 : 4;
  const rank = special(a) - special(b);
  if (rank !== 0) return rank;
  const ending = /(?:\.[A-Za-z~][A-Za-z0-9~]*)*$/;
  const [x, y] = [a.replace(ending, ""), b.replace(ending, "")];
  return compareParts(x, y) || compareParts(a, b) || compareText(a, b);
}

function compareParts(a: string, b: string): number {
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a, i)) || (j < b.length && !isDigit(b, j))) {
      const order = weight(a, i) - weight(b, j);
      if (order !== 0) return order;
      i += 1;
      j += 1;
    }
    const [x, y] = [/^\d*/.exec(a.slice(i))?.[0] ?? "", /^\d*/.exec(b.slice(j))?.[0] ?? ""];
    const order = compareNumbers(x, y);
    if (order !== 0) return order;
    i += x.length;
    j += y.length;
  }
  return 0;
}

function isDigit(text: string, at: number): boolean {
  return /\d/.test(text.charAt(at));
}

function weight(text: string, at: number): number {
  const char = text.charAt(at);
  if (char === "" || isDigit(text, at)) return 0;
  if (char === "~") return -1;
  return /[A-Za-z]/.test(char) ? char.charCodeAt(0) : char.charCodeAt(0) + 256;
}

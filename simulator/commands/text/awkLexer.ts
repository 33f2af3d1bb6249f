// Takes the text of an `awk` program apart (mawk(1)): names, numbers, strings, regular expressions,
// signs, ends of lines. Whether "/" begins an expression depends on what stands before it.
// Not here: grammar (awkParse.ts). Not simulated: --posix spellings such as func and **.

/** A piece of the program. */
export type AwkToken = {
  readonly kind:
    | "number"
    | "string"
    | "regex"
    | "name"
    /** A name with "(" right behind it. */
    | "function"
    | "builtin"
    | "keyword"
    | "sign"
    | "newline"
    | "end";
  /** As it is written; the value of strings and the source of regular expressions. */
  readonly text: string;
};

/** What is wrong, with the words of mawk; thrown while a program is read, and caught there. */
export class AwkMistake extends Error {}

/** Where reading is. */
export type AwkReader = {
  readonly text: string;
  /** The file it comes from, if any. */
  readonly file: string | undefined;
  at: number;
  line: number;
  /** Brackets that are open. */
  braces: number;
  parens: number;
  token: AwkToken;
  /** True when the token before could end an operand. */
  afterOperand: boolean;
};

const KEYWORDS = new Set(
  (
    "BEGIN END function if else while for do break continue next nextfile exit return delete in " +
    "getline print printf"
  ).split(" "),
);

/** Functions that awk has, with the least and the largest number of their arguments. */
export const BUILTINS: Readonly<Record<string, readonly [number, number]>> = {
  atan2: [2, 2],
  close: [1, 1],
  cos: [1, 1],
  exp: [1, 1],
  fflush: [0, 1],
  gsub: [2, 3],
  index: [2, 2],
  int: [1, 1],
  length: [0, 1],
  log: [1, 1],
  match: [2, 2],
  mktime: [1, 1],
  rand: [0, 0],
  sin: [1, 1],
  split: [2, 3],
  sprintf: [1, 255],
  sqrt: [1, 1],
  srand: [0, 1],
  strftime: [0, 3],
  sub: [2, 3],
  substr: [2, 3],
  system: [1, 1],
  systime: [0, 0],
  tolower: [1, 1],
  toupper: [1, 1],
};

const SIGNS =
  /\+\+|--|\+=|-=|\*=|\/=|%=|\^=|==|<=|>=|>>|!=|&&|\|\||!~|[-+*/%^=<>!~?:;,|&${}()[\]]/y;

/** A place to write a program's mistakes at: its line. */
export function mistake(reader: AwkReader, text: string): AwkMistake {
  const file = reader.file === undefined ? "" : `${reader.file}: `;
  return new AwkMistake(`${file}line ${reader.line}: ${text}`);
}

/** The mistake of a token that does not belong where it is. */
export function syntaxError(reader: AwkReader): AwkMistake {
  const { token } = reader;
  const what = token.kind === "newline" || token.kind === "end" ? "end of line" : token.text;
  if (what !== "end of line") return mistake(reader, `syntax error at or near ${what}`);
  const line = token.kind === "newline" ? reader.line - 1 : reader.line;
  const file = reader.file === undefined ? "" : `${reader.file}: `;
  const text = `${file}line ${Math.max(1, line)}: syntax error at or near end of line`;
  const open =
    reader.braces +
    countOf(reader.text.slice(reader.at), "{") -
    countOf(reader.text.slice(reader.at), "}");
  if (open <= 0) return new AwkMistake(text);
  const last = reader.text.split("\n").length;
  return new AwkMistake(`${text}\n${file}line ${last}: missing } near end of file`);
}

function countOf(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** Goes on to the next token. */
export function advance(reader: AwkReader): void {
  const { token } = reader;
  reader.afterOperand =
    ["number", "string", "regex", "name", "builtin"].includes(token.kind) ||
    (token.kind === "sign" && /^(?:\)|\]|\$|\+\+|--)$/.test(token.text));
  reader.token = read(reader);
}

function read(reader: AwkReader): AwkToken {
  const { text } = reader;
  for (;;) {
    const blank = /(?:[ \t\r\f\v]|\\\r?\n)*(?:#[^\n]*)?/y;
    blank.lastIndex = reader.at;
    const skipped = blank.exec(text)?.[0] ?? "";
    reader.line += countOf(skipped, "\n");
    reader.at += skipped.length;
    if (reader.at >= text.length) return atEnd(reader);
    const char = text.charAt(reader.at);
    if (char === "\n") {
      reader.at += 1;
      reader.line += 1;
      return { kind: "newline", text: "\n" };
    }
    if (char === '"') return readString(reader);
    if (char === "/" && !reader.afterOperand) return readRegex(reader);
    const number = match(/(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y, text, reader.at);
    if (number !== undefined) {
      reader.at += number.length;
      return { kind: "number", text: number };
    }
    const word = match(/[A-Za-z_]\w*/y, text, reader.at);
    if (word !== undefined) {
      reader.at += word.length;
      return wordToken(reader, word);
    }
    return readSign(reader);
  }
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function atEnd(reader: AwkReader): AwkToken {
  if (reader.parens > 0) throw mistake(reader, "missing ) near end of file");
  if (reader.braces > 0) throw mistake(reader, "missing } near end of file");
  return { kind: "end", text: "" };
}

function wordToken(reader: AwkReader, word: string): AwkToken {
  if (KEYWORDS.has(word)) return { kind: "keyword", text: word };
  if (Object.hasOwn(BUILTINS, word)) return { kind: "builtin", text: word };
  return { kind: reader.text.charAt(reader.at) === "(" ? "function" : "name", text: word };
}

function readSign(reader: AwkReader): AwkToken {
  const sign = match(SIGNS, reader.text, reader.at);
  if (sign === undefined || sign === "&") {
    const char = reader.text.charAt(reader.at);
    throw new AwkMistake(`${reader.line}: unexpected character '${char}'`);
  }
  reader.at += sign.length;
  if (sign === "{") reader.braces += 1;
  if (sign === "(") reader.parens += 1;
  if (sign === "}") {
    if (reader.braces === 0) {
      const text = mistake(reader, "extra '}'").message;
      throw new AwkMistake(
        `${text}\n${mistake(reader, "syntax error at or near end of line").message}`,
      );
    }
    reader.braces -= 1;
  }
  if (sign === ")") {
    if (reader.parens === 0) throw mistake(reader, "extra ')'");
    reader.parens -= 1;
  }
  return { kind: "sign", text: sign };
}

const LETTERS: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** The text of a string with its escapes done; unknown ones stay as they are. */
export function plainText(source: string): string {
  return source.replace(/\\(?:[0-7]{1,3}|x[0-9A-Fa-f]{1,2}|[\s\S])/g, (whole) => {
    const rest = whole.slice(1);
    if (/^[0-7]/.test(rest)) return String.fromCharCode(Number.parseInt(rest, 8) & 255);
    if (rest.length > 1) return String.fromCharCode(Number.parseInt(rest.slice(1), 16));
    return rest === "\n" ? "" : (LETTERS[rest] ?? whole);
  });
}

function readString(reader: AwkReader): AwkToken {
  const { text, at } = reader;
  const whole = match(/"(?:[^"\\\n]|\\[\s\S])*"/y, text, at);
  if (whole === undefined) throw runaway(reader, "string constant");
  reader.at += whole.length;
  reader.line += countOf(whole, "\n");
  return { kind: "string", text: plainText(whole.slice(1, -1)) };
}

function readRegex(reader: AwkReader): AwkToken {
  const pattern = /\/(?:[^/\\[\n]|\\[^\n]|\[\^?\]?(?:\[:[a-z]*:\]|\\[^\n]|[^\]\\\n])*\])*\//y;
  const whole = match(pattern, reader.text, reader.at);
  if (whole === undefined) throw runaway(reader, "regular expression");
  reader.at += whole.length;
  return { kind: "regex", text: whole.slice(1, -1).replaceAll("\\/", "/") };
}

function runaway(reader: AwkReader, what: string): AwkMistake {
  const rest = reader.text.slice(reader.at, reader.at + 10).split("\n")[0] ?? "";
  return mistake(reader, `runaway ${what} ${rest} ...`);
}

// Cuts an awk program into tokens. Whether a slash begins an expression or divides depends on what
// stands before it.
// Not here: grammar (parse.ts).

/** A token; `line` is told in complaints. */
export type Token = {
  readonly type:
    | "number"
    | "string"
    | "regex"
    | "name"
    | "call"
    | "keyword"
    | "symbol"
    | "newline"
    | "end";
  readonly text: string;
  readonly line: number;
};

/** What cannot be read: a line and what stands there. */
export class AwkError extends Error {
  override readonly name = "AwkError";
}

const KEYWORDS = new Set(
  "BEGIN END function func if else while for do break continue next nextfile exit return delete in getline print printf".split(
    " ",
  ),
);
/** Functions that every awk has. */
export const BUILTINS = new Set(
  "length substr index split sub gsub match sprintf sin cos atan2 exp log sqrt int rand srand tolower toupper system close fflush".split(
    " ",
  ),
);
const SYMBOL =
  /\+\+|--|\+=|-=|\*=|\/=|%=|\^=|==|<=|>=|!=|&&|\|\||>>|!~|[-+*/%^!<>|?:~$=,;(){}[\]]/y;
const WORD = /[A-Za-z_]\w*/y;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y;
const SPACE = /(?:[ \t\r]|\\\n|#[^\n]*)+/y;

/** All tokens of a program; throws an `AwkError`. */
export function scan(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  const push = (type: Token["type"], text: string, length = text.length) => {
    tokens.push({ type, text, line });
    at += length;
  };
  while (at < source.length) {
    const space = take(SPACE);
    if (space !== undefined) {
      line += space.split("\n").length - 1;
      at += space.length;
      continue;
    }
    const character = source.charAt(at);
    const word = take(WORD);
    const number = take(NUMBER);
    if (character === "\n") {
      push("newline", "\n");
      line += 1;
    } else if (character === '"') {
      const { text, length } = readString(source, at, line);
      push("string", text, length);
    } else if (character === "/" && mayBeginRegex(tokens.at(-1))) {
      const { text, length } = readRegex(source, at, line);
      push("regex", text, length);
    } else if (word !== undefined) {
      const call = source.charAt(at + word.length) === "(" && !BUILTINS.has(word);
      push(KEYWORDS.has(word) ? "keyword" : call ? "call" : "name", word);
    } else if (number !== undefined) push("number", number);
    else {
      const symbol = take(SYMBOL);
      if (symbol === undefined)
        throw new AwkError(`line ${line}: unexpected character '${character}'`);
      push("symbol", symbol);
    }
  }
  tokens.push({ type: "newline", text: "\n", line }, { type: "end", text: "", line });
  return tokens;
}

function mayBeginRegex(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.type === "number" || before.type === "string" || before.type === "name") return false;
  return ![")", "]", "$", "++", "--"].includes(before.text);
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "\\": "\\",
  '"': '"',
  "/": "/",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
};

/** The text of escapes in strings. */
export function unescaped(text: string): string {
  return text.replace(/\\([0-7]{1,3}|[\s\S])/g, (whole, code: string) => {
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 255);
    return ESCAPES[code] ?? whole;
  });
}

function readString(source: string, at: number, line: number): { text: string; length: number } {
  const match = /"((?:[^"\\\n]|\\[\s\S])*)"/y;
  match.lastIndex = at;
  const found = match.exec(source);
  if (found === null)
    throw new AwkError(`line ${line}: runaway string constant ${source.slice(at, at + 11)} ...`);
  return { text: unescaped(found[1]?.replaceAll("\\\n", "") ?? ""), length: found[0].length };
}

function readRegex(source: string, at: number, line: number): { text: string; length: number } {
  const match = /\/((?:[^/\\\n[]|\\.|\[\^?\]?(?:[^\]\n]|\[:\w+:\])*\])*)\//y;
  match.lastIndex = at;
  const found = match.exec(source);
  if (found === null)
    throw new AwkError(`line ${line}: runaway regular expression ${source.slice(at, at + 11)} ...`);
  return { text: (found[1] ?? "").replaceAll("\\/", "/"), length: found[0].length };
}

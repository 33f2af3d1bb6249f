// A place in the script of `sed`, and what can be read there: characters, blanks, texts of a, i and c.
// Not here: commands (sedParse.ts).

/** Where reading is. */
export type Cursor = {
  readonly text: string;
  readonly chunks: readonly { readonly text: string; readonly file: string | undefined }[];
  at: number;
  readonly extended: boolean;
};

/** What is wrong; thrown while a script is read, and caught there. */
export class Mistake extends Error {
  readonly #at: number | undefined;

  constructor(text: string, at?: number) {
    super(text);
    this.#at = at;
  }

  /** The line that tells it, without the program's name. */
  place({ text, chunks, at }: Cursor): string {
    let start = 0;
    let index = 0;
    for (; index < chunks.length - 1; index++) {
      const next = start + (chunks[index]?.text.length ?? 0) + 1;
      if (at < next) break;
      start = next;
    }
    const chunk = chunks[index];
    if (chunk?.file !== undefined) {
      const before = text.slice(start, at);
      const line = before.replace(/\n$/, "").split("\n").length;
      return `file ${chunk.file} line ${line}: ${this.message}`;
    }
    const number = chunks.slice(0, index + 1).filter(({ file }) => file === undefined).length;
    const char = this.#at ?? Math.min(at - start, chunk?.text.length ?? 0);
    return `-e expression #${number}, char ${char}: ${this.message}`;
  }
}

/** The next character; "" at the end. */
export function peek({ text, at }: Cursor): string {
  return text.charAt(at);
}

/** Takes the next character. */
export function take(cursor: Cursor): string {
  const char = cursor.text.charAt(cursor.at);
  if (char !== "") cursor.at += 1;
  return char;
}

/** Goes on to what is neither a space nor a tab. */
export function skipBlanks(cursor: Cursor): void {
  while (/[ \t\r\f\v]/.test(peek(cursor))) cursor.at += 1;
}

/** Behind a command may be blanks, then ";", "}", a comment or a new line. */
export function endOfCommand(cursor: Cursor): void {
  skipBlanks(cursor);
  const char = peek(cursor);
  if (char === "" || char === "}" || char === "#") return;
  take(cursor);
  if (char !== "\n" && char !== ";") throw new Mistake("extra characters after command");
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** Reads the text of a, i or c: in the same line, or behind a backslash and a new line. */
export function readText(cursor: Cursor): string {
  skipBlanks(cursor);
  if (peek(cursor) === "") throw new Mistake("expected \\ after `a', `c' or `i'");
  if (peek(cursor) === "\\") {
    take(cursor);
    const start = cursor.at;
    skipBlanks(cursor);
    if (peek(cursor) === "\n") take(cursor);
    else cursor.at = start;
    if (peek(cursor) === "") return "";
  }
  let text = "";
  for (let first = true; ; first = false) {
    const char = take(cursor);
    if (char === "" || char === "\n") return `${text}\n`;
    if (char !== "\\") {
      text += char;
      continue;
    }
    const next = take(cursor);
    // Right behind `a\` a letter stands for itself.
    text += first ? next : (ESCAPES[next] ?? next);
  }
}

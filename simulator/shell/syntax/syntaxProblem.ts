// What bash says of a text that is no bash. The parser tells where it stopped and what it wanted; bash
// names the token that it cannot use, or the quote that never ends. So we read the token at that place.
// Source: experiments with bash 5.2 (test/transcripts/bash/syntax.json).
// Not simulated: bash's second message in a few cases of several faults.

import { lastLine, type SourceText } from "./sourceText.ts";
import type { SyntaxProblem } from "./syntax.ts";
import type { ErrorNode } from "./tree.ts";

/** A problem, where it is, and the token it lies in. */
export type FoundProblem = SyntaxProblem & { readonly position: number; readonly token: string };

const closers = new Map([
  ["single quote", "'"],
  ["ANSI-C quote", "'"],
  ["double quote", '"'],
  ["locale string", '"'],
  ["backtick", "`"],
  ["parameter expansion", "}"],
]);

const reserved = /^(?:then|else|elif|fi|do|done|esac|\)|\}|;;&|;;|;&)$/;
const tokenPattern =
  /(?:\d+(?=[<>]))?(?:;;&|;;|;&|;|&&|&>>|&>|&|\|\||\|&|\||<<<|<<-|<<|<&|<>|<|>>|>&|>\||>|\(|\)|\n)|(?:\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\$?\{[^}]*\}|\$?\([^)]*\)|[^\s;&|<>()\\'"])+/y;

/** The first problem among the faults of a text; undefined when there is none. */
export function problemIn(
  source: SourceText,
  errors: readonly ErrorNode[],
): FoundProblem | undefined {
  const fault = source.faults.reduce<SourceText["faults"][number] | undefined>(
    (least, one) => (least === undefined || one.position < least.position ? one : least),
    undefined,
  );
  const error = errors[0];
  if (fault !== undefined && (error === undefined || fault.position <= error.pos)) {
    if (fault.message !== undefined) {
      return { ...found(source, fault.position, [fault.message]), spoils: true };
    }
    const problem = near(source, fault.position, fault.token);
    return fault.nested === true ? { ...problem, status: 1, fatal: true } : problem;
  }
  return error === undefined ? undefined : problemOf(source, error);
}

/** What bash says of any `[[` after a fault in another. */
export function spoiledProblem(source: SourceText, position: number): SyntaxProblem {
  const token = tokenAt(source.text, position + 2);
  return near(source, token.position, token.text);
}

/** What bash says of an extended pattern when those are switched off. */
export function extendedProblem(source: SourceText, position: number): SyntaxProblem {
  return near(source, position + 1, "(");
}

function problemOf(source: SourceText, error: ErrorNode): FoundProblem {
  const { text } = source;
  const { message } = error;
  let position = error.pos;
  if (message.startsWith("unterminated")) return unterminated(source, message.slice(13), position);
  if (message.startsWith("maximum")) return deep(source, position);
  if (/^(?:expected '\]\]'|expected '\)' to close test|expected operand)/.test(message)) {
    return inTest(source, position);
  }
  if (/for\s*\(\([^)]*\)?\)\s*$/.test(text) && message === "expected 'do'") {
    return { ...found(source, position, []), unfinished: true };
  }
  if (message === "expected command in subshell" || message === "expected command in brace group") {
    position += 1;
  } else if (/^expected '(?!in')/.test(message) || /^expected '[^']*' to close/.test(message)) {
    position = beforeWanted(text, position);
  } else if (message.startsWith("expected three arithmetic")) {
    const open = text.lastIndexOf("((", position);
    const header = text.slice(open, text.indexOf("))", open) + 2);
    return found(source, position, [
      "syntax error: arithmetic expression required",
      `syntax error: \`${header}'`,
    ]);
  } else if (insideTest(text, position)) return inTest(source, position);
  if (message.endsWith("in array assignment")) {
    return { ...near(source, position, tokenAt(text, position).text), status: 1 };
  }
  const token = tokenAt(text, position);
  const wordWanted =
    /redirect target|'coproc'|'in' after/.test(message) ||
    /(?:^|[;&|\s])(?:for|case|select|function)\s*$/.test(text.slice(0, position));
  if (token.text === "" || (token.text === "\n" && !wordWanted)) {
    return wordWanted ? near(source, position, "newline") : atEnd(source, position);
  }
  return near(source, token.position, token.text === "\n" ? "newline" : token.text);
}

/** Where the token is that stands in place of a wanted word: the parser may have read past it. */
function beforeWanted(text: string, position: number): number {
  const before = text.slice(0, position);
  const last = /(?:^|[\s;&|(])([^\s;&|()]+|\(|\)|;;)\s*$/.exec(before);
  const word = last?.[1];
  if (word === undefined || last === null) return position;
  const start = last.index + last[0].indexOf(word);
  const ahead = text.slice(position).replace(/^\s+/, "");
  const commandStart = /(?:^|[;&|\n(]|\b(?:then|do|else))\s*$/.test(before.slice(0, start));
  if (ahead !== "" && !/^(?:then|else|elif|fi|do|done|esac)\b/.test(ahead)) return start;
  return commandStart && reserved.test(word) ? start : position;
}

function tokenAt(text: string, from: number): { position: number; text: string } {
  let position = from;
  for (;;) {
    while (text[position] === " " || text[position] === "\t") position += 1;
    if (text.startsWith("\\\n", position)) position += 2;
    else break;
  }
  if (text[position] === "#") {
    const end = text.indexOf("\n", position);
    position = end < 0 ? text.length : end;
  }
  tokenPattern.lastIndex = position;
  return { position, text: tokenPattern.exec(text)?.[0] ?? "" };
}

/** "unexpected EOF while looking for matching". */
function unterminated(source: SourceText, what: string, position: number): FoundProblem {
  const quote = closers.get(what);
  const closer = quote ?? ")";
  const substitution = what === "command substitution" || what === "process substitution";
  const arithmetic = source.text.startsWith("$((", position);
  const line = substitution && !arithmetic ? lastLine(source) : source.lineAt(position);
  return {
    line,
    messages: [`unexpected EOF while looking for matching \`${closer}'`],
    unfinished: true,
    status: what === "extended glob" ? 1 : 2,
    position,
    token: closer,
  };
}

function near(source: SourceText, position: number, token: string): FoundProblem {
  const { text } = source;
  const start = text.lastIndexOf("\n", position - 1) + 1;
  const end = text.indexOf("\n", Math.max(start, position));
  const line = text.slice(start, end < 0 ? text.length : end);
  return found(
    source,
    position,
    [`syntax error near unexpected token \`${token}'`, `\`${line}'`],
    token,
  );
}

function atEnd(source: SourceText, position: number): FoundProblem {
  return {
    line: lastLine(source),
    messages: ["syntax error: unexpected end of file"],
    unfinished: true,
    status: 2,
    position,
    token: "",
  };
}

function insideTest(text: string, position: number): boolean {
  const open = text.lastIndexOf("[[ ", position);
  return open >= 0 && !/\]\]|[;\n]/.test(text.slice(open, position));
}

/** Faults inside `[[ ]]`, which bash reads by rules of its own; of some it says nothing. */
function inTest(source: SourceText, position: number): FoundProblem {
  const { text } = source;
  const open = text.lastIndexOf("[[", position);
  const words = text
    .slice(open + 2, lineOf(text, open))
    .trim()
    .split(/\s+/);
  const closed = words.indexOf("]]");
  const inside = (closed < 0 ? words : words.slice(0, closed)).filter((word) => word !== "");
  const message = testFault(inside, closed < 0);
  if (message === "end") {
    const messages = ["unexpected token `EOF' in conditional command"];
    return { ...atEnd(source, position), messages };
  }
  const { messages } = spoiledProblem(source, open);
  const instead = { messages, spoils: false };
  return { ...found(source, position, message === "" ? [] : [message]), spoils: true, instead };
}

function testFault(inside: readonly string[], open: boolean): string {
  const [first = "", second = ""] = inside;
  const binary = /^(?:==?|!=|=~|<|>|-(?:eq|ne|lt|le|gt|ge|nt|ot|ef))$/;
  const unary = /^-[a-zA-Z]$/;
  if (inside.length === 0) return open ? "end" : "";
  if (/^(?:&&|\|\|)$/.test(inside.at(-1) ?? "")) return "";
  if (open && inside.length === 1) {
    return "unexpected token `newline', conditional binary operator expected";
  }
  if (inside.length === 1 && unary.test(first)) {
    return "unexpected argument `]]' to conditional unary operator";
  }
  if (inside.length === 2 && binary.test(second)) {
    return "unexpected argument `]]' to conditional binary operator";
  }
  if (first === "(" && !inside.includes(")")) return "unexpected token `]]', expected `)'";
  if (inside.length > 1 && !binary.test(second) && !unary.test(first)) {
    return "conditional binary operator expected";
  }
  return "syntax error in conditional expression";
}

function lineOf(text: string, position: number): number {
  const end = text.indexOf("\n", position);
  return end < 0 ? text.length : end;
}

function deep(source: SourceText, position: number): FoundProblem {
  return found(source, position, ["vethbook simulator: nesting as deep as this is not simulated"]);
}

function found(
  source: SourceText,
  position: number,
  messages: readonly string[],
  token = "",
): FoundProblem {
  return { line: source.lineAt(position), messages, unfinished: false, status: 2, position, token };
}

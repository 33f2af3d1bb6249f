// Reads the words of a filter one after the other.

import type { Compiler } from "./codes.ts";
import { syntaxError } from "./filterError.ts";
import type { Token } from "./tokens.ts";

/** Where reading stands, and what it is compiled into. */
export type Reader = {
  readonly tokens: readonly Token[];
  readonly compiler: Compiler;
  at: number;
};

const END: Token = { type: "end" };

/** The word at hand, or one further on. A word that cannot be read ends everything. */
export function peek(reader: Reader, ahead = 0): Token {
  const token = reader.tokens[reader.at + ahead] ?? END;
  if (token.type === "error") throw token.error;
  return token;
}

/** The keyword or operator at hand, or "". */
export function peekWord(reader: Reader, ahead = 0): string {
  const token = peek(reader, ahead);
  return token.type === "word" ? token.word : "";
}

/** Passes a keyword or operator if it is at hand. */
export function accept(reader: Reader, word: string): boolean {
  if (peekWord(reader) !== word) return false;
  reader.at += 1;
  return true;
}

/** Passes a keyword or operator that must be there. */
export function expect(reader: Reader, word: string): void {
  if (!accept(reader, word)) throw syntaxError();
}

/** Passes a number that must be there; it may stand in parentheses. */
export function expectNumber(reader: Reader): number {
  if (accept(reader, "(")) {
    const value = expectNumber(reader);
    expect(reader, ")");
    return value;
  }
  const token = peek(reader);
  if (token.type !== "number") throw syntaxError();
  reader.at += 1;
  return token.value;
}

/** The word behind the parenthesis that closes the one at hand; undefined when none does. */
export function behindParenthesis(reader: Reader): Token | undefined {
  let depth = 0;
  for (let at = reader.at; at < reader.tokens.length; at++) {
    const token = reader.tokens[at];
    if (token?.type !== "word") continue;
    if (token.word === "(") depth += 1;
    if (token.word === ")") depth -= 1;
    if (depth === 0) return reader.tokens[at + 1] ?? END;
  }
  return undefined;
}

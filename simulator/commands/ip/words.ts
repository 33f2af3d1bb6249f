// Reading a command's words from left to right as iproute2's commands do: a word names what the
// next word or words are, until one is not known. A reader remembers the first refusal, and its
// answers are empty from then on, so a command looks once at the end.
// Not here: what each command's words mean.

import { type Failure, INCOMPLETE, matches, wrongArgument } from "./options.ts";

/** Goes through words. */
export type WordReader = {
  /** The word at hand, or undefined at the end. */
  readonly word: string | undefined;
  /** The first refusal. */
  failure: Failure | undefined;
  /** Goes to the next word, which must be there, and answers it; "" and a refusal if it is not. */
  next(): string;
  /** Steps over the word at hand. */
  skip(): void;
  /** True when the word at hand is the last one. */
  readonly last: boolean;
  /** The word at hand and all that follow. */
  rest(): readonly string[];
  /** Goes to the next word if there is one; true if so. */
  advance(): boolean;
  /** Goes back by one word (PREV_ARG). */
  back(): void;
  /** Keeps the first refusal and gives it back. */
  fail(failure: Failure): undefined;
};

/** A reader that stands on the first word. */
export function createReader(words: readonly string[]): WordReader {
  let at = 0;
  const go = (by: number): void => {
    at += by;
    reader.word = words[at];
    reader.last = at + 1 >= words.length;
  };
  const reader: { -readonly [name in keyof WordReader]: WordReader[name] } = {
    word: words[0],
    last: words.length <= 1,
    failure: undefined,
    next() {
      if (at + 1 >= words.length) {
        reader.fail(INCOMPLETE);
        return "";
      }
      go(1);
      return reader.word ?? "";
    },
    skip: () => go(1),
    rest: () => words.slice(at),
    advance() {
      if (at + 1 >= words.length) return false;
      go(1);
      return true;
    },
    back: () => go(-1),
    fail(failure) {
      reader.failure ??= failure;
      return undefined;
    },
  };
  return reader;
}

/** Handlers of words: "name" may be shortened as iproute2 allows, "=name" must be exact. */
export type WordTable = readonly (readonly [
  names: string,
  read: (reader: WordReader) => unknown,
])[];

/** A table that is made once: its handlers are told what they read into. */
export type SharedTable<T> = readonly (readonly [
  names: string,
  read: (reader: WordReader, into: T) => unknown,
])[];

/** The handlers of a shared table by their names. */
export type WordIndex<T> = readonly {
  readonly name: string;
  readonly exact: boolean;
  readonly read: SharedTable<T>[number][1];
}[];

/** Prepares a table for findWord. */
export function wordIndex<T>(table: SharedTable<T>): WordIndex<T> {
  return table.flatMap(([names, read]) =>
    names.split(" ").map((name) => {
      const exact = name.startsWith("=");
      return { name: exact ? name.slice(1) : name, exact, read };
    }),
  );
}

/** As handlerOf. */
export function findWord<T>(
  index: WordIndex<T>,
  word: string,
): SharedTable<T>[number][1] | undefined {
  for (const { name, exact, read } of index) {
    if (exact ? name === word : matches(word, name)) return read;
  }
  return undefined;
}

/**
 * The handler of a word: the first in the table whose name fits. Several names of one handler
 * stand in one string with spaces between them.
 */
export function handlerOf(
  table: WordTable,
  word: string,
): ((reader: WordReader) => unknown) | undefined {
  for (const [names, read] of table) {
    for (const name of names.split(" ")) {
      if (name.startsWith("=") ? name.slice(1) === word : matches(word, name)) return read;
    }
  }
  return undefined;
}

/** A whole number as strtoul(3) with base 0 reads it ("0x10", "010", "16"), or undefined. */
function wholeNumber(text: string): bigint | undefined {
  if (!/^\s*[+-]?(0x[0-9a-f]+|0[0-7]*|[1-9][0-9]*)$/i.test(text)) return undefined;
  const trimmed = text.trim();
  const negative = trimmed.startsWith("-");
  const digits = trimmed.replace(/^[+-]/, "");
  const value = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
  return negative ? -value : value;
}

/** An unsigned number of at most `max` as iproute2's get_u8, get_u16, get_u32 take it, or undefined. */
export function unsigned(text: string, max = 0xffffffff): number | undefined {
  const value = wholeNumber(text);
  return value === undefined || value < 0n || value > BigInt(max) ? undefined : Number(value);
}

/** A whole number of 32 bits with sign, as get_integer takes it, or undefined. */
export function integer(text: string): number | undefined {
  const value = wholeNumber(text);
  return value === undefined || value < -0x80000000n || value > 0x7fffffffn
    ? undefined
    : Number(value);
}

/** The next word as a number of at most `max`; refuses with `message` when it is none. */
export function nextUnsigned(reader: WordReader, message: string, max?: number): number {
  const word = reader.next();
  if (reader.failure !== undefined) return 0;
  const value = unsigned(word, max);
  if (value === undefined) reader.fail(wrongArgument(message, word));
  return value ?? 0;
}

/** True for a name that a device may have: at most 15 bytes, no slash, no white space (check_ifname). */
export function isDeviceName(name: string): boolean {
  return name !== "" && name.length < 16 && !/[/\s]/.test(name);
}

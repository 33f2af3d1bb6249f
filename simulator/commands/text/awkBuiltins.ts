// Functions of `awk` that only calculate (mawk(1)); mawk's own results where they differ from others'.
// Not here: files and commands (awkStreams.ts), sub, gsub and split (awkMachine.ts).
// Not simulated: time zones.

import type { Random } from "../../random.ts";
import { calendar, dayNumber } from "../calendar.ts";
import { formatDate } from "../dateText.ts";
import type { Regex } from "./regex.ts";

/** Numbers of chance as random(3) of glibc makes them. */
export type AwkChance = { seed: number; last: number[]; at: number };

/** Chance that begins anywhere. */
export function createChance(random: Random, now: number): AwkChance {
  const chance: AwkChance = { seed: 0, last: [], at: 0 };
  seedChance(chance, random.below(0x7fffffff));
  chance.seed = Math.floor(now / 1e6);
  return chance;
}

/** Begins anew from a seed (srandom(3)). */
export function seedChance(chance: AwkChance, seed: number): void {
  chance.seed = seed;
  const words = [(Math.trunc(seed) | 0) === 0 ? 1 : Math.trunc(seed) | 0];
  for (let index = 1; index < 31; index++) {
    const word = Number((16807n * BigInt(words[index - 1] ?? 0)) % 2147483647n);
    words.push(word < 0 ? word + 2147483647 : word);
  }
  for (let index = 31; index < 34; index++) words.push(words[index - 31] ?? 0);
  chance.last = words.slice(-31);
  chance.at = 0;
  for (let index = 0; index < 310; index++) nextWord(chance);
}

function nextWord({ last }: AwkChance): number {
  const word = ((last[last.length - 3] ?? 0) + (last[last.length - 31] ?? 0)) | 0;
  last.push(word);
  last.shift();
  return word >>> 1;
}

/** A fraction (rand). */
export function nextChance(chance: AwkChance): number {
  return nextWord(chance) / 2147483647;
}

/** substr: where a text begins, and how much of it. */
export function substring(text: string, from: number, length: number | undefined): string {
  const begin = Number.isNaN(from)
    ? 0
    : Math.trunc(Math.max(-2147483647, Math.min(2147483647, from)));
  if (length === undefined) return begin < 1 ? text : text.slice(begin - 1);
  const wanted = Number.isNaN(length) ? 0 : Math.trunc(Math.max(-1, Math.min(2147483647, length)));
  // mawk counts what lies before the first character in.
  const count = begin < 1 ? wanted - begin : wanted;
  const start = Math.max(1, begin) - 1;
  return count <= 0 ? "" : text.slice(start, start + count);
}

/** Arithmetic functions of one number. */
export const MATHEMATICS: Readonly<Record<string, (value: number) => number>> = {
  cos: Math.cos,
  exp: Math.exp,
  int: Math.trunc,
  log: Math.log,
  sin: Math.sin,
  sqrt: Math.sqrt,
};

/** strftime. */
export function timeText(format: string, seconds: number): string {
  const whole = Math.trunc(seconds);
  return formatDate(format, { ...calendar(whole * 1e6), seconds: whole, nanoseconds: 0 });
}

/** mktime: "YEAR MONTH DAY HOUR MINUTE SECOND". */
export function timeNumber(text: string): number {
  const numbers = text.trim().split(/\s+/).map(Number);
  if (numbers.length < 6 || numbers.some(Number.isNaN)) return -1;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = numbers;
  return dayNumber(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
}

/** What sub and gsub make of a text; a count of 0 when they find nothing. */
export function replaceIn(
  text: string,
  regex: Regex,
  replacement: string,
  global: boolean,
): { readonly text: string; readonly count: number } {
  const pieces = replacementPieces(replacement);
  let out = "";
  let start = 0;
  let count = 0;
  let previous = -1;
  for (let from = 0; from <= text.length; ) {
    const [at = -1, end = -1] = regex.match(text, from) ?? [];
    if (at < 0) break;
    if (at === end && at === previous) {
      from = at + 1;
      continue;
    }
    const matched = text.slice(at, end);
    out += text.slice(start, at);
    out += pieces.map((piece) => piece ?? matched).join("");
    count += 1;
    start = end;
    previous = end;
    from = end === at ? end + 1 : end;
    if (!global) break;
  }
  return { text: out + text.slice(start), count };
}

/** & stands for what was matched, \& for itself, \\& for a backslash and what was matched. */
function replacementPieces(replacement: string): (string | undefined)[] {
  const pieces: (string | undefined)[] = [];
  const pattern = /\\\\&|\\&|&|[^\\&]+|\\/g;
  for (const [piece] of replacement.matchAll(pattern)) {
    if (piece === "&") pieces.push(undefined);
    else if (piece === "\\&") pieces.push("&");
    else if (piece === "\\\\&") pieces.push("\\", undefined);
    else pieces.push(piece);
  }
  return pieces;
}

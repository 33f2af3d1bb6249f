// Matches regular expressions as POSIX wants it: the leftmost match, and of those the longest; of
// equally long ones the first that greedy repeats and the order of alternatives lead to.
// The search goes back like a backtracking one, but notes where it has been: no expression takes
// more time than its length times that of the text. With back references it cannot note that; then
// and for gigantic texts the number of steps is bounded.
// Not here: reading expressions (regexParse.ts). Not simulated: POSIX's rule for which of two equally
// long matches the groups show.

import { parseRegex } from "./regexParse.ts";
import { compileNode, type Facts, type Program } from "./regexProgram.ts";
import { setHas } from "./regexSet.ts";
import type { CharSet, Place, RegexNode, RegexSyntax } from "./regexSyntax.ts";

/** Most steps of a search without notes. */
const MOST_STEPS = 1_000_000;

/** Most notes of a search. */
const MOST_NOTES = 8_000_000;

/** Start and end of the match, then of each group; -1 where a group took no part. */
export type Match = readonly number[];

/** An expression to match with. */
export type Regex = {
  readonly groups: number;
  /** Remarks for whoever wrote it. */
  readonly warnings: readonly string[];
  /** The first match from `from` on. */
  match(text: string, from?: number): Match | undefined;
  /** True when it matches anywhere. */
  test(text: string): boolean;
};

/** Compiles one expression, or several of which any may match; a text says what is wrong. */
export function compileRegex(
  sources: string | readonly string[],
  syntax: RegexSyntax,
  around?: (node: RegexNode) => RegexNode,
): Regex | string {
  const nodes: RegexNode[] = [];
  const warnings: string[] = [];
  let groups = 0;
  let hasReference = false;
  for (const source of typeof sources === "string" ? [sources] : sources) {
    const parsed = parseRegex(source, syntax, groups + 1);
    if ("error" in parsed) return parsed.error;
    nodes.push(parsed.node);
    groups = parsed.groups;
    hasReference ||= parsed.hasReference;
    warnings.push(...parsed.warnings);
  }
  const [only] = nodes;
  const all: RegexNode =
    nodes.length === 1 && only !== undefined ? only : { type: "choice", nodes };
  return regexOf(around?.(all) ?? all, { syntax, groups, hasReference, warnings });
}

/** An expression that matches any of some strings. */
export function compileStrings(
  strings: readonly string[],
  syntax: RegexSyntax,
  around?: (node: RegexNode) => RegexNode,
): Regex | string {
  const escaped = strings.map((text) => text.replace(/[\\.[*^$]/g, "\\$&"));
  return compileRegex(escaped, { ...syntax, style: "basic" }, around);
}

function regexOf(node: RegexNode, facts: Facts): Regex | string {
  const { groups, warnings } = facts;
  if (node.type === "bytes" || (node.type === "sequence" && node.nodes.every(isBytes))) {
    const bytes = bytesOf(node);
    return {
      groups,
      warnings,
      match(text: string, from = 0) {
        const at = text.indexOf(bytes, from);
        return at < 0 ? undefined : [at, at + bytes.length];
      },
      test: (text: string) => text.includes(bytes),
    };
  }
  const program = compileNode(node, facts);
  if (program === undefined) return "Regular expression too big";
  return {
    groups,
    warnings,
    match: (text: string, from = 0) => search(program, text, from, facts.syntax.style === "perl"),
    test: (text: string) => search(program, text, 0, true) !== undefined,
  };
}

function isBytes(node: RegexNode): boolean {
  return node.type === "bytes";
}

function bytesOf(node: RegexNode): string {
  if (node.type === "bytes") return node.bytes;
  return node.type === "sequence" ? node.nodes.map(bytesOf).join("") : "";
}

type Search = {
  readonly program: Program;
  readonly text: string;
  readonly slots: number[];
  /**
   * What to try later, two numbers each: an instruction and a position, or -1 minus a slot and what
   * to set it back to.
   */
  readonly later: number[];
  /** Where splits have been; undefined when that cannot be noted. */
  readonly notes: Uint8Array | undefined;
  steps: number;
};

function search(program: Program, text: string, from: number, any: boolean): Match | undefined {
  const { first, hasReference, syntax, only } = program;
  if (only === "start" && from > 0) return undefined;
  const size = program.notes * (text.length + 1);
  const noted = !hasReference && size <= MOST_NOTES;
  const state: Search = {
    program,
    text,
    slots: new Array<number>(program.slots).fill(-1),
    later: [],
    notes: noted ? new Uint8Array(size) : undefined,
    steps: 0,
  };
  const last = only === "start" ? 0 : text.length;
  for (let at = only === "end" ? text.length : from; at <= last; at++) {
    if (first !== undefined && first[text.charCodeAt(at)] !== 1) continue;
    // A match does not begin within a character.
    if (!syntax.bytes && at > from && (text.charCodeAt(at) & 0xc0) === 0x80) {
      if (characterLength(text, characterStart(text, at)) > at - characterStart(text, at)) continue;
    }
    const found = matchAt(state, at, any);
    if (found !== undefined) return found;
    if (state.steps > MOST_STEPS && !noted) return undefined;
  }
  return undefined;
}

/** Tries all ways from one start; the longest match, or any. */
function matchAt(state: Search, start: number, any: boolean): Match | undefined {
  const { program, text, slots } = state;
  slots.fill(-1);
  state.later.push(program.start, start);
  let best: number[] | undefined;
  let bestEnd = -1;
  for (;;) {
    const end = nextEnd(state);
    if (end < 0) return best;
    if (end > bestEnd) {
      bestEnd = end;
      best = slots.slice(0, 2 * program.groups + 2);
      if (best[0] === -1) best[0] = start;
      best[1] = end;
    }
    if (!any && end < text.length) continue;
    state.later.length = 0;
    return best;
  }
}

/** Goes on with what was put off until something matches; where that ends, or -1. */
function nextEnd(state: Search): number {
  const { program, slots, later } = state;
  while (later.length > 0) {
    const at = later.pop() ?? 0;
    const pc = later.pop() ?? 0;
    if (pc < 0) slots[-1 - pc] = at;
    else {
      const end = run(state, program, pc, at);
      if (end >= 0) return end;
    }
    if (state.notes === undefined && state.steps > MOST_STEPS) later.length = 0;
  }
  return -1;
}

/** Runs the program from one place as far as it goes. */
function run(state: Search, { code, syntax }: Program, from: number, start: number): number {
  const { text, slots, later, notes } = state;
  const bytes = syntax.bytes === true;
  let at = start;
  for (let pc = from; ; ) {
    const one = code[pc];
    if (one === undefined) return -1;
    state.steps += 1;
    switch (one.op) {
      case "bytes":
        if (!text.startsWith(one.bytes, at)) return -1;
        at += one.bytes.length;
        pc = one.next;
        break;
      case "set": {
        const length = lengthIn(one.set, text, at, bytes);
        if (length === 0) return -1;
        at += length;
        pc = one.next;
        break;
      }
      case "split": {
        const note = one.note * (text.length + 1) + at;
        if (notes?.[note] === 1) return -1;
        if (notes !== undefined) notes[note] = 1;
        else if (state.steps > MOST_STEPS) return -1;
        later.push(one.second, at);
        pc = one.first;
        break;
      }
      case "loop":
        if (state.steps > MOST_STEPS) return -1;
        if (slots[one.slot] === at) {
          pc = one.next;
          break;
        }
        later.push(-1 - one.slot, slots[one.slot] ?? -1, one.second, at);
        slots[one.slot] = at;
        pc = one.first;
        break;
      case "save":
        later.push(-1 - one.slot, slots[one.slot] ?? -1);
        slots[one.slot] = at;
        pc = one.next;
        break;
      case "place":
        if (!isAt(one.place, text, at, syntax)) return -1;
        pc = one.next;
        break;
      case "reference": {
        const part = groupText(text, slots, one.number);
        if (part === undefined || !sameText(text, at, part, syntax.ignoreCase)) return -1;
        at += part.length;
        pc = one.next;
        break;
      }
      case "look":
        if (looks(state, one, at) === one.negative) return -1;
        pc = one.next;
        break;
      case "match":
        return at;
    }
  }
}

/** True when what is looked for is there, in front of or behind a position. */
function looks(
  state: Search,
  { start, behind }: { readonly start: number; readonly behind: boolean },
  at: number,
): boolean {
  const { program, text } = state;
  const inner: Search = {
    program: { ...program, start },
    text: behind ? text.slice(0, at) : text,
    slots: [...state.slots],
    later: [],
    notes: undefined,
    steps: state.steps,
  };
  let found = false;
  for (let from = behind ? 0 : at; from <= at && !found; from++) {
    found = matchAt(inner, from, true) !== undefined;
  }
  state.steps = inner.steps;
  return found;
}

function groupText(text: string, slots: readonly number[], number: number): string | undefined {
  const from = slots[2 * number] ?? -1;
  const to = slots[2 * number + 1] ?? -1;
  return from < 0 || to < from ? undefined : text.slice(from, to);
}

function sameText(text: string, at: number, part: string, ignoreCase = false): boolean {
  if (!ignoreCase) return text.startsWith(part, at);
  return text.slice(at, at + part.length).toLowerCase() === part.toLowerCase();
}

/** How many bytes of the text the set takes at a position; 0 when none. */
function lengthIn(set: CharSet, text: string, at: number, bytes: boolean): number {
  if (at >= text.length) return 0;
  const byte = text.charCodeAt(at);
  if (byte < 128 || bytes) return setHas(set, byte, true) ? 1 : 0;
  const length = characterLength(text, at);
  return length > 1 && setHas(set, characterCode(text, at, length), false) ? length : 0;
}

/** How many bytes the character has that begins here; 1 for a byte that begins none. */
export function characterLength(text: string, at: number): number {
  const byte = text.charCodeAt(at);
  const length = byte < 0xc2 || byte > 0xf4 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
  for (let index = 1; index < length; index++) {
    if ((text.charCodeAt(at + index) & 0xc0) !== 0x80) return 1;
  }
  return length;
}

function characterCode(text: string, at: number, length: number): number {
  let code = text.charCodeAt(at) & (0xff >> (length + 1));
  for (let index = 1; index < length; index++) {
    code = (code << 6) | (text.charCodeAt(at + index) & 0x3f);
  }
  return Math.min(code, 0x10ffff);
}

/** Where the character begins that the byte before `at + 1` belongs to. */
function characterStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && start > at - 3 && (text.charCodeAt(start) & 0xc0) === 0x80) start -= 1;
  return start;
}

function isWord(text: string, at: number, bytes: boolean): boolean {
  if (at < 0 || at >= text.length) return false;
  const byte = text.charCodeAt(at);
  if (byte < 128 || bytes) return /\w/.test(text.charAt(at));
  const length = characterLength(text, at);
  return length > 1 && /[\p{L}\p{N}]/u.test(String.fromCodePoint(characterCode(text, at, length)));
}

function isAt(place: Place, text: string, at: number, syntax: RegexSyntax): boolean {
  switch (place) {
    case "lineStart":
      return at === 0 || (syntax.multiline === true && text.charAt(at - 1) === "\n");
    case "lineEnd":
      return at === text.length || (syntax.multiline === true && text.charAt(at) === "\n");
    case "textStart":
      return at === 0;
    case "textEnd":
      return at === text.length;
    default: {
      const bytes = syntax.bytes === true;
      const before = isWord(text, characterStart(text, at - 1), bytes);
      const after = isWord(text, at, bytes);
      if (place === "edge") return before !== after;
      if (place === "noEdge") return before === after;
      if (place === "wordStart") return !before && after;
      if (place === "wordEnd") return before && !after;
      return place === "notAfterWord" ? !before : !after;
    }
  }
}

// Patterns: *, ?, [...], and the extended ones, against texts. Text is matched character by character
// and gives up after many steps, so that no pattern takes for ever.
// Source: bash(1) Pattern Matching.
// Not here: file names (paths.ts). Not simulated: collating symbols and equivalence classes.

import { characters, isAscii } from "../utf8.ts";

/** A pattern, ready to match. */
export type Pattern = { readonly nodes: readonly Node[]; readonly literal: string | undefined };

type Node =
  | { readonly type: "character"; readonly character: string }
  | { readonly type: "any" }
  | { readonly type: "star" }
  | { readonly type: "set"; readonly test: (character: string) => boolean }
  | {
      readonly type: "group";
      readonly operator: string;
      readonly options: readonly (readonly Node[])[];
    };

/** How a pattern is read. */
export type PatternOptions = { readonly extended: boolean; readonly ignoreCase?: boolean };

/** Reads a pattern in which a backslash quotes the character after it. */
export function compilePattern(text: string, options: PatternOptions): Pattern {
  const units = isAscii(text) ? text : characters(text);
  const reader = { units, at: 0, options, depth: 0 };
  const nodes = readNodes(reader, false);
  const plain = nodes.every((node) => node.type === "character") && options.ignoreCase !== true;
  const literal = plain
    ? nodes.map((node) => (node.type === "character" ? node.character : "")).join("")
    : undefined;
  return { nodes: options.ignoreCase === true ? nodes.map(foldNode) : nodes, literal };
}

type PatternReader = {
  readonly units: string | readonly string[];
  at: number;
  readonly options: PatternOptions;
  depth: number;
};

function readNodes(reader: PatternReader, inGroup: boolean): Node[] {
  const nodes: Node[] = [];
  const { units } = reader;
  for (;;) {
    const unit = units[reader.at];
    if (unit === undefined || (inGroup && (unit === "|" || unit === ")"))) return nodes;
    const group =
      reader.options.extended && units[reader.at + 1] === "(" ? readGroup(reader) : undefined;
    if (group !== undefined) nodes.push(group);
    else if (unit === "\\") {
      nodes.push({ type: "character", character: units[reader.at + 1] ?? "\\" });
      reader.at += 2;
    } else if (unit === "*") {
      if (nodes.at(-1)?.type !== "star") nodes.push({ type: "star" });
      reader.at += 1;
    } else if (unit === "?") {
      nodes.push({ type: "any" });
      reader.at += 1;
    } else nodes.push((unit === "[" ? readSet(reader) : undefined) ?? readPlain(reader, unit));
  }
}

function readPlain(reader: PatternReader, unit: string): Node {
  reader.at += 1;
  return { type: "character", character: unit };
}

function readGroup(reader: PatternReader): Node | undefined {
  const operator = reader.units[reader.at] ?? "";
  if (!"?*+@!".includes(operator) || reader.depth > 64) return undefined;
  const from = reader.at;
  reader.at += 2;
  reader.depth += 1;
  const options: Node[][] = [];
  for (;;) {
    options.push(readNodes(reader, true));
    const unit = reader.units[reader.at];
    reader.at += 1;
    if (unit === ")") break;
    if (unit === undefined) {
      reader.at = from;
      reader.depth -= 1;
      return undefined;
    }
  }
  reader.depth -= 1;
  return { type: "group", operator, options };
}

const classes: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /[ \t\n\r\f\v]/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  cntrl: /^[^ -~\x80-\xff]$/,
  graph: /[!-~]/,
  print: /[ -~]/,
  xdigit: /[0-9A-Fa-f]/,
  word: /[A-Za-z0-9_]/,
  ascii: /^[^\x80-\xff]$/,
};

function readSet(reader: PatternReader): Node | undefined {
  const { units } = reader;
  let at = reader.at + 1;
  const negated = units[at] === "!" || units[at] === "^";
  if (negated) at += 1;
  const tests: ((character: string) => boolean)[] = [];
  for (let first = true; ; first = false) {
    let unit = units[at];
    if (unit === undefined || unit === "/") return undefined;
    if (unit === "]" && !first) break;
    const named = unit === "[" && units[at + 1] === ":" ? className(units, at + 2) : undefined;
    if (named !== undefined) {
      const test = classes[named];
      tests.push((character) => test?.test(character) ?? false);
      at += named.length + 4;
      continue;
    }
    if (unit === "\\" && units[at + 1] !== undefined) unit = units[++at] ?? "";
    let end = units[at + 2];
    if (units[at + 1] === "-" && end !== undefined && end !== "]") {
      at += 3;
      if (end === "\\") end = units[at++] ?? "";
      tests.push(between(unit, end));
    } else {
      const wanted = unit;
      tests.push((character) => character === wanted);
      at += 1;
    }
  }
  reader.at = at + 1;
  const test = (character: string) => tests.some((one) => one(character)) !== negated;
  return { type: "set", test };
}

function className(units: string | readonly string[], from: number): string | undefined {
  let name = "";
  for (let at = from; ; at++) {
    const unit = units[at];
    if (unit === undefined || (!/[a-z]/.test(unit) && unit !== ":")) return undefined;
    if (unit === ":") return units[at + 1] === "]" ? name : undefined;
    name += unit;
  }
}

function between(low: string, high: string): (character: string) => boolean {
  return (character) => character >= low && character <= high;
}

function foldNode(node: Node): Node {
  if (node.type === "character") return { ...node, character: node.character.toLowerCase() };
  if (node.type === "group")
    return { ...node, options: node.options.map((one) => one.map(foldNode)) };
  if (node.type !== "set") return node;
  const { test } = node;
  return { type: "set", test: (one) => test(one) || test(one.toUpperCase()) };
}

/** True when the pattern matches the whole text. */
export function matches(pattern: Pattern, text: string, ignoreCase = false): boolean {
  if (pattern.literal !== undefined) return pattern.literal === text;
  const folded = ignoreCase ? text.toLowerCase() : text;
  const units = isAscii(folded) ? folded : characters(folded);
  return matchNodes({ units, end: units.length, budget: { left: mostSteps } }, pattern.nodes, 0, 0);
}

/** Ends of the matches that begin at `from`: the longest, or the shortest; -1 when there is none. */
export function matchEnd(
  pattern: Pattern,
  units: string | readonly string[],
  from: number,
  longest: boolean,
): number {
  const step = longest ? -1 : 1;
  const budget = { left: mostSteps * 4 };
  for (let end = longest ? units.length : from; end >= from && end <= units.length; end += step) {
    if (matchNodes({ units, end, budget }, pattern.nodes, 0, from)) return end;
  }
  return -1;
}

type Matching = {
  readonly units: string | readonly string[];
  readonly end: number;
  /** How many more steps may be taken before it counts as no match. */
  readonly budget: { left: number };
};

const mostSteps = 200_000;

function matchNodes(
  matching: Matching,
  nodes: readonly Node[],
  index: number,
  from: number,
): boolean {
  const { units, end } = matching;
  let at = from;
  let star = -1;
  let starAt = 0;
  for (let which = index; ; ) {
    const node = nodes[which];
    if (--matching.budget.left < 0) return false;
    if (node === undefined) {
      if (at === end) return true;
    } else if (node.type === "star") {
      star = which;
      starAt = at;
      which += 1;
      continue;
    } else if (node.type === "group") {
      if (matchGroup(matching, nodes, which, at)) return true;
    } else if (at < end && accepts(node, units[at] ?? "")) {
      which += 1;
      at += 1;
      continue;
    }
    if (star < 0 || starAt >= end) return false;
    starAt += 1;
    at = starAt;
    which = star + 1;
  }
}

function accepts(node: Node, unit: string): boolean {
  if (node.type === "character") return node.character === unit;
  return node.type === "any" || (node.type === "set" && node.test(unit));
}

function matchGroup(
  matching: Matching,
  nodes: readonly Node[],
  which: number,
  at: number,
): boolean {
  const group = nodes[which];
  if (group?.type !== "group") return false;
  const { end } = matching;
  const rest = nodes.slice(which + 1);
  const restMatches = (from: number) => matchNodes(matching, rest, 0, from);
  const ends = (from: number): number[] => {
    const found: number[] = [];
    for (let to = from; to <= end; to++) {
      const part = { units: matching.units, end: to, budget: matching.budget };
      if (group.options.some((option) => matchNodes(part, option, 0, from))) found.push(to);
    }
    return found;
  };
  if (group.operator === "!") {
    const taken = new Set(ends(at));
    for (let to = at; to <= end; to++) if (!taken.has(to) && restMatches(to)) return true;
    return false;
  }
  if ((group.operator === "?" || group.operator === "*") && restMatches(at)) return true;
  const once = group.operator === "?" || group.operator === "@";
  const seen = new Set<number>([at]);
  const open = [at];
  for (let from = open.pop(); from !== undefined; from = open.pop()) {
    for (const to of ends(from)) {
      if ((to !== from || from === at) && restMatches(to)) return true;
      if (!once && !seen.has(to)) {
        seen.add(to);
        open.push(to);
      }
    }
    if (once) return false;
  }
  return false;
}

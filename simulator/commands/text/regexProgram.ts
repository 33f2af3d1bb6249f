// A regular expression as a small program: instructions that take characters, branch and note where
// groups begin and end.
// Not here: running it (regex.ts).

import { setHas } from "./regexSet.ts";
import type { CharSet, Place, RegexNode, RegexSyntax } from "./regexSyntax.ts";

/** Most instructions of a program. */
const MOST_INSTRUCTIONS = 60_000;

/** One step. A "split" tries `first`, later `second`; `note` numbers it. */
export type Instruction =
  | { readonly op: "bytes"; readonly bytes: string; readonly next: number }
  | { readonly op: "set"; readonly set: CharSet; readonly next: number }
  | { readonly op: "split"; readonly note: number; first: number; second: number }
  | { readonly op: "save"; readonly slot: number; readonly next: number }
  | {
      readonly op: "loop";
      readonly slot: number;
      first: number;
      second: number;
      readonly next: number;
    }
  | { readonly op: "place"; readonly place: Place; readonly next: number }
  | { readonly op: "reference"; readonly number: number; readonly next: number }
  | {
      readonly op: "look";
      readonly start: number;
      readonly behind: boolean;
      readonly negative: boolean;
      readonly next: number;
    }
  | { readonly op: "match" };

/** What an expression was compiled to. */
export type Program = {
  readonly code: readonly Instruction[];
  readonly start: number;
  readonly groups: number;
  readonly slots: number;
  readonly notes: number;
  readonly hasReference: boolean;
  readonly syntax: RegexSyntax;
  /** Where alone a match can begin; undefined when it can begin anywhere. */
  readonly only: "start" | "end" | undefined;
  /** Bytes that a match can begin with; undefined when it can be empty. */
  readonly first: Uint8Array | undefined;
};

/** What is known about an expression. */
export type Facts = {
  readonly syntax: RegexSyntax;
  readonly groups: number;
  readonly hasReference: boolean;
  readonly warnings: readonly string[];
};

type Maker = {
  readonly code: Instruction[];
  notes: number;
  slots: number;
  readonly hasReference: boolean;
};

/** The program of an expression; undefined when it would be too big. */
export function compileNode(
  node: RegexNode,
  { syntax, groups, hasReference }: Facts,
): Program | undefined {
  const maker: Maker = { code: [], notes: 0, slots: 2 * groups + 2, hasReference };
  const end = emit(maker, { op: "match" });
  const start = end === undefined ? undefined : lower(maker, node, end);
  if (start === undefined) return undefined;
  const bytes = new Uint8Array(256);
  const nullable = collectFirst(node, bytes, syntax);
  return {
    code: maker.code,
    start,
    groups,
    slots: maker.slots,
    notes: maker.notes,
    hasReference,
    syntax,
    only: leadingPlace(node, syntax),
    first: nullable ? undefined : bytes,
  };
}

function leadingPlace(node: RegexNode, syntax: RegexSyntax): Program["only"] {
  switch (node.type) {
    case "place":
      if (node.place === "textStart") return "start";
      if (node.place === "textEnd") return "end";
      if (syntax.multiline) return undefined;
      return node.place === "lineStart" ? "start" : node.place === "lineEnd" ? "end" : undefined;
    case "group":
      return leadingPlace(node.node, syntax);
    case "sequence":
      return node.nodes[0] === undefined ? undefined : leadingPlace(node.nodes[0], syntax);
    case "choice": {
      const [first, ...others] = node.nodes.map((each) => leadingPlace(each, syntax));
      return others.every((each) => each === first) ? first : undefined;
    }
    default:
      return undefined;
  }
}

function emit({ code }: Maker, instruction: Instruction): number | undefined {
  if (code.length >= MOST_INSTRUCTIONS) return undefined;
  return code.push(instruction) - 1;
}

/** Adds a node in front of what begins at `next`; answers where it begins. */
function lower(maker: Maker, node: RegexNode, next: number): number | undefined {
  switch (node.type) {
    case "bytes":
      return node.bytes === "" ? next : emit(maker, { op: "bytes", bytes: node.bytes, next });
    case "set":
      return emit(maker, { op: "set", set: node.set, next });
    case "place":
      return emit(maker, { op: "place", place: node.place, next });
    case "reference":
      return emit(maker, { op: "reference", number: node.number, next });
    case "keep":
      return emit(maker, { op: "save", slot: 0, next });
    case "look": {
      const end = emit(maker, { op: "match" });
      const last =
        end === undefined || !node.behind
          ? end
          : emit(maker, { op: "place", place: "textEnd", next: end });
      const start = last === undefined ? undefined : lower(maker, node.node, last);
      const { behind, negative } = node;
      return start === undefined
        ? undefined
        : emit(maker, { op: "look", start, behind, negative, next });
    }
    case "sequence":
      return node.nodes.reduceRight<number | undefined>(
        (after, each) => (after === undefined ? undefined : lower(maker, each, after)),
        next,
      );
    case "choice":
      return node.nodes.reduceRight<number | undefined>((after, each, index) => {
        const start = after === undefined ? undefined : lower(maker, each, next);
        if (start === undefined || after === undefined) return undefined;
        if (index === node.nodes.length - 1) return start;
        return emit(maker, { op: "split", note: maker.notes++, first: start, second: after });
      }, next);
    case "group": {
      const close = emit(maker, { op: "save", slot: 2 * node.number + 1, next });
      const inside = close === undefined ? undefined : lower(maker, node.node, close);
      return inside === undefined
        ? undefined
        : emit(maker, { op: "save", slot: 2 * node.number, next: inside });
    }
    case "repeat":
      return lowerRepeat(maker, node, next);
  }
}

function lowerRepeat(
  maker: Maker,
  { node, least, most, lazy }: Extract<RegexNode, { type: "repeat" }>,
  next: number,
): number | undefined {
  let start: number | undefined = next;
  if (most === Number.POSITIVE_INFINITY) {
    // With back references nothing is noted: an empty round has to be seen in another way.
    const slot = maker.slots++;
    const split: Instruction = maker.hasReference
      ? { op: "loop", slot, first: 0, second: next, next }
      : { op: "split", note: maker.notes++, first: 0, second: next };
    const at = emit(maker, split);
    const body = at === undefined ? undefined : lower(maker, node, at);
    if (body === undefined) return undefined;
    split.first = lazy ? next : body;
    if (lazy) split.second = body;
    start = at;
  } else {
    for (let count = least; count < most && start !== undefined; count++) {
      const body: number | undefined = lower(maker, node, start);
      start =
        body === undefined
          ? undefined
          : emit(maker, {
              op: "split",
              note: maker.notes++,
              first: lazy ? next : body,
              second: lazy ? body : next,
            });
    }
  }
  for (let count = 0; count < least && start !== undefined; count++) {
    start = lower(maker, node, start);
  }
  return start;
}

/** Notes the bytes that a node can begin with; true when it can be empty. */
function collectFirst(node: RegexNode, bytes: Uint8Array, syntax: RegexSyntax): boolean {
  switch (node.type) {
    case "bytes":
      if (node.bytes !== "") bytes[node.bytes.charCodeAt(0)] = 1;
      return node.bytes === "";
    case "set":
      for (let code = 0; code < 256; code++) {
        if ((code > 127 && !syntax.bytes) || setHas(node.set, code, true)) bytes[code] = 1;
      }
      return false;
    case "group":
      return collectFirst(node.node, bytes, syntax);
    case "sequence":
      return node.nodes.every((each) => collectFirst(each, bytes, syntax));
    case "choice":
      return node.nodes.map((each) => collectFirst(each, bytes, syntax)).includes(true);
    case "repeat":
      return collectFirst(node.node, bytes, syntax) || node.least === 0;
    case "reference":
      bytes.fill(1);
      return true;
    default:
      return true;
  }
}

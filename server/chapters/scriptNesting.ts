// Whether a js cell nests so deeply that parsing it would need too much stack. The parser and its
// walks are recursive, and Node may end the whole process when the stack runs out, which no `try`
// can catch; so the tokens are counted first, without recursion.

import { CellParser, type Syntax, type Token } from "@observablehq/parser";

/** The JavaScript of cells: as in modules, as old as the oldest browser we know to work. */
export const SYNTAX: Syntax = { sourceType: "module", ecmaVersion: 2022 };

const MAX_DEPTH = 400;

/**
 * Whether brackets and operators nest deeper than a person would write. Throws a SyntaxError where
 * the source has no tokens.
 */
export function nestsDeeply(source: string): boolean {
  /** For each open bracket, what may nest inside it so far: `a + b + c`, `!!a`, `a => b => c`. */
  const levels = [0];
  let depth = 0;
  for (const token of CellParser.tokenizer(source, SYNTAX)) {
    const { label } = token.type;
    if (OPENING.has(label)) {
      levels.push(1);
      depth++;
    } else if (CLOSING.has(label)) {
      depth -= levels.length > 1 ? (levels.pop() ?? 0) : 0;
    } else if (ENDING.has(label)) {
      depth -= levels.pop() ?? 0;
      levels.push(0);
    } else if (chains(token)) {
      levels.push((levels.pop() ?? 0) + 1);
      depth++;
    }
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

const OPENING = new Set(["(", "[", "{", "${"]);
const CLOSING = new Set([")", "]", "}"]);
/** After these nothing nests in what came before. */
const ENDING = new Set([",", ";", "const", "var", "return"]);

/** Tokens with which an expression or a statement nests in another. */
function chains({ type, value }: Token): boolean {
  return (
    (type.label === "name" && (value === "await" || value === "yield" || value === "async")) ||
    type.prefix ||
    type.isAssign ||
    type.binop !== null ||
    type.keyword !== undefined ||
    CHAINING.has(type.label)
  );
}

const CHAINING = new Set([".", "?.", "?", ":", "=>", "`", "...", "**", "++/--"]);

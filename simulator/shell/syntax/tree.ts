// The parser unbash, and the names under which the rest of this folder knows its tree. No other file
// imports it, so that another parser could take its place.
// Source: https://www.npmjs.com/package/unbash (ISC).
// Not here: our own shapes (syntax.ts), making them of this tree (parse.ts).

import type * as unbash from "unbash";
import { forEachChild, parse } from "unbash";

/** A word of the tree. */
export type WordNode = unbash.Word;
/** A piece of a word. */
export type PartNode = unbash.WordPart;
/** `${…}`. */
export type ParameterNode = unbash.ParameterExpansionPart;
/** A command of any kind. */
export type CommandNode = unbash.PipelineNode | unbash.AndOr;
/** Commands between keywords. */
export type ListNode = unbash.CompoundList;
/** A command with its `&`. */
export type StatementNode = unbash.Statement;
/** `name=value`. */
export type AssignmentNode = unbash.Assignment;
/** A redirection, here-documents included. */
export type RedirectNode = unbash.Redirection;
/** Inside `[[ ]]`. */
export type TestNode = unbash.TestExpression;
/** A whole text. */
export type ScriptNode = unbash.ParsedScript;
/** Where the parser stumbled. */
export type ErrorNode = unbash.ParseError;

/** The tree of any text; faults are listed in it. */
export function treeOf(text: string): ScriptNode {
  return parse(text);
}

/** The nodes right below a node, those of substitutions included. */
export function childrenOf(node: unbash.SyntaxNode): readonly unbash.SyntaxNode[] {
  const children: unbash.SyntaxNode[] = [];
  forEachChild(node, (child) => {
    children.push(child);
  });
  return children;
}
